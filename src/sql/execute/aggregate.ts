/**
 * Grouping: numbers the groups as they appear and hands each batch with its group numbers to columnar aggregators, so
 * that no object is made per row or per group. Groups come out in order of first appearance. Without group expressions
 * there is exactly one group, also over no rows.
 *
 * ROLLUP groups the finished groups again for each shorter prefix. Since most aggregates cannot be merged from their
 * results, each prefix keeps aggregators of its own and sees all rows.
 */
import type { Value } from '../../tuple/value.ts';
import { BATCH_SIZE, type Batch, type Column } from '../expressions/batch.ts';
import type { EvaluateColumn } from '../expressions/compile.ts';
import type { Aggregator, BoundAggregate } from '../functions/aggregate-function.ts';
import { comparatorFor, nullsFirst } from '../types/compare.ts';
import { keptBytes } from '../types/kept-bytes.ts';
import { KeyTable } from '../types/key-table.ts';
import { memoryExceeded } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';
import { gather, RowStore } from './columns.ts';
import { type ExecutionContext, isWait, type Operator, type Rows } from './operator.ts';
import { inRounds, isFull, type Overflow } from './overflow.ts';
import type { MemoryShare } from './statement-memory.ts';

export interface AggregateInput {
  readonly aggregate: BoundAggregate;
  readonly args: readonly EvaluateColumn[];
}

export interface GroupInput {
  readonly type: SqlType;
  readonly evaluate: EvaluateColumn;
}

/** What an aggregate keeps of a group, about. */
const STATE_BYTES = 40;

const NO_NUMBERS = new Uint32Array(0);
/** Of rows that are all in one group. */
const ZEROS = new Uint32Array(BATCH_SIZE);

/** The groups over one prefix of the group expressions. */
class Grouping {
  readonly #width: number;
  readonly #keys: KeyTable;
  readonly #firsts: RowStore;
  readonly #aggregators: readonly Aggregator[];
  #firstBytes = 0;
  /** As long as the longest batch so far; not to be written without group expressions. */
  #numbers: Uint32Array;

  constructor(groups: readonly GroupInput[], aggregates: readonly AggregateInput[], context: ExecutionContext) {
    this.#width = groups.length;
    this.#numbers = groups.length === 0 ? ZEROS : NO_NUMBERS;
    this.#keys = new KeyTable(groups.map((g) => g.type));
    this.#firsts = new RowStore(groups.length);
    this.#aggregators = aggregates.map((a) => a.aggregate.create(context));
  }

  get size(): number {
    return this.#width === 0 ? 1 : this.#keys.size;
  }

  /** What it takes in memory, about. */
  get byteSize(): number {
    const states = STATE_BYTES * this.#aggregators.length * this.size;
    return this.#keys.byteSize + this.#firstBytes + states + this.collectedBytes;
  }

  /** What aggregates keep of all rows of their groups. */
  get collectedBytes(): number {
    let bytes = 0;
    for (const { byteSize } of this.#aggregators) bytes += byteSize ?? 0;
    return bytes;
  }

  /** Takes the rows of groups that are known, and gives the positions of the others: as many as it says, in `into`. */
  addKnown(keys: readonly Column[], args: readonly (readonly Column[])[], length: number, into: Uint32Array): number {
    const known = new Uint32Array(length);
    const numbers = new Uint32Array(length);
    let taken = 0;
    let others = 0;
    for (let row = 0; row < length; row++) {
      const number = this.#keys.find(keys, row);
      if (number < 0) into[others++] = row;
      else {
        known[taken] = row;
        numbers[taken++] = number;
      }
    }
    for (let a = 0; a < this.#aggregators.length; a++) {
      const columns = args[a]!.map((column) => gather(column, known, taken));
      this.#aggregators[a]!.add(numbers, columns, taken);
    }
    return others;
  }

  add(keys: readonly Column[], args: readonly (readonly Column[])[], length: number): void {
    if (this.#numbers.length < length) this.#numbers = new Uint32Array(length);
    if (this.#width > 0) {
      const batch: Batch = { length, columns: keys };
      const numbers = this.#numbers;
      this.#keys.assignAll(keys, length, numbers);
      for (let row = 0, known = this.#firsts.length; known < this.#keys.size && row < length; row++) {
        if (numbers[row] !== known) continue;
        this.#firsts.appendRow(batch, row);
        for (const column of keys) this.#firstBytes += keptBytes(column[row]!);
        known++;
      }
    }
    for (let a = 0; a < this.#aggregators.length; a++) this.#aggregators[a]!.add(this.#numbers, args[a]!, length);
  }

  key(group: number, column: number): Value {
    return column < this.#width ? this.#firsts.columns[column]![group]! : null;
  }

  result(aggregate: number, group: number): Value {
    return this.#aggregators[aggregate]!.result(group);
  }
}

export class Aggregate implements Operator {
  readonly #input: Operator;
  readonly #groups: readonly GroupInput[];
  readonly #aggregates: readonly AggregateInput[];

  constructor(input: Operator, groups: readonly GroupInput[], aggregates: readonly AggregateInput[]) {
    this.#input = input;
    this.#groups = groups;
    this.#aggregates = aggregates;
  }

  *run(context: ExecutionContext): Rows {
    const share = context.memory.share();
    const width = this.#groups.length + this.#aggregates.reduce((sum, { args }) => sum + args.length, 0);
    try {
      yield* inRounds(this.#evaluated(context), width, context.memory, (rows, overflow) =>
        this.#round(rows, overflow, share, context),
      );
    } finally {
      share.release();
    }
  }

  /** The groups' expressions, then the aggregates' arguments. */
  *#evaluated(context: ExecutionContext): Rows {
    for (const item of this.#input.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const columns: Column[] = [];
      for (const { evaluate } of this.#groups) columns.push(evaluate(item, context));
      for (const { args } of this.#aggregates) for (const evaluate of args) columns.push(evaluate(item, context));
      yield { length: item.length, columns };
    }
  }

  *#round(rows: Rows, overflow: Overflow, share: MemoryShare, context: ExecutionContext): Rows {
    const { memory } = context;
    const grouping = new Grouping(this.#groups, this.#aggregates, context);
    let others = NO_NUMBERS;
    let full = false;
    for (const item of rows) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const { length, columns } = item;
      const keys = columns.slice(0, this.#groups.length);
      let next = keys.length;
      const args = this.#aggregates.map((aggregate) => {
        const start = next;
        next += aggregate.args.length;
        return columns.slice(start, next);
      });
      if (!full) {
        grouping.add(keys, args, length);
        full = keys.length > 0 && isFull(grouping.byteSize, share, memory);
        // Of a single group, or of groups that go on growing, nothing can be put aside.
        if (keys.length === 0) share.hold(grouping.byteSize);
        continue;
      }
      if (others.length < length) others = new Uint32Array(length);
      overflow.add(columns, others, grouping.addKnown(keys, args, length, others));
      if (grouping.collectedBytes > memory.limit) throw memoryExceeded(memory.limit);
    }
    const { size } = grouping;
    for (let from = 0; from < size; from += BATCH_SIZE) {
      const to = Math.min(size, from + BATCH_SIZE);
      const columns: Column[] = [];
      for (let c = 0; c < this.#groups.length; c++) columns.push(range(from, to, (g) => grouping.key(g, c)));
      for (let a = 0; a < this.#aggregates.length; a++) columns.push(range(from, to, (g) => grouping.result(a, g)));
      yield { length: to - from, columns };
      const wait = context.pause();
      if (wait) yield wait;
    }
  }
}

/** GROUP BY … WITH ROLLUP: sorted by the groups, each prefix's total after its rows. */
export class Rollup implements Operator {
  readonly #input: Operator;
  readonly #groups: readonly GroupInput[];
  readonly #aggregates: readonly AggregateInput[];
  readonly #withGrouping: boolean;

  constructor(
    input: Operator,
    groups: readonly GroupInput[],
    aggregates: readonly AggregateInput[],
    withGrouping: boolean,
  ) {
    this.#input = input;
    this.#groups = groups;
    this.#aggregates = aggregates;
    this.#withGrouping = withGrouping;
  }

  *run(context: ExecutionContext): Rows {
    const width = this.#groups.length;
    const groupings = Array.from(
      { length: width + 1 },
      (_, dropped) => new Grouping(this.#groups.slice(0, width - dropped), this.#aggregates, context),
    );
    const share = context.memory.share();
    try {
      yield* this.#rolledUp(groupings, share, context);
    } finally {
      share.release();
    }
  }

  *#rolledUp(groupings: readonly Grouping[], share: MemoryShare, context: ExecutionContext): Rows {
    const width = this.#groups.length;
    let any = false;
    for (const item of this.#input.run(context)) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      any ||= item.length > 0;
      feed(groupings, item, this.#groups, this.#aggregates, context);
      share.hold(groupings.reduce((sum, grouping) => sum + grouping.byteSize, 0));
    }
    if (!any) return;
    const rows = groupings.flatMap((grouping, dropped) =>
      Array.from({ length: grouping.size }, (_, group) => ({ grouping, group, kept: width - dropped })),
    );
    const comparators = this.#groups.map((g) => nullsFirst(comparatorFor(g.type)));
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
      for (let a = 0; a < this.#aggregates.length; a++) {
        columns.push(range(from, to, (i) => rows[i]!.grouping.result(a, rows[i]!.group)));
      }
      if (this.#withGrouping) columns.push(range(from, to, (i) => 2 ** (width - rows[i]!.kept) - 1));
      yield { length: to - from, columns };
    }
  }
}

function feed(
  groupings: readonly Grouping[],
  batch: Batch,
  groups: readonly GroupInput[],
  aggregates: readonly AggregateInput[],
  context: ExecutionContext,
): void {
  const keys = groups.map((g) => g.evaluate(batch, context));
  const args = aggregates.map((a) => a.args.map((evaluate) => evaluate(batch, context)));
  for (const grouping of groupings) grouping.add(keys, args, batch.length);
}

function range(from: number, to: number, valueAt: (index: number) => Value): Column {
  const column: Column = new Array(to - from);
  for (let i = from; i < to; i++) column[i - from] = valueAt(i);
  return column;
}
