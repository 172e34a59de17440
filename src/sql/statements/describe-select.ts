/** What a SELECT gives, before its parameters are known: for PREPARE. */
import { bindQuery } from '../bind/bind-query.ts';
import { ModuleNeeded } from '../catalog/module-needed.ts';
import type { TypedValue } from '../expressions/session-view.ts';
import type { ResultColumn } from '../session/statement-result.ts';
import type { SelectStatement } from '../syntax/ast/row-statements.ts';
import { SqlError } from '../types/sql-error.ts';
import { NULL_TYPE } from '../types/sql-type.ts';
import { resultColumn } from './query.ts';
import { bindContext, type StatementScene } from './scene.ts';

/**
 * Ambiguous and unknown columns, unknown tables, and those that may not be read: what is wrong whatever the parameters
 * are.
 */
const MISNAMED: readonly number[] = [1044, 1052, 1054, 1142, 1143, 1146];

/** Throws for names that are wrong, and ModuleNeeded; no columns where the rest depends on the values of parameters. */
export function describeSelect(
  { query }: SelectStatement,
  scene: StatementScene,
  parameters: number,
): readonly ResultColumn[] {
  const nothing = Array.from({ length: parameters }, (): TypedValue => ({ type: NULL_TYPE, value: null }));
  try {
    return bindQuery(query, { ...bindContext(scene), parameters: nothing }).columns.map(resultColumn);
  } catch (error) {
    if (error instanceof ModuleNeeded) throw error;
    if (error instanceof SqlError && MISNAMED.includes(error.errno)) throw error;
    return [];
  }
}
