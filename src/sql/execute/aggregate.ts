/** Grouping. Groups come out in order of first appearance. Without group expressions there is exactly one, also over no rows. */
import { type AggregateInput, evaluated, type GroupedRows, type GroupInput, groupRound } from './grouping.ts';
import type { ExecutionContext, Operator, Rows } from './operator.ts';
import { inRounds } from './overflow.ts';

export class Aggregate implements Operator {
  readonly #input: Operator;
  readonly #form: GroupedRows;

  constructor(input: Operator, groups: readonly GroupInput[], aggregates: readonly AggregateInput[]) {
    this.#input = input;
    this.#form = { groups, argsAt: groups.length, aggregates };
  }

  *run(context: ExecutionContext): Rows {
    const { memory } = context;
    const { argsAt, aggregates } = this.#form;
    const share = memory.share();
    const width = argsAt + aggregates.reduce((sum, { args }) => sum + args.length, 0);
    try {
      yield* inRounds(evaluated(this.#input.run(context), this.#form, context), width, memory, (rows, overflow) =>
        groupRound(rows, overflow, this.#form, share, context),
      );
    } finally {
      share.release();
    }
  }
}
