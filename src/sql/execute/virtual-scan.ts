/** Reads a virtual table: hands it the equalities and the used columns, turns its rows into batches. */
import type { Value } from '../../tuple/value.ts';
import type { VirtualSource } from '../catalog/catalog.ts';
import { BATCH_SIZE, type Column, ONE_ROW } from '../expressions/batch.ts';
import type { Evaluate, EvaluateFilter } from '../expressions/compile.ts';
import { select } from './columns.ts';
import type { ExecutionContext, Operator, Rows } from './operator.ts';

export interface VirtualEquality {
  readonly ordinal: number;
  readonly values: readonly Evaluate[];
}

export class VirtualScan implements Operator {
  readonly #source: VirtualSource;
  readonly #ordinals: readonly number[];
  readonly #equalities: readonly VirtualEquality[];
  readonly #condition: EvaluateFilter | undefined;

  constructor(
    source: VirtualSource,
    ordinals: readonly number[],
    equalities: readonly VirtualEquality[],
    condition: EvaluateFilter | undefined,
  ) {
    this.#source = source;
    this.#ordinals = ordinals;
    this.#equalities = equalities;
    this.#condition = condition;
  }

  *run(context: ExecutionContext): Rows {
    const used = this.#source.columns.map((_, ordinal) => this.#ordinals.includes(ordinal));
    const equalities = this.#equalities.map(({ ordinal, values }) => ({
      column: ordinal,
      values: values.map((evaluate) => evaluate(ONE_ROW, 0, context)),
    }));
    const selection = new Uint16Array(BATCH_SIZE);
    const fresh = (): Column[] => this.#ordinals.map(() => []);
    let columns = fresh();
    let length = 0;
    const take = () => {
      const batch = { length, columns };
      const count = this.#condition ? this.#condition(batch, context, undefined, length, selection) : length;
      columns = fresh();
      length = 0;
      return select(batch, selection, count);
    };
    for (const row of this.#source.rows({ equalities, used })) {
      if ('until' in row) {
        yield row;
        continue;
      }
      for (let c = 0; c < columns.length; c++) columns[c]!.push((row[this.#ordinals[c]!] ?? null) as Value);
      if (++length < BATCH_SIZE) continue;
      const batch = take();
      if (batch.length > 0) yield batch;
      const wait = context.pause();
      if (wait) yield wait;
    }
    if (length === 0) return;
    const batch = take();
    if (batch.length > 0) yield batch;
  }
}
