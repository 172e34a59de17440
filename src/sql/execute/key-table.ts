/**
 * Numbers the distinct keys of rows: 0, 1, 2, … in order of appearance. A key is one or several columns; two keys are
 * the same when all their columns are equal in their types and collations, NULL being equal to NULL. Used by grouping,
 * distinct, set operations and hash joins.
 *
 * One column is one map, with a table beside it for 32-bit integers. With more columns each column's values are numbered
 * first, and then pairs of numbers: no string is built per row.
 */
import type { Value } from '../../tuple/value.ts';
import type { Column } from '../expressions/batch.ts';
import { type KeyOf, keyIsValue, keyOfFor } from '../types/compare.ts';
import type { SqlType } from '../types/sql-type.ts';
import { IntegerKeys } from './integer-keys.ts';

type Key = ReturnType<KeyOf>;

/** Numbers the values of one column. */
class ColumnKeys {
  readonly #keyOf: KeyOf | undefined;
  readonly #map = new Map<Key, number>();
  /** Of integers of 32 bits; made with the first. */
  #integers: IntegerKeys | undefined;
  size = 0;

  constructor(type: SqlType) {
    this.#keyOf = keyIsValue(type) ? undefined : keyOfFor(type);
  }

  /** -1 for a value not seen, unless `add`. */
  number(value: Value, add: boolean): number {
    const key = this.#keyOf ? this.#keyOf(value) : (value as Key);
    if (typeof key === 'number' && (key | 0) === key) {
      this.#integers ??= new IntegerKeys();
      const found = this.#integers.get(key);
      if (found >= 0 || !add) return found;
      this.#integers.set(key, this.size);
      return this.size++;
    }
    const found = this.#map.get(key);
    if (found !== undefined) return found;
    if (!add) return -1;
    this.#map.set(key, this.size);
    return this.size++;
  }
}

/** Numbers pairs of numbers. */
class PairKeys {
  readonly #map = new Map<number, number>();
  size = 0;

  number(left: number, right: number, add: boolean): number {
    const key = left * 0x4000000 + right;
    const found = this.#map.get(key);
    if (found !== undefined) return found;
    if (!add) return -1;
    this.#map.set(key, this.size);
    return this.size++;
  }
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

  assignAll(columns: readonly Column[], length: number, into: Uint32Array): void {
    if (this.#columns.length === 1) {
      const keys = this.#columns[0]!;
      const column = columns[0]!;
      for (let row = 0; row < length; row++) into[row] = keys.number(column[row]!, true);
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
