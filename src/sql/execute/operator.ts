/**
 * The executor. A running plan is a generator that yields batches, and now and then a wait: a promise for its driver
 * to await before it asks for the next batch (a used-up time slice, so that other sessions get their turn). A batch
 * belongs to whoever received it; its columns are not changed afterwards.
 */
import type { Table } from '../../table/table.ts';
import type { BaseTableSource } from '../catalog/catalog.ts';
import type { Batch } from '../expressions/batch.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { StatementMemory } from './statement-memory.ts';

export interface Wait {
  readonly until: Promise<unknown>;
  /** As in `repo/steps.ts`: the driver may give up before. */
  readonly mayEnd?: 'wait' | 'lock';
}

export function isWait(item: Batch | Wait): item is Wait {
  return 'until' in item;
}

export type Rows = Generator<Batch | Wait, void, unknown>;

export interface ExecutionContext extends EvaluationContext {
  /**
   * Called by every loop whose length depends on data, once a batch or so: throws when the statement is cancelled or out
   * of time, and returns a wait, to be yielded, when its time slice is used up.
   */
  pause(): Wait | undefined;
  /** What the execution may hold. */
  readonly memory: StatementMemory;
  /** `cte_max_recursion_depth`. */
  readonly recursionLimit: number;
  /** The table as the execution sees it: a plan may be older than the snapshot. Its schema and store are those of `source`. */
  tableOf(source: BaseTableSource): Table;
}

/**
 * Built once a plan and run any number of times: one after the other under one context, and where the plan `isStateless` by any
 * number of executions at once.
 */
export interface Operator {
  run(context: ExecutionContext): Rows;
}
