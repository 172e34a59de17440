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

  constructor(inner: Aggregator, types: readonly SqlType[]) {
    this.#inner = inner;
    this.#types = types;
  }

  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    if (this.#later === undefined) this.#addNew(groups, columns, length);
    else this.#postponeOthers(groups, columns, length, this.#later);
  }

  #addNew(groups: Uint32Array, columns: readonly Column[], length: number): void {
    const keptGroups = new Uint32Array(length);
    const kept: Column[] = columns.map(() => []);
    const keys = columns.slice(0, this.#types.length);
    const isNew = this.#isOneGroup(groups, length)
      ? this.#newOfOne(groups[0]!, keys, length)
      : this.#newOf(groups, keys);
    let fresh = 0;
    for (let row = 0; row < length; row++) {
      if (!isNew(row)) continue;
      for (const column of keys) this.#bytes += SLOTS_BYTES + keptBytes(column[row]!);
      keptGroups[fresh++] = groups[row]!;
      for (let at = 0; at < kept.length; at++) kept[at]!.push(columns[at]![row]!);
    }
    this.#inner.add(keptGroups, kept, fresh);
  }

  /** Whether a row's arguments are new to its group, asked of one row after the other. */
  #newOf(groups: Uint32Array, keys: readonly Column[]): (row: number) => boolean {
    return (row) => {
      if (hasNull(keys, row)) return false;
      const seen = this.#seenBy(groups[row]!);
      const before = seen.size;
      return seen.assign(keys, row) === before;
    };
  }

  /** The same where all rows belong to one group: their arguments are numbered together. */
  #newOfOne(group: number, keys: readonly Column[], length: number): (row: number) => boolean {
    const seen = this.#seenBy(group);
    let known = seen.size;
    if (this.#numbers.length < length) this.#numbers = new Uint32Array(length);
    seen.assignAll(keys, length, this.#numbers);
    return (row) => {
      if (this.#numbers[row] !== known) return false;
      known++;
      return !hasNull(keys, row);
    };
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
    const columnOf = (column: Column): Column => others.map((row) => column[row]!);
    later(
      Uint32Array.from(others, (row) => groups[row]!),
      columns.map(columnOf),
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
