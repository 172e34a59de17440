/** Where a client comes from, as accounts name hosts: `::ffff:127.0.0.1` is 127.0.0.1, and the machine itself is localhost. */
export function hostOf(address: string): string {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || plain === '127.0.0.1' ? 'localhost' : plain;
}
