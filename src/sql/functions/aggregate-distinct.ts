/** DISTINCT inside an aggregate: rows whose arguments a group has met before (or that have a NULL) do not reach it. */
import type { Value } from '../../tuple/value.ts';
import type { Column } from '../expressions/batch.ts';
import { type KeyOf, keyOfFor } from '../types/compare.ts';
import type { Aggregator, BoundAggregate } from './aggregate-function.ts';

class Distinct implements Aggregator {
  readonly #inner: Aggregator;
  readonly #keys: readonly KeyOf[];
  readonly #seen: Set<Value>[] = [];

  constructor(inner: Aggregator, keys: readonly KeyOf[]) {
    this.#inner = inner;
    this.#keys = keys;
  }

  add(groups: Uint32Array, columns: readonly Column[], length: number): void {
    const keptGroups = new Uint32Array(length);
    const kept: Column[] = columns.map(() => []);
    let fresh = 0;
    for (let row = 0; row < length; row++) {
      const key = this.#key(columns, row);
      if (key === null) continue;
      const group = groups[row]!;
      let seen = this.#seen[group];
      if (seen === undefined) {
        seen = new Set();
        this.#seen[group] = seen;
      }
      const before = seen.size;
      seen.add(key);
      if (seen.size === before) continue;
      keptGroups[fresh++] = group;
      for (let at = 0; at < kept.length; at++) kept[at]!.push(columns[at]![row]!);
    }
    this.#inner.add(keptGroups, kept, fresh);
  }

  /** Of several arguments the texts of their keys, each with its length in front. */
  #key(columns: readonly Column[], row: number): Value {
    if (this.#keys.length === 1) return this.#keys[0]!(columns[0]![row]!);
    let joined = '';
    for (let at = 0; at < this.#keys.length; at++) {
      const key = this.#keys[at]!(columns[at]![row]!);
      if (key === null) return null;
      const text = String(key);
      joined += `${text.length}:${text}`;
    }
    return joined;
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
        bound.args.slice(0, keyed).map((argument) => keyOfFor(argument.type)),
      ),
  };
}
