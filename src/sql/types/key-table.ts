/**
 * Numbers the distinct keys of rows: 0, 1, 2, … in order of appearance. A key is one or several columns; two keys are
 * the same when all their columns are equal in their types and collations, NULL being equal to NULL. Used by grouping,
 * distinct, set operations and hash joins.
 *
 * Integers of 32 bits and texts have tables of their own. With several columns each column's values are numbered first, and
 * then pairs of numbers: no string is built per row.
 */
import type { Value } from '../../tuple/value.ts';
import { type KeyOf, keyIsValue, keyOfFor } from './compare.ts';
import { IntegerKeys, PairKeys } from './integer-keys.ts';
import type { SqlType } from './sql-type.ts';
import { TextKeys } from './text-keys.ts';

type Key = ReturnType<KeyOf>;
type Column = readonly Value[];

/** Numbers the values of one column. */
class ColumnKeys {
  readonly #keyOf: KeyOf | undefined;
  /** Of integers of 32 bits, and of texts; made with the first. */
  #integers: IntegerKeys | undefined;
  #texts: TextKeys | undefined;
  /** Of all others. */
  #others: Map<Key, number> | undefined;
  size = 0;

  constructor(type: SqlType) {
    this.#keyOf = keyIsValue(type) ? undefined : keyOfFor(type);
  }

  get byteSize(): number {
    return (this.#integers?.byteSize ?? 0) + (this.#texts?.byteSize ?? 0) + MAP_ENTRY_BYTES * (this.#others?.size ?? 0);
  }

  /** -1 for a value not seen, unless `add`. */
  number(value: Value, add: boolean): number {
    return this.#numberOf(this.#keyOf ? this.#keyOf(value) : (value as Key), add);
  }

  #numberOf(key: Key, add: boolean): number {
    const fresh = add ? this.size : -1;
    let number: number;
    if (typeof key === 'number' && (key | 0) === key) {
      this.#integers ??= new IntegerKeys();
      number = this.#integers.numberOf(key, fresh);
    } else if (typeof key === 'string') {
      this.#texts ??= new TextKeys();
      number = this.#texts.numberOf(key, fresh);
    } else {
      this.#others ??= new Map();
      number = this.#others.get(key) ?? fresh;
      if (number === fresh && add) this.#others.set(key, fresh);
    }
    if (number === this.size) this.size++;
    return number;
  }

  /** Which of `count` rows, all unless `selection` names them, have a value that was seen; never NULL. How many they are. */
  seen(column: Column, selection: Uint16Array | undefined, count: number, into: Uint16Array): number {
    const integers = this.#keyOf === undefined ? this.#integers : undefined;
    let found = 0;
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at]!;
      const value = column[row]!;
      if (value === null) continue;
      const isSmall = integers !== undefined && typeof value === 'number' && (value | 0) === value;
      if ((isSmall ? integers.numberOf(value, -1) : this.number(value, false)) >= 0) into[found++] = row;
    }
    return found;
  }

  /** The numbers of the first `length` values, which are added. */
  numberAll(column: Column, length: number, into: Uint32Array): void {
    const keyOf = this.#keyOf;
    const keys = keyOf ? column.map((value) => keyOf(value)) : (column as readonly Key[]);
    for (let row = 0; row < length; row++) {
      const done = this.#texts?.numbersOf(keys, row, length, this.size, into) ?? 0;
      for (const end = row + done; row < end; row++) if (into[row] === this.size) this.size++;
      if (row < length) into[row] = this.#numberOf(keys[row]!, true);
    }
  }
}

/** What an entry of a Map of numbers costs, about. */
const MAP_ENTRY_BYTES = 60;

/** Whether some key column is NULL at a row. */
export function hasNull(columns: readonly Column[], row: number): boolean {
  for (let c = 0; c < columns.length; c++) if (columns[c]![row] === null) return true;
  return false;
}

export class KeyTable {
  readonly #columns: readonly ColumnKeys[];
  readonly #pairs: readonly PairKeys[];

  constructor(types: readonly SqlType[]) {
    this.#columns = types.map((type) => new ColumnKeys(type));
    this.#pairs = types.slice(1).map(() => new PairKeys());
  }

  /** Distinct keys so far. */
  get size(): number {
    return (this.#pairs.at(-1) ?? this.#columns[0])?.size ?? 1;
  }

  /** The number of the key at a row, a new one if need be. */
  assign(columns: readonly Column[], row: number): number {
    return this.#number(columns, row, true);
  }

  /** The number of the key at a row, -1 when it was never assigned. */
  find(columns: readonly Column[], row: number): number {
    return this.#number(columns, row, false);
  }

  /** Rows with a key that was assigned, and without NULL; see `ColumnKeys.seen`. */
  seen(columns: readonly Column[], selection: Uint16Array | undefined, count: number, into: Uint16Array): number {
    if (this.#columns.length === 1) return this.#columns[0]!.seen(columns[0]!, selection, count, into);
    let found = 0;
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at]!;
      if (!hasNull(columns, row) && this.find(columns, row) >= 0) into[found++] = row;
    }
    return found;
  }

  /** Bytes that the table takes, about. */
  get byteSize(): number {
    return [...this.#columns, ...this.#pairs].reduce((sum, keys) => sum + keys.byteSize, 0);
  }

  assignAll(columns: readonly Column[], length: number, into: Uint32Array): void {
    if (this.#columns.length === 1) {
      this.#columns[0]!.numberAll(columns[0]!, length, into);
      return;
    }
    for (let row = 0; row < length; row++) into[row] = this.#number(columns, row, true);
  }

  #number(columns: readonly Column[], row: number, add: boolean): number {
    if (this.#columns.length === 0) return 0;
    let number = this.#columns[0]!.number(columns[0]![row]!, add);
    for (let c = 1; c < this.#columns.length; c++) {
      if (number < 0) return -1;
      const next = this.#columns[c]!.number(columns[c]![row]!, add);
      if (next < 0) return -1;
      number = this.#pairs[c - 1]!.number(number, next, add);
    }
    return number;
  }
}
