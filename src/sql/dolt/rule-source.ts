/** What the tables of rules about branches have in common. */
import type { DatabaseView } from '../catalog/database-view.ts';
import { type RuleTable, type SystemColumn, type SystemTableSource, systemSource } from '../catalog/system-table.ts';
import { type CollationName, DEFAULT_COLLATION, varchar } from '../types/sql-type.ts';
import { field } from './system-tables/commit-columns.ts';

export const CASELESS: CollationName = 'utf8mb4_0900_ai_ci';
/** As many as fit into a row. */
const LENGTH = 16_383;

const pattern = (name: string, collation: CollationName = CASELESS): SystemColumn =>
  field(name, varchar(LENGTH, collation), false, 'PRI');

export const ruleColumns = [
  pattern('database'),
  pattern('branch'),
  pattern('user', DEFAULT_COLLATION),
  pattern('host'),
];

/** Undefined where nobody keeps rules. */
export function ruleSource(
  view: DatabaseView,
  name: string,
  columns: readonly SystemColumn[],
  rules: RuleTable | undefined,
): SystemTableSource | undefined {
  if (rules === undefined) return undefined;
  const source = systemSource(view, name, columns, () => rules.rows());
  return { ...source, write: rules.writer() };
}
