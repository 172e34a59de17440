/**
 * GROUP BY … WITH ROLLUP: sorted by the groups, each prefix's total after its rows. Since most aggregates cannot be merged from
 * their results, each prefix keeps aggregators of its own and sees all rows.
 *
 * Where that is too much for memory, each prefix puts the rows of further groups aside, and plays rounds of its own with them.
 */
import { BATCH_SIZE, type Batch, type Column } from '../expressions/batch.ts';
import { comparatorFor, nullsFirst } from '../types/compare.ts';
import { memoryExceeded } from '../types/sql-error.ts';
import { INT } from '../types/sql-type.ts';
import {
  type AggregateInput,
  evaluated,
  type GroupedRows,
  type GroupInput,
  Grouping,
  groupRound,
  partsOf,
  range,
} from './grouping.ts';
import { type ExecutionContext, isWait, type Operator, type Rows, type Wait } from './operator.ts';
import { inRounds, isFull, Overflow } from './overflow.ts';
import type { SortColumn } from './sort-order.ts';
import { Sorter } from './sorter.ts';
import type { MemoryShare } from './statement-memory.ts';

/** The groups over one prefix of the group expressions, as far as there was room for them, and the rows of the others. */
interface Level {
  readonly form: GroupedRows;
  /** Undefined once its groups are sorted. */
  grouping: Grouping | undefined;
  readonly overflow: Overflow;
}

export class Rollup implements Operator {
  readonly #input: Operator;
  readonly #form: GroupedRows;
  readonly #withGrouping: boolean;

  constructor(
    input: Operator,
    groups: readonly GroupInput[],
    aggregates: readonly AggregateInput[],
    withGrouping: boolean,
  ) {
    this.#input = input;
    this.#form = { groups, argsAt: groups.length, aggregates };
    this.#withGrouping = withGrouping;
  }

  *run(context: ExecutionContext): Rows {
    const { memory } = context;
    const { groups, aggregates } = this.#form;
    const share = memory.share();
    const width = groups.length + aggregates.reduce((sum, { args }) => sum + args.length, 0);
    const levels = Array.from({ length: groups.length + 1 }, (_, dropped): Level => {
      const form = { ...this.#form, groups: groups.slice(0, groups.length - dropped) };
      return { form, grouping: new Grouping(form.groups, aggregates, context), overflow: new Overflow(width, memory) };
    });
    try {
      const { any, full } = yield* this.#fill(levels, share, context);
      if (!any) return;
      if (full) yield* this.#sorted(levels, width, share, context);
      else yield* this.#inMemory(levels);
    } finally {
      for (const { grouping, overflow } of levels) {
        grouping?.close();
        overflow.close();
      }
      share.release();
    }
  }

  /** Gives all rows to all levels. */
  *#fill(
    levels: readonly Level[],
    share: MemoryShare,
    context: ExecutionContext,
  ): Generator<Wait, { any: boolean; full: boolean }, unknown> {
    const { memory } = context;
    let any = false;
    let full = false;
    let others = new Uint32Array(0);
    for (const item of evaluated(this.#input.run(context), this.#form, context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      any ||= item.length > 0;
      if (others.length < item.length) others = new Uint32Array(item.length);
      for (const { form, grouping, overflow } of levels) {
        const { keys, args } = partsOf(form, item);
        if (!full) grouping!.add(keys, args, item.length);
        else overflow.add(item.columns, others, grouping!.addKnown(keys, args, item.length, others));
      }
      if (!full) {
        full = isFull(
          sum(levels, ({ grouping }) => grouping!.byteSize),
          share,
          memory,
        );
        if (full) for (const { grouping } of levels) grouping!.postpone(memory);
      } else if (sum(levels, ({ grouping }) => grouping!.lastingBytes) > memory.limit)
        throw memoryExceeded(memory.limit);
    }
    return { any, full };
  }

  *#inMemory(levels: readonly Level[]): Rows {
    const { groups, aggregates } = this.#form;
    const width = groups.length;
    const rows = levels.flatMap(({ grouping }, dropped) =>
      Array.from({ length: grouping!.size }, (_, group) => ({ grouping: grouping!, group, kept: width - dropped })),
    );
    const comparators = groups.map((g) => nullsFirst(comparatorFor(g.type)));
    rows.sort((a, b) => {
      for (let c = 0; c < width; c++) {
        if (c >= a.kept || c >= b.kept) return b.kept - a.kept;
        const order = comparators[c]!(a.grouping.key(a.group, c), b.grouping.key(b.group, c));
        if (order !== 0) return order;
      }
      return 0;
    });
    for (let from = 0; from < rows.length; from += BATCH_SIZE) {
      const to = Math.min(rows.length, from + BATCH_SIZE);
      const columns: Column[] = [];
      for (let c = 0; c < width; c++) columns.push(range(from, to, (i) => rows[i]!.grouping.key(rows[i]!.group, c)));
      for (let a = 0; a < aggregates.length; a++) {
        columns.push(range(from, to, (i) => rows[i]!.grouping.result(a, rows[i]!.group)));
      }
      if (this.#withGrouping) columns.push(range(from, to, (i) => 2 ** (width - rows[i]!.kept) - 1));
      yield { length: to - from, columns };
    }
  }

  /** The groups of all levels, and of further rounds, through an external sort. */
  *#sorted(levels: readonly Level[], width: number, share: MemoryShare, context: ExecutionContext): Rows {
    const { groups, aggregates } = this.#form;
    const visible = groups.length + aggregates.length + (this.#withGrouping ? 1 : 0);
    // A total stands behind the rows that have a value where it has none.
    const keys = groups.flatMap(({ type }): SortColumn[] => [
      { type: INT, descending: false },
      { type, descending: false },
    ]);
    const sorter = new Sorter(visible, keys, context);
    try {
      for (const [dropped, level] of levels.entries()) {
        yield* level.grouping!.settle(share, context);
        yield* this.#take(level.grouping!.results(context), dropped, sorter);
        level.grouping!.close();
        level.grouping = undefined;
      }
      share.release();
      for (const [dropped, { form, overflow }] of levels.entries()) {
        if (overflow.isEmpty) continue;
        const rounds = inRounds(overflow.rows(), width, context.memory, (rows, later) =>
          groupRound(rows, later, form, share, context),
        );
        yield* this.#take(rounds, dropped, sorter);
      }
      for (const item of sorter.sorted()) {
        yield isWait(item) ? item : { length: item.length, columns: item.columns.slice(0, visible) };
      }
    } finally {
      sorter.close();
    }
  }

  *#take(rows: Rows, dropped: number, sorter: Sorter): Generator<Wait, void, unknown> {
    const width = this.#form.groups.length;
    const kept = width - dropped;
    for (const item of rows) {
      if (isWait(item)) yield item;
      else yield* sorter.add(rolledUp(item, width, kept, this.#withGrouping));
    }
  }
}

/** Groups of a level as rows of the result, with the keys that they are sorted by. */
function rolledUp({ length, columns }: Batch, width: number, kept: number, withGrouping: boolean): Batch {
  const none = new Array<null>(length).fill(null);
  const keys = Array.from({ length: width }, (_, c) => (c < kept ? columns[c]! : none));
  const bits = withGrouping ? [new Array<number>(length).fill(2 ** (width - kept) - 1)] : [];
  const order = keys.flatMap((key, c) => [new Array<number>(length).fill(c < kept ? 0 : 1), key]);
  return { length, columns: [...keys, ...columns.slice(kept), ...bits, ...order] };
}

const sum = (levels: readonly Level[], bytesOf: (level: Level) => number): number =>
  levels.reduce((total, level) => total + bytesOf(level), 0);
