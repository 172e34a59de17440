/** DISTINCT inside an aggregate: rows whose arguments a group has met before (or that have a NULL) do not reach it. */
import type { Value } from '../../tuple/value.ts';
import type { Column } from '../expressions/batch.ts';
import { keptBytes } from '../types/kept-bytes.ts';
import { hasNull, KeyTable } from '../types/key-table.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { Aggregator, BoundAggregate, DistinctArguments, TakeRows } from './aggregate-function.ts';

/** What the table of a group costs, and an entry of it beside its value. */
const TABLE_BYTES = 400;
const SLOTS_BYTES = 24;

class Distinct implements Aggregator {
  readonly #inner: Aggregator;
  readonly #types: readonly SqlType[];
  /** By group: the arguments that it has met. */
  #seen: KeyTable[] = [];
  #bytes = 0;
  #later: TakeRows | undefined;
  #numbers = new Uint32Array(0);
  #selection = new Uint32Array(0);

  constructor(inner: Aggregator, types: readonly SqlType[]) {
    this.#inner = inner;
    this.#types = types;
  }

  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    if (this.#later === undefined) this.#addNew(groups, columns, length);
    else this.#postponeOthers(groups, columns, length, this.#later);
  }

  #addNew(groups: Uint32Array, columns: readonly Column[], length: number): void {
    const isOne = this.#isOneGroup(groups, length);
    const keys = columns.slice(0, this.#types.length);
    if (this.#selection.length < length) this.#selection = new Uint32Array(length);
    const fresh = isOne ? this.#newOfOne(groups[0]!, keys, length) : this.#newOfMany(groups, keys, length);
    const selection = this.#selection;
    const keptGroups = isOne ? groups.subarray(0, fresh) : new Uint32Array(fresh);
    if (!isOne) for (let at = 0; at < fresh; at++) keptGroups[at] = groups[selection[at]!]!;
    this.#inner.add(
      keptGroups,
      fresh === length ? columns : columns.map((column) => picked(column, selection, fresh)),
      fresh,
    );
  }

  /** Selects the rows whose arguments are new to their groups; how many they are. */
  #newOfMany(groups: Uint32Array, keys: readonly Column[], length: number): number {
    let fresh = 0;
    for (let row = 0; row < length; row++) {
      if (hasNull(keys, row)) continue;
      const seen = this.#seenBy(groups[row]!);
      const before = seen.size;
      if (seen.assign(keys, row) !== before) continue;
      for (const column of keys) this.#bytes += SLOTS_BYTES + keptBytes(column[row]!);
      this.#selection[fresh++] = row;
    }
    return fresh;
  }

  /** The same where all rows belong to one group: their arguments are numbered together. */
  #newOfOne(group: number, keys: readonly Column[], length: number): number {
    const seen = this.#seenBy(group);
    const bytes = seen.byteSize;
    let known = seen.size;
    let fresh = 0;
    if (this.#numbers.length < length) this.#numbers = new Uint32Array(length);
    seen.assignAll(keys, length, this.#numbers);
    for (let row = 0; row < length; row++) {
      if (this.#numbers[row] !== known) continue;
      known++;
      if (!hasNull(keys, row)) this.#selection[fresh++] = row;
    }
    this.#bytes += seen.byteSize - bytes;
    return fresh;
  }

  #postponeOthers(groups: Uint32Array, columns: readonly Column[], length: number, later: TakeRows): void {
    const keys = columns.slice(0, this.#types.length);
    const others: number[] = [];
    for (let row = 0; row < length; row++) {
      if (hasNull(keys, row)) continue;
      const seen = this.#seen[groups[row]!];
      if (seen === undefined || seen.find(keys, row) < 0) others.push(row);
    }
    if (others.length === 0) return;
    later(
      Uint32Array.from(others, (row) => groups[row]!),
      columns.map((column) => picked(column, others, others.length)),
      others.length,
    );
  }

  readonly distinct: DistinctArguments = {
    byteSize: () => this.#bytes,
    postpone: (later) => {
      this.#later = later;
    },
    forget: () => {
      this.#seen = [];
      this.#bytes = 0;
      this.#later = undefined;
    },
  };

  #isOneGroup(groups: Uint32Array, length: number): boolean {
    for (let row = 1; row < length; row++) if (groups[row] !== groups[0]) return false;
    return length > 0;
  }

  #seenBy(group: number): KeyTable {
    let seen = this.#seen[group];
    if (seen === undefined) {
      seen = new KeyTable(this.#types);
      this.#seen[group] = seen;
      this.#bytes += TABLE_BYTES;
    }
    return seen;
  }

  get byteSize(): number {
    return this.#bytes + (this.#inner.byteSize ?? 0);
  }

  result(group: number): Value {
    return this.#inner.result(group);
  }
  reset(group: number): void {
    delete this.#seen[group];
    this.#inner.reset(group);
  }
}

function picked(column: Column, selection: ArrayLike<number>, count: number): Column {
  const values: Column = new Array(count);
  for (let at = 0; at < count; at++) values[at] = column[selection[at]!]!;
  return values;
}

/** The aggregate over distinct arguments; `keyed` is how many leading arguments decide (default: all). */
export function withDistinct(distinct: boolean, bound: BoundAggregate, keyed = bound.args.length): BoundAggregate {
  if (!distinct) return bound;
  return {
    ...bound,
    create: (context) =>
      new Distinct(
        bound.create(context),
        bound.args.slice(0, keyed).map((argument) => argument.type),
      ),
  };
}
