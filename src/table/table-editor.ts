/**
 * Changes rows of a table and keeps its indexes. Rows are given whole, as values in the order of the schema's columns
 * (virtual columns included: index keys may need them), already converted to the columns' types. A call that throws has
 * changed nothing. The table itself stays as it was; `finish` gives the new one.
 */
import { AssertionError, DoltError } from '../base/errors.ts';
import type { Integer, Value } from '../tuple/value.ts';
import type { Table } from './table.ts';

export type Row = readonly Value[];

/** A row with this key exists already. */
export class DuplicateKeyError extends DoltError {
  /** `PRIMARY` or the unique index's name. */
  readonly index: string;
  /** The key's values, in the index's column order. */
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

export class TableEditor {
  readonly table: Table;

  constructor(table: Table) {
    this.table = table;
  }

  /** Adds a row. Throws `DuplicateKeyError`: the primary key first, then unique indexes by name. */
  insert(_row: Row): void {
    throw new AssertionError('not built');
  }

  /** Replaces a row that is there by another. Throws `DuplicateKeyError` as insert does. */
  update(_from: Row, _to: Row): void {
    throw new AssertionError('not built');
  }

  /** Removes a row (one of equal ones in a keyless table). False when there is none. */
  delete(_row: Row): boolean {
    throw new AssertionError('not built');
  }

  /** The row with this primary key, edits included. */
  get(_key: readonly Value[]): Row | undefined {
    throw new AssertionError('not built');
  }

  /** Every row that `insert(row)` would collide with, each once, primary key first: for REPLACE and ON DUPLICATE KEY. */
  collisions(_row: Row): Row[] {
    throw new AssertionError('not built');
  }

  /** The next auto-increment value, 1 at first. */
  get autoIncrement(): Integer {
    throw new AssertionError('not built');
  }

  set autoIncrement(_next: Integer) {
    throw new AssertionError('not built');
  }

  /** Drops every row; the counter goes back to its start. */
  truncate(): void {
    throw new AssertionError('not built');
  }

  /** The table with all edits. The editor may go on: later edits add to it. */
  finish(): Table {
    throw new AssertionError('not built');
  }
}
