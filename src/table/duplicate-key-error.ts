import { DoltError } from '../base/errors.ts';
import type { Value } from '../tuple/value.ts';
import type { Row } from './row-encoder.ts';

/** A row with this key exists already. */
export class DuplicateKeyError extends DoltError {
  /** `PRIMARY` or the unique index's name. */
  readonly index: string;
  /** The key's values, in the index's column order; texts cut to their prefix lengths. */
  readonly key: readonly Value[];
  /** The row that is there. */
  readonly existing: Row;

  constructor(index: string, key: readonly Value[], existing: Row) {
    super('conflict', `duplicate entry for key '${index}'`);
    this.index = index;
    this.key = key;
    this.existing = existing;
  }
}
