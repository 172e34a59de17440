import { DoltError } from '../../base/errors.ts';

/** Two histories that cannot be merged as they are; the message says what to change on which side. */
export class UnmergeableError extends DoltError {
  readonly table: string;

  constructor(table: string, message: string) {
    super('conflict', message);
    this.table = table;
  }
}
