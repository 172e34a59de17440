/**
 * Aggregates keep columnar state: one aggregator serves all groups of a statement, and group g's state is element g of
 * its arrays. The operator numbers the groups 0, 1, 2, … as it meets them and passes, with each batch, the group of
 * each row.
 */
import type { Value } from '../../tuple/value.ts';
import type { Column } from '../expressions/batch.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import type { SqlType } from '../types/sql-type.ts';

export interface Aggregator {
  /**
   * Takes `length` rows: row r belongs to `groups[r]`, its arguments are `columns[a][r]`. Groups not seen before are
   * made on the way.
   */
  add(groups: Uint32Array, columns: readonly Column[], length: number): void;
  /** The value of a group, of an empty one too (a group number that `add` never saw). */
  result(group: number): Value;
  /** Forgets a group (a window's frame starts anew). */
  reset(group: number): void;
  /** What it keeps in memory, about; given where that grows with the rows of a group. */
  readonly byteSize?: number;
  /** Given with DISTINCT. */
  readonly distinct?: DistinctArguments;
}

/** Takes rows as `Aggregator.add` does. */
export type TakeRows = Aggregator['add'];

/** The arguments that an aggregate with DISTINCT remembers, to pass over them when they come again. */
export interface DistinctArguments {
  byteSize(): number;
  /** No more are remembered: rows with others go to `later`, to be added again after `forget`. */
  postpone(later: TakeRows): void;
  /** Makes room for others, when those that were met will not come again. */
  forget(): void;
}

export interface AggregateOptions {
  readonly distinct: boolean;
  /** GROUP_CONCAT's ORDER BY and SEPARATOR. */
  readonly orderBy?: readonly { readonly expression: Expression; readonly descending: boolean }[];
  readonly separator?: string;
  /** div_precision_increment: digits that a mean adds. */
  readonly divisionDigits?: number;
}

export interface BoundAggregate {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** To be evaluated into the columns for `add`, in this order; may be more than the user wrote (ORDER BY keys). */
  readonly args: readonly Expression[];
  create(context: EvaluationContext): Aggregator;
}

export interface AggregateFunction {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly minArguments: number;
  readonly maxArguments: number;
  /** `count(*)` arrives as no arguments. */
  bind(args: readonly Expression[], options: AggregateOptions): BoundAggregate;
}
