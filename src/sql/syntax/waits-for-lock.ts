/** Whether a node is a call of GET_LOCK that may wait. */
export function waitsForLock(node: object): boolean {
  const { kind, name, args } = node as { kind?: unknown; name?: unknown; args?: readonly { text?: unknown }[] };
  return kind === 'call' && name === 'get_lock' && args?.[1]?.text !== '0';
}
