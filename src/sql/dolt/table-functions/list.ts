/** Dolt's functions in FROM by name, loaded when a statement names one. One file each. */
import type { Value } from '../../../tuple/value.ts';
import type { Catalog, VirtualSource } from '../../catalog/catalog.ts';
import type { Session } from '../../session/session.ts';
import type { SessionFunctions } from '../../session/session-functions.ts';

export interface TableFunctionScene {
  readonly session: Session;
  readonly functions: SessionFunctions;
  readonly catalog: Catalog;
  /** The error for a table that is not there. */
  noTable(name: string): Error;
}

export interface DoltTableFunction {
  open(args: readonly Value[], scene: TableFunctionScene): VirtualSource;
}

const part = async (module: Promise<{ readonly tableFunction: DoltTableFunction }>): Promise<DoltTableFunction> =>
  (await module).tableFunction;

export const tableFunctions: Readonly<Record<string, () => Promise<DoltTableFunction>>> = {
  dolt_diff: () => part(import('./diff.ts')),
  dolt_diff_stat: () => part(import('./diff-stat.ts')),
  dolt_diff_summary: () => part(import('./diff-summary.ts')),
  dolt_log: () => part(import('./log.ts')),
  dolt_schema_diff: () => part(import('./schema-diff.ts')),
};
