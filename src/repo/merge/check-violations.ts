/** Rows that violate a check. A check's expression is compiled for the first row that needs it. */
import { DoltError } from '../../base/errors.ts';
import type { CheckDefinition, TableSchema } from '../../table/schema.ts';
import { ArtifactKind } from '../artifacts.ts';
import type { MergeExpressions, RowValues } from './merge-expressions.ts';
import type { RowMerger } from './row-merger.ts';
import type { ArtifactRecorder } from './violations.ts';

export interface Check {
  readonly definition: CheckDefinition;
  /** Throws `unsupported` where there is no SQL. */
  isSatisfied(row: RowValues): boolean;
}

export function compileChecks(
  table: string,
  schema: TableSchema,
  checks: readonly CheckDefinition[],
  expressions: MergeExpressions | undefined,
): Check[] {
  return checks.map((definition) => {
    let compiled: ((row: RowValues) => boolean) | undefined;
    return {
      definition,
      isSatisfied: (row) => {
        if (expressions === undefined) {
          throw new DoltError('unsupported', `table ${table} needs check ${definition.name} evaluated`);
        }
        compiled ??= expressions.check(table, schema, definition);
        return compiled(row);
      },
    };
  });
}

/** Records which of the checks a row violates; the row is given in the layout of `rows`. */
export function recordViolatedChecks(
  checks: readonly Check[],
  rows: RowMerger,
  key: Uint8Array,
  value: Uint8Array,
  recorder: ArtifactRecorder,
): void {
  if (checks.length === 0) return;
  const row = rows.decode(key, value);
  for (const { definition, isSatisfied } of checks) {
    if (isSatisfied(row)) continue;
    const { name, expression } = definition;
    recorder.violation(ArtifactKind.check, key, value, { Name: name, Expression: expression });
  }
}
