/** The checks of a table: those of its schema, and those that one of Dolt's own tables has without storing them. */
import type { CheckDefinition, TableSchema } from '../../table/schema.ts';

const oneOf = (column: string, values: readonly string[]): CheckDefinition => ({
  name: `${column}_check`,
  expression: `(\`${column}\` IN (${values.map((value) => `'${value}'`).join(', ')}))`,
  enforced: true,
});

const UNSTORED: Readonly<Record<string, readonly CheckDefinition[]>> = {
  dolt_tests: [
    oneOf('assertion_type', ['expected_rows', 'expected_columns', 'expected_single_value']),
    oneOf('assertion_comparator', ['==', '!=', '<', '>', '<=', '>=']),
  ],
};

export function checksOf(table: string, schema: TableSchema): readonly CheckDefinition[] {
  const unstored = Object.hasOwn(UNSTORED, table) ? UNSTORED[table]! : [];
  return unstored.length === 0 ? schema.checks : [...schema.checks, ...unstored];
}
