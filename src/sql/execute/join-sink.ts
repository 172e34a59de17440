/**
 * What all joins share: pairs of a left and a right row, found in the order of the left rows, become the join's rows.
 * Candidates are collected up to a batch, the residual condition is evaluated on them at once (only the columns that it
 * reads are brought together), and survivors are emitted; for left joins, rows without a partner are put in at their
 * place, so that every join keeps the order of its left side.
 */
import { BATCH_SIZE, type Batch, type Column } from '../expressions/batch.ts';
import type { EvaluateFilter } from '../expressions/compile.ts';
import type { JoinKind } from '../plan/plan.ts';
import { gather, gatherOrNull, select } from './columns.ts';
import type { ExecutionContext } from './operator.ts';

export interface Residual {
  readonly filter: EvaluateFilter;
  /** For each column of left and right together, whether the filter reads it. */
  readonly reads: readonly boolean[];
}

export class JoinSink {
  readonly #join: JoinKind;
  readonly #residual: Residual | undefined;
  readonly #context: ExecutionContext;
  readonly #candidateLeft = new Uint32Array(BATCH_SIZE);
  readonly #candidateRight = new Uint32Array(BATCH_SIZE);
  readonly #selection = new Uint16Array(BATCH_SIZE);
  #candidates = 0;
  /** Survivors, in order; -1 on the right for no partner. */
  #left: number[] = [];
  #right: number[] = [];
  #batch: Batch = { length: 0, columns: [] };
  #store: readonly Column[] = [];
  #numbers: readonly Column[] = [];
  #matched = new Uint8Array(0);
  /** Left rows before it are done, for left joins. */
  #next = 0;
  /** Of no meaning; what is read for nothing might not be read. */
  #touched = 0;

  constructor(join: JoinKind, residual: Residual | undefined, context: ExecutionContext) {
    this.#join = join;
    this.#residual = residual;
    this.#context = context;
  }

  /** Begins a batch of left rows, to be paired with rows of `store`. What comes out has their `numbers` as a last column. */
  start(batch: Batch, store: readonly Column[], numbers?: Column): void {
    this.#numbers = numbers === undefined ? [] : [numbers];
    this.#batch = batch;
    this.#store = store;
    this.#matched = new Uint8Array(batch.length);
    this.#next = 0;
  }

  /** Whether more candidates for this left row are pointless. May say no too early: the residual is evaluated late. */
  isDone(left: number): boolean {
    return this.#matched[left] === 1 && (this.#join === 'semi' || this.#join === 'anti');
  }

  /** A pair that meets the join's keys. True when the candidates are full: `flush` before the next. */
  add(left: number, right: number): boolean {
    if (this.#residual === undefined) {
      this.#survive(left, right);
      return this.#left.length >= BATCH_SIZE;
    }
    this.#candidateLeft[this.#candidates] = left;
    this.#candidateRight[this.#candidates] = right;
    return ++this.#candidates === BATCH_SIZE;
  }

  /** Rows that are ready. The pairs of `start`'s store have been used after it. */
  *flush(): Generator<Batch, void, unknown> {
    this.#test();
    if (this.#join !== 'inner' && this.#join !== 'left') return;
    yield* this.#emit();
  }

  /** All pairs of the batch were added: the rest of its rows. */
  *finish(): Generator<Batch, void, unknown> {
    this.#test();
    const { length } = this.#batch;
    if (this.#join === 'semi' || this.#join === 'anti') {
      const wanted = this.#join === 'semi' ? 1 : 0;
      let count = 0;
      for (let row = 0; row < length; row++) if (this.#matched[row] === wanted) this.#selection[count++] = row;
      const columns = [...this.#batch.columns, ...this.#numbers];
      if (count > 0) yield select({ length, columns }, this.#selection, count);
      return;
    }
    if (this.#join === 'left') this.#fill(length);
    yield* this.#emit();
  }

  #test(): void {
    const count = this.#candidates;
    const residual = this.#residual;
    this.#candidates = 0;
    if (count === 0 || residual === undefined) return;
    const left = this.#batch.columns;
    const columns = residual.reads.map((read, c): Column => {
      if (!read) return [];
      if (c < left.length) return gather(left[c]!, this.#candidateLeft, count);
      return gather(this.#store[c - left.length]!, this.#candidateRight, count);
    });
    const kept = residual.filter({ length: count, columns }, this.#context, undefined, count, this.#selection);
    for (let i = 0; i < kept; i++) {
      const at = this.#selection[i]!;
      this.#survive(this.#candidateLeft[at]!, this.#candidateRight[at]!);
    }
  }

  #survive(left: number, right: number): void {
    if (this.#join === 'semi' || this.#join === 'anti') {
      this.#matched[left] = 1;
      return;
    }
    if (this.#join === 'left') {
      this.#fill(left);
      this.#matched[left] = 1;
    }
    this.#left.push(left);
    this.#right.push(right);
  }

  /** Left rows before `end` that found no partner. */
  #fill(end: number): void {
    for (; this.#next < end; this.#next++) {
      if (this.#matched[this.#next] === 1) continue;
      this.#left.push(this.#next);
      this.#right.push(-1);
    }
  }

  *#emit(): Generator<Batch, void, unknown> {
    const left = this.#left;
    const right = this.#right;
    if (left.length === 0) return;
    this.#left = [];
    this.#right = [];
    const right0 = this.#join === 'left' ? gatherOrNull : gather;
    for (let from = 0; from < left.length; from += BATCH_SIZE) {
      const count = Math.min(BATCH_SIZE, left.length - from);
      const leftRows = from === 0 && count === left.length ? left : left.slice(from, from + count);
      const rightRows = from === 0 && count === right.length ? right : right.slice(from, from + count);
      const rightColumns = this.#store.map((column) => right0(column, rightRows, count));
      for (const column of rightColumns) this.#fetchTexts(column);
      yield {
        length: count,
        columns: [
          ...this.#batch.columns.map((column) => gather(column, leftRows, count)),
          ...rightColumns,
          ...this.#numbers.map((column) => gather(column, leftRows, count)),
        ],
      };
    }
  }

  /**
   * Rows of the right side come from all over the memory. That of several texts is fetched at a time here, while whoever reads
   * them next would wait for each.
   */
  #fetchTexts(column: Column): void {
    let units = 0;
    for (const value of column) if (typeof value === 'string') units += value.length;
    this.#touched ^= units;
  }
}
