/** Generated columns that are not stored: computed over the scan of their table, or read from an index that holds them. */
import type { BaseTableSource } from '../catalog/catalog.ts';
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { columnsRead, expressionKey, reference, someExpression } from '../plan/expression-tree.ts';
import type { Computed, IndexedExpression, Plan, ScanPlan } from '../plan/plan.ts';
import { isText, type SqlType } from '../types/sql-type.ts';
import { bindExpression, type Scene } from './bind-expression.ts';
import type { Environment } from './binder.ts';
import { Scope, type ScopeColumn } from './scope.ts';

/** Adds the generated columns that are not stored. Each may read those before it. */
export function withVirtualColumns(
  source: BaseTableSource,
  scan: ScanPlan,
  columns: readonly ScopeColumn[],
  environment: Environment,
): Plan {
  if (scan.columns.length === source.columns.length) return scan;
  const known = new Set(scan.columns.map((c) => c.ordinal));
  const indexed: IndexedExpression[] = [];
  // One projection for all that read nothing of each other.
  const projections: Computed[][] = [];
  source.columns.forEach((made, ordinal) => {
    const { virtual, type } = made;
    if (!virtual) return;
    const scope = new Scope(
      columns.filter((_, i) => known.has(i)),
      undefined,
    );
    // A name of the table may be one that it has no more, or that the query calls it otherwise.
    const resolve: Scene['resolve'] = ({ name }) => reference(scope.resolve({ name }).column);
    const scene: Scene = { environment, scope, resolve };
    const bound = bindExpression(virtual, scene);
    const expression = build.coerce(bound, type);
    const { column } = columns[ordinal]!;
    if (isServedByIndexes(source, ordinal, bound, expression)) {
      // A column with a name is read as what it converts to; of an index's own, queries write the expression itself.
      const { system } = made;
      indexed.push({ ordinal, column, key: expressionKey(system ? bound : expression) });
    }
    const read = columnsRead(expression);
    const last = projections.at(-1);
    if (last !== undefined && !last.some((made) => !isPassed(made) && read.has(made.column.id))) {
      last.push({ column, expression });
    } else {
      const kept = columns.filter((_, i) => known.has(i)).map((other) => other.column);
      projections.push([...kept.map((it) => ({ column: it, expression: reference(it) })), { column, expression }]);
    }
    known.add(ordinal);
  });
  const whole: Plan = indexed.length === 0 ? scan : { ...scan, indexed };
  return projections.reduce((input: Plan, computed): Plan => ({ kind: 'project', input, computed }), whole);
}

/** Whether a projection hands the column on as it is. */
const isPassed = ({ column, expression }: Computed): boolean =>
  expression.kind === 'column' && expression.index === column.id;

/**
 * Whether indexes hold exactly what the expression of a virtual column gives. What a session's time zone decides about was
 * computed in that of whoever wrote the row.
 */
function isServedByIndexes(
  { table: { schema }, columns }: BaseTableSource,
  ordinal: number,
  bound: Expression,
  stored: Expression,
): boolean {
  if (!schema.indexes.some((index) => index.columns.includes(ordinal))) return false;
  const { type, system } = columns[ordinal]!;
  // What does not fit into its column was refused: whole numbers are what they were, and texts of an index.
  const fits = isText(type) ? system && sameText(bound.type, type) : isInteger(type) && isInteger(bound.type);
  if (stored !== bound && !fits) return false;
  return !someExpression(
    bound,
    (node) => node.type.kind === 'timestamp' || (node.kind === 'call' && /unix/.test(node.call.function.name)),
  );
}

function sameText(a: SqlType, b: SqlType): boolean {
  return isText(a) && isText(b) && a.collation === b.collation;
}

const isInteger = ({ kind }: SqlType): boolean => kind === 'integer';
