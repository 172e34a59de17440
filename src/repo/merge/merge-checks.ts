/** Three-way merge of checks, which are matched by name. */
import type { CheckDefinition, ColumnDefinition, TableSchema } from '../../table/schema.ts';

export interface MergedChecks {
  readonly checks: readonly CheckDefinition[];
  readonly conflicts: readonly string[];
}

type Checks = readonly CheckDefinition[];

export function mergeChecks(
  columns: readonly ColumnDefinition[],
  { checks: base }: TableSchema,
  { checks: ours }: TableSchema,
  { checks: theirs }: TableSchema,
): MergedChecks {
  const conflicts: string[] = [];
  const common: CheckDefinition[] = [];
  for (const mine of ours) {
    const their = named(theirs, mine);
    if (their === undefined) continue;
    const was = named(base, mine);
    if (isSame(mine, their) || (was !== undefined && isSame(was, their))) common.push(mine);
    else if (was !== undefined && isSame(was, mine)) common.push(their);
    else conflicts.push(`two checks with the name '${mine.name}' but different definitions`);
  }
  const ourNew = without(ours, base);
  const theirNew = without(theirs, base);
  for (const mine of ourNew) {
    for (const their of theirNew) {
      if (isSame(mine, their) || mine.name === their.name) continue;
      const touched = checkedColumns(mine.expression);
      if (checkedColumns(their.expression).some((column) => touched.includes(column))) {
        conflicts.push(`our check '${mine.name}' and their check '${their.name}' both reference the same column(s)`);
      }
    }
  }
  for (const check of without(base, ours)) {
    const their = named(theirs, check);
    if (their !== undefined && !isSame(their, check)) {
      conflicts.push(`check '${check.name}' was deleted in ours but modified in theirs`);
    }
  }
  for (const check of without(base, theirs)) {
    const mine = named(ours, check);
    if (mine !== undefined && !isSame(mine, check)) {
      conflicts.push(`check '${check.name}' was deleted in theirs but modified in ours`);
    }
  }
  const checks: CheckDefinition[] = [];
  for (const check of [...common, ...ourNew, ...theirNew]) {
    if (named(checks, check) === undefined) checks.push(check);
  }
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  for (const check of checks) {
    if (!checkedColumns(check.expression).every((column) => names.has(column))) {
      conflicts.push(`check '${check.name}' references a column that will be deleted after merge`);
    }
  }
  return { checks, conflicts };
}

const named = (checks: Checks, { name }: CheckDefinition) => checks.find((check) => check.name === name);

const without = (checks: Checks, others: Checks): Checks =>
  checks.filter((check) => named(others, check) === undefined);

export function isSame(a: CheckDefinition, b: CheckDefinition): boolean {
  return a.name === b.name && a.expression === b.expression && a.enforced === b.enforced;
}

/** The columns that a check names, in lower case: its stored text quotes every name and only names with backticks. */
function checkedColumns(expression: string): string[] {
  const names: string[] = [];
  for (const [token] of expression.matchAll(/'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|`(?:[^`]|``)*`/gs)) {
    if (token.startsWith('`')) names.push(token.slice(1, -1).replaceAll('``', '`').toLowerCase());
  }
  return names;
}
