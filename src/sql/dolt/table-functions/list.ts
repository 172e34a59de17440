/** Dolt's functions in FROM by name, loaded when a statement names one. One file each. */
import type { Steps } from '../../../repo/steps.ts';
import type { Value } from '../../../tuple/value.ts';
import type { Catalog, VirtualSource } from '../../catalog/catalog.ts';
import type { TypedValue } from '../../expressions/session-view.ts';
import type { Session } from '../../session/session.ts';
import type { SessionFunctions } from '../../session/session-functions.ts';
import type { StatementResult } from '../../session/statement-result.ts';
import type { ParsedStatement } from '../../syntax/parse.ts';

export interface TableFunctionScene {
  readonly session: Session;
  readonly functions: SessionFunctions;
  readonly catalog: Catalog;
  /** The error for a table that is not there. */
  noTable(name: string): Error;
  /** Runs another statement as part of the one that the function stands in. */
  run(parsed: ParsedStatement, parameters: readonly TypedValue[]): Steps<StatementResult>;
}

export interface DoltTableFunction {
  open(args: readonly Value[], scene: TableFunctionScene): VirtualSource;
}

const part = async (module: Promise<{ readonly tableFunction: DoltTableFunction }>): Promise<DoltTableFunction> =>
  (await module).tableFunction;

export const tableFunctions: Readonly<Record<string, () => Promise<DoltTableFunction>>> = {
  dolt_branch_status: () => part(import('./branch-status.ts')),
  dolt_diff: () => part(import('./diff.ts')),
  dolt_diff_stat: () => part(import('./diff-stat.ts')),
  dolt_diff_summary: () => part(import('./diff-summary.ts')),
  dolt_log: () => part(import('./log.ts')),
  dolt_patch: () => part(import('./patch.ts')),
  dolt_preview_merge_conflicts: () => part(import('./preview-merge-conflicts.ts')),
  dolt_preview_merge_conflicts_summary: () => part(import('./preview-merge-conflicts-summary.ts')),
  dolt_query_diff: () => part(import('./query-diff.ts')),
  dolt_reflog: () => part(import('./reflog.ts')),
  dolt_schema_diff: () => part(import('./schema-diff.ts')),
  dolt_test_run: () => part(import('./test-run.ts')),
};
