/** A name that no other file has. The module of Node behind it is loaded by the first writer, never by a reader. */
export function randomName(): string {
  return process.getBuiltinModule('node:crypto').randomUUID();
}
