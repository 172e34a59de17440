/**
 * Errors that a caller can act on. Every error that leaves a layer is a `DoltError` (or a subclass with the data of its
 * case) whose `kind` names the remedy; the edges (command line, server, hub) turn the kind into an exit status or a
 * code and print the message. A bug throws `AssertionError` by `assert`; bad input never does.
 */
export type ErrorKind =
  /** What was named does not exist: name another. */
  | 'notFound'
  /** Something that exists stands in the way, or somebody else moved it: resolve, or retry. */
  | 'conflict'
  /** Stored bytes are not what they should be: restore them, `fsck` names them. */
  | 'corrupt'
  /** A disk, lock or remote could not be used now: try again later. */
  | 'unavailable'
  /** Not allowed. */
  | 'denied'
  /** The request itself is wrong: correct it. */
  | 'invalid'
  /** Understood and not built. */
  | 'unsupported'
  /** Whether it happened is not known. */
  | 'unknown';

export class DoltError extends Error {
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.kind = kind;
  }
}

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Throws when an invariant of our own code does not hold. Never for input from outside. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Marks the end of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
