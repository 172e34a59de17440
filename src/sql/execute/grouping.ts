/**
 * Groups and their aggregates: numbers the groups as they appear and hands each batch with its group numbers to columnar
 * aggregators, so that no object is made per row or per group.
 *
 * Where there is no room for more groups, rows of others are put aside, and so are the arguments of DISTINCT that an aggregate
 * has not met yet: it goes on with them once it has seen all rows, having forgotten those that it knew.
 */
import type { Value } from '../../tuple/value.ts';
import { BATCH_SIZE, type Batch, type Column } from '../expressions/batch.ts';
import type { EvaluateColumn } from '../expressions/compile.ts';
import type { Aggregator, BoundAggregate, TakeRows } from '../functions/aggregate-function.ts';
import { keptBytes } from '../types/kept-bytes.ts';
import { KeyTable } from '../types/key-table.ts';
import { memoryExceeded } from '../types/sql-error.ts';
import type { SqlType } from '../types/sql-type.ts';
import { gather, RowStore } from './columns.ts';
import { type ExecutionContext, isWait, type Rows, type Wait } from './operator.ts';
import { isFull, Overflow } from './overflow.ts';
import type { MemoryShare, StatementMemory } from './statement-memory.ts';

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

export const NO_NUMBERS = new Uint32Array(0);
/** Of rows that are all in one group. */
const ZEROS = new Uint32Array(BATCH_SIZE);

/** The groups over one prefix of the group expressions. */
export class Grouping {
  readonly #width: number;
  readonly #keys: KeyTable;
  readonly #firsts: RowStore;
  readonly #aggregators: readonly Aggregator[];
  /** How many arguments each has. */
  readonly #widths: readonly number[];
  /** Arguments of DISTINCT that wait, behind the numbers of their groups. */
  readonly #postponed: { readonly aggregator: number; overflow: Overflow }[] = [];
  #firstBytes = 0;
  /** As long as the longest batch so far; not to be written without group expressions. */
  #numbers: Uint32Array;

  constructor(groups: readonly GroupInput[], aggregates: readonly AggregateInput[], context: ExecutionContext) {
    this.#width = groups.length;
    this.#numbers = groups.length === 0 ? ZEROS : NO_NUMBERS;
    this.#keys = new KeyTable(groups.map((g) => g.type));
    this.#firsts = new RowStore(groups.length);
    this.#aggregators = aggregates.map((a) => a.aggregate.create(context));
    this.#widths = aggregates.map((a) => a.args.length);
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

  /** The part of it that cannot be put aside. */
  get lastingBytes(): number {
    let bytes = this.collectedBytes;
    for (const { distinct } of this.#aggregators) bytes -= distinct?.byteSize() ?? 0;
    return bytes;
  }

  /** From now on, arguments of DISTINCT that were not met yet are put aside. False where there are no such aggregates. */
  postpone(memory: StatementMemory): boolean {
    this.#aggregators.forEach(({ distinct }, a) => {
      if (distinct === undefined) return;
      const overflow = new Overflow(1 + this.#widths[a]!, memory);
      this.#postponed.push({ aggregator: a, overflow });
      distinct.postpone(laterIn(overflow));
    });
    return this.#postponed.length > 0;
  }

  /** Gives the aggregates what was put aside; there are no other rows to come. */
  *settle(share: MemoryShare, context: ExecutionContext): Generator<Wait, void, unknown> {
    const { memory } = context;
    for (const postponed of this.#postponed) {
      const aggregator = this.#aggregators[postponed.aggregator]!;
      const distinct = aggregator.distinct!;
      while (!postponed.overflow.isEmpty) {
        const rows = postponed.overflow;
        distinct.forget();
        postponed.overflow = new Overflow(1 + this.#widths[postponed.aggregator]!, memory);
        let full = false;
        try {
          for (const item of rows.rows()) {
            if (isWait(item)) {
              yield item;
              continue;
            }
            const [groups, ...columns] = item.columns;
            aggregator.add(Uint32Array.from(groups as readonly number[]), columns, item.length);
            if (!full && isFull(this.byteSize, share, memory)) {
              full = true;
              distinct.postpone(laterIn(postponed.overflow));
            }
            if (this.lastingBytes > memory.limit) throw memoryExceeded(memory.limit);
            const wait = context.pause();
            if (wait) yield wait;
          }
        } finally {
          rows.close();
        }
      }
      distinct.forget();
    }
  }

  /** To be called whatever ends the use of it. */
  close(): void {
    for (const { overflow } of this.#postponed) overflow.close();
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

  /** Keys and results of all groups, in the order of their first rows. */
  *results(context: ExecutionContext): Rows {
    const { size } = this;
    for (let from = 0; from < size; from += BATCH_SIZE) {
      const to = Math.min(size, from + BATCH_SIZE);
      const columns: Column[] = [];
      for (let c = 0; c < this.#width; c++) columns.push(range(from, to, (g) => this.key(g, c)));
      for (let a = 0; a < this.#aggregators.length; a++) columns.push(range(from, to, (g) => this.result(a, g)));
      yield { length: to - from, columns };
      const wait = context.pause();
      if (wait) yield wait;
    }
  }
}

function laterIn(overflow: Overflow): TakeRows {
  return (groups, columns, length) => overflow.add([Array.from(groups.subarray(0, length)), ...columns], ALL, length);
}

/** The selection of all rows of a batch. */
const ALL = Uint32Array.from({ length: BATCH_SIZE }, (_, row) => row);

/** Rows of which the first columns are keys of groups, and those from `argsAt` on are the arguments of aggregates. */
export interface GroupedRows {
  readonly groups: readonly GroupInput[];
  readonly argsAt: number;
  readonly aggregates: readonly AggregateInput[];
}

/** The keys and arguments of a batch of such rows. */
export function partsOf(
  { groups, argsAt, aggregates }: GroupedRows,
  { columns }: Batch,
): { readonly keys: readonly Column[]; readonly args: readonly (readonly Column[])[] } {
  let next = argsAt;
  const args = aggregates.map((aggregate) => {
    const start = next;
    next += aggregate.args.length;
    return columns.slice(start, next);
  });
  return { keys: columns.slice(0, groups.length), args };
}

/** The groups' expressions, then the aggregates' arguments. */
export function* evaluated(input: Rows, { groups, aggregates }: GroupedRows, context: ExecutionContext): Rows {
  for (const item of input) {
    if (isWait(item)) {
      yield item;
      continue;
    }
    const columns: Column[] = [];
    for (const { evaluate } of groups) columns.push(evaluate(item, context));
    for (const { args } of aggregates) for (const evaluate of args) columns.push(evaluate(item, context));
    yield { length: item.length, columns };
  }
}

/** Groups as many rows as there is room for groups, and gives the groups' keys and results; the others go to `overflow`. */
export function* groupRound(
  rows: Rows,
  overflow: Overflow,
  form: GroupedRows,
  share: MemoryShare,
  context: ExecutionContext,
): Rows {
  const { memory } = context;
  const grouping = new Grouping(form.groups, form.aggregates, context);
  const hasKeys = form.groups.length > 0;
  let others = NO_NUMBERS;
  let full = false;
  try {
    for (const item of rows) {
      if (isWait(item)) {
        yield item;
        continue;
      }
      const { keys, args } = partsOf(form, item);
      if (!full) {
        grouping.add(keys, args, item.length);
        if ((!hasKeys && grouping.collectedBytes === 0) || !isFull(grouping.byteSize, share, memory)) continue;
        full = true;
        // Of a single group, or of groups that go on growing, nothing else can be put aside.
        if (!grouping.postpone(memory) && !hasKeys) throw memoryExceeded(memory.limit);
        continue;
      }
      if (others.length < item.length) others = new Uint32Array(item.length);
      overflow.add(item.columns, others, grouping.addKnown(keys, args, item.length, others));
      if (grouping.lastingBytes > memory.limit) throw memoryExceeded(memory.limit);
    }
    yield* grouping.settle(share, context);
    yield* grouping.results(context);
  } finally {
    grouping.close();
  }
}

export function range(from: number, to: number, valueAt: (index: number) => Value): Column {
  const column: Column = new Array(to - from);
  for (let i = from; i < to; i++) column[i - from] = valueAt(i);
  return column;
}
