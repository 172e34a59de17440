/**
 * Reads a table or an index straight from the nodes of its tree. Only used columns are decoded; with a condition, its
 * columns are decoded first and the others only for the rows that pass. Rows come in the order of the index, or in the
 * reverse of it.
 *
 * An index that does not hold all that is read gives the primary keys, and rows are looked up a batch at a time.
 */
import { ScanMemory } from '../../chunks/scan-memory.ts';
import { ALL_KEYS, type KeyRange } from '../../prolly/key-range.ts';
import type { LeafRun, TreeMap } from '../../prolly/tree-map.ts';
import type { ColumnDecoder } from '../../table/row-codec.ts';
import type { Table } from '../../table/table.ts';
import { BATCH_SIZE, type Batch, type Column } from '../expressions/batch.ts';
import type { EvaluateFilter } from '../expressions/compile.ts';
import { gather } from './columns.ts';
import type { Residual } from './join-sink.ts';
import type { ExecutionContext, Operator, Rows } from './operator.ts';
import type { RowLookup } from './row-lookup.ts';

/** A table's index as an execution sees it, with the table. */
export type OpenTree = (context: ExecutionContext) => { readonly table: Table; readonly tree: TreeMap };

/** Disjoint ranges in the order of the tree. */
export interface ScanRanges {
  evaluate(context: ExecutionContext, tree: TreeMap): readonly KeyRange[];
}

export interface ScanInput {
  readonly open: OpenTree;
  /** Undefined: all of it. */
  readonly ranges: ScanRanges | undefined;
  readonly reverse: boolean;
  /** Decoders of the columns, for the entries that `lookup` gives, or of the index without it. */
  readonly decoders: readonly ColumnDecoder[];
  readonly condition: EvaluateFilter | undefined;
  /** Which columns the condition reads. */
  readonly tested: readonly boolean[];
  /** How often a row counts, in tables without a primary key. */
  readonly cardinality: ColumnDecoder | undefined;
  readonly lookup: RowLookup | undefined;
}

type Test = Pick<ScanInput, 'condition' | 'tested'>;

interface Selected {
  readonly batch: Batch;
  readonly selection: Uint16Array | undefined;
}

const WHOLE: readonly KeyRange[] = [ALL_KEYS];

/** The first batch is small, for LIMIT and EXISTS, which may want no more. */
const FIRST_BATCH = 64;

export class Scan implements Operator {
  readonly #input: ScanInput;
  /** Made when it is first needed: a scan of one row by its key has no use for it. */
  #selection: Uint16Array | undefined;
  /** Of no meaning; what is read for nothing might not be read. */
  #touched = 0;

  constructor(input: ScanInput) {
    this.#input = input;
  }

  run(context: ExecutionContext): Rows {
    return this.#rows(context, this.#input);
  }

  /** Only rows that pass one more filter, which reads some of the columns: the others are decoded for those rows alone. */
  narrowed(context: ExecutionContext, { filter, reads }: Residual): Rows {
    const { condition, tested } = this.#input;
    return this.#rows(context, {
      condition: condition === undefined ? filter : both(condition, filter),
      tested: reads.map((read, c) => read || tested[c]!),
    });
  }

  *#rows(context: ExecutionContext, test: Test): Rows {
    const { open, ranges, reverse } = this.#input;
    const { table, tree } = open(context);
    const memory = new ScanMemory();
    const found = ranges === undefined ? WHOLE : ranges.evaluate(context, tree);
    let wanted = FIRST_BATCH;
    let filled = 0;
    let runs: LeafRun[] = [];
    for (let at = 0; at < found.length; at++) {
      const range = found[reverse ? found.length - 1 - at : at]!;
      for (const run of this.#runs(tree, range, memory)) {
        let { from, to } = run;
        while (to > from) {
          const count = Math.min(to - from, wanted - filled);
          const isAll = count === to - from && from === run.from && to === run.to;
          const start = reverse ? to - count : from;
          runs.push(isAll ? run : { node: run.node, from: start, to: start + count });
          if (reverse) to -= count;
          else from += count;
          filled += count;
          if (filled < wanted) continue;
          for (const batch of this.#emit(this.#rowsOf(runs, table), filled, test, context)) yield batch;
          memory.forget();
          runs = [];
          filled = 0;
          wanted = Math.min(BATCH_SIZE, 4 * wanted);
          const wait = context.pause();
          if (wait) yield wait;
        }
      }
    }
    if (filled === 0) return;
    for (const batch of this.#emit(this.#rowsOf(runs, table), filled, test, context)) yield batch;
  }

  /** The entries of a range, a leaf at a time; at most one where it is a whole key. */
  #runs(tree: TreeMap, range: KeyRange, memory: ScanMemory): Iterable<LeafRun> {
    const { low, high } = range;
    if (low === undefined || low !== high || low.compare !== undefined) {
      return this.#input.reverse ? tree.scanBackwards(range, memory) : tree.scan(range, memory);
    }
    const entry = tree.get(low.key);
    return entry === undefined ? [] : [{ node: entry.node, from: entry.index, to: entry.index + 1 }];
  }

  /** What there is to decode: the entries themselves, or a run for each row that they point to. */
  #rowsOf(runs: readonly LeafRun[], table: Table): readonly LeafRun[] {
    const { lookup, reverse } = this.#input;
    return lookup === undefined ? runs : lookup(table, runs, reverse);
  }

  #emit(runs: readonly LeafRun[], length: number, test: Test, context: ExecutionContext): Iterable<Batch> {
    const selected = this.#select(runs, length, test, context);
    if (selected === undefined) return [];
    const { cardinality } = this.#input;
    const { batch, selection } = selected;
    return cardinality === undefined ? [batch] : this.#repeat(batch, runs, selection, cardinality);
  }

  /** The rows that pass the condition, and which they are where not all do; undefined when none does. */
  #select(
    runs: readonly LeafRun[],
    length: number,
    { condition, tested }: Test,
    context: ExecutionContext,
  ): Selected | undefined {
    const { decoders } = this.#input;
    if (condition === undefined) {
      const columns: Column[] = [];
      for (let c = 0; c < decoders.length; c++) columns.push(this.#decode(runs, decoders[c]!));
      return { batch: { length, columns }, selection: undefined };
    }
    const columns = decoders.map((decode, c) => (tested[c] ? this.#decode(runs, decode) : []));
    this.#selection ??= new Uint16Array(BATCH_SIZE);
    const selection = this.#selection;
    const count = condition({ length, columns }, context, undefined, length, selection);
    if (count === 0) return undefined;
    // Many survivors: decoding all and picking is cheaper than decoding one by one.
    const kept = 2 * count > length ? undefined : this.#pick(runs, selection, count);
    const result = decoders.map((decode, c) => {
      if (kept !== undefined && !tested[c]) return this.#decode(kept, decode, true);
      const all = tested[c] ? columns[c]! : this.#decode(runs, decode);
      return count === length ? all : gather(all, selection, count);
    });
    return { batch: { length: count, columns: result }, selection: count === length ? undefined : selection };
  }

  /** The selected entries, one run each, in the order of the batch. */
  #pick(runs: readonly LeafRun[], selection: Uint16Array, count: number): LeafRun[] {
    const { reverse } = this.#input;
    const picked: LeafRun[] = [];
    let before = 0;
    let i = 0;
    for (const { node, from, to } of runs) {
      for (; i < count && selection[i]! < before + to - from; i++) {
        const index = reverse ? to - 1 - (selection[i]! - before) : from + selection[i]! - before;
        picked.push({ node, from: index, to: index + 1 });
      }
      before += to - from;
    }
    // They lie far apart: the memory of several is fetched at a time here, while decoding them would wait for each.
    let touched = 0;
    for (const { node, from } of picked) {
      touched ^= node.bytes[node.valueStart(from)]! ^ node.bytes[node.valueEnd(from) - 1]!;
    }
    this.#touched ^= touched;
    return picked;
  }

  #decode(runs: readonly LeafRun[], decode: ColumnDecoder, single = false): Column {
    let length = 0;
    for (const { from, to } of runs) length += to - from;
    const column: Column = new Array(length);
    const turn = this.#input.reverse && !single;
    let at = 0;
    for (const { node, from, to } of runs) {
      decode(node, from, to, column, at);
      const end = at + to - from;
      if (turn && to - from > 1) reverse(column, at, end);
      at = end;
    }
    return column;
  }

  /** Rows of a table without a primary key stand for several equal ones. */
  *#repeat(
    batch: Batch,
    runs: readonly LeafRun[],
    selection: Uint16Array | undefined,
    cardinality: ColumnDecoder,
  ): Generator<Batch, void, unknown> {
    const all = this.#decode(runs, cardinality);
    const counts = selection ? gather(all, selection, batch.length) : all;
    const rows: number[] = [];
    for (let row = 0; row < batch.length; row++) for (let n = Number(counts[row]); n > 0; n--) rows.push(row);
    for (let from = 0; from < rows.length; from += BATCH_SIZE) {
      const part = rows.slice(from, from + BATCH_SIZE);
      yield { length: part.length, columns: batch.columns.map((column) => gather(column, part, part.length)) };
    }
  }
}

function both(first: EvaluateFilter, second: EvaluateFilter): EvaluateFilter {
  return (batch, context, selection, count, into) => {
    const left = first(batch, context, selection, count, into);
    return left === 0 ? 0 : second(batch, context, into, left, into);
  };
}

function reverse(column: Column, from: number, to: number): void {
  for (let low = from, high = to - 1; low < high; low++, high--) {
    const value = column[low]!;
    column[low] = column[high]!;
    column[high] = value;
  }
}
