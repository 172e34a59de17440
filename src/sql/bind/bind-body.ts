/** Queries: WITH, the body (SELECT, UNION and its kin, VALUES, TABLE), ORDER BY and LIMIT. */
import { unreachable } from '../../base/errors.ts';
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { reference } from '../plan/expression-tree.ts';
import type { Plan, PlanColumn, SortKey } from '../plan/plan.ts';
import type { OrderItem, Expression as SyntaxExpression } from '../syntax/ast/expression.ts';
import type * as syntax from '../syntax/ast/query.ts';
import type { NamedTable } from '../syntax/ast/table-reference.ts';
import { columnCountMismatch, unionColumnCount, unknownColumn } from '../types/sql-error.ts';
import { isIntegral, type SqlType, sameType, UNSIGNED_BIGINT } from '../types/sql-type.ts';
import { bindExpression, type Scene } from './bind-expression.ts';
import { bindFrom, plainScene } from './bind-from.ts';
import { checkLocks } from './bind-locks.ts';
import { bindSelect } from './bind-select.ts';
import type { Environment } from './binder.ts';
import { withCommonTables } from './common-table.ts';
import { type ColumnSource, Scope } from './scope.ts';

export interface BodyColumn extends PlanColumn {
  readonly source?: ColumnSource | undefined;
  /** What may stand before its name in the query, when it is a column of FROM as it is. */
  readonly qualifier?: string | undefined;
}

/** A bound query or part of one: the plan's columns are `columns`, in order, with distinct ids. */
export interface BoundBody {
  readonly plan: Plan;
  readonly columns: readonly BodyColumn[];
}

/** Binds a whole query; `parent` is the scope of the query around it. */
export function bindQueryIn(query: syntax.Query, environment: Environment, parent: Scope | undefined): BoundBody {
  return environment.binder.nested(() => {
    const inside = withCommonTables(query.with, environment, parent);
    if (query.body.kind === 'select') {
      const bound = bindSelect(query.body, query.orderBy, inside, parent);
      checkLocks(query);
      return limited(bound, query.limit, inside);
    }
    const body = bindBody(query.body, inside, parent);
    return limited(sorted(body, query.orderBy, inside), query.limit, inside);
  });
}

export function bindBody(body: syntax.QueryBody, environment: Environment, parent: Scope | undefined): BoundBody {
  switch (body.kind) {
    case 'query':
      return bindQueryIn(body, environment, parent);
    case 'select':
      return bindSelect(body, [], environment, parent);
    case 'setOperation':
      return bindSetOperation(body, environment, parent);
    case 'values':
      return bindValues(body, environment, parent);
    case 'table': {
      const { start, end } = body;
      const table: NamedTable = { kind: 'table', table: body.table, partitions: [], hints: [], start, end };
      const from = bindFrom([table], environment, parent);
      const visible = new Scope(from.columns, undefined).star(undefined, undefined);
      const columns = visible.map(({ column, source, table }): BodyColumn => ({ ...column, source, qualifier: table }));
      const computed = columns.map((column) => ({ column, expression: reference(column) }));
      return { plan: { kind: 'project', input: from.plan, computed }, columns };
    }
    default:
      return unreachable(body);
  }
}

/** A chain of the same operation is one node. */
function bindSetOperation(node: syntax.SetOperation, environment: Environment, parent: Scope | undefined): BoundBody {
  const { operator, all } = node;
  const members: syntax.QueryBody[] = [];
  let rest: syntax.QueryBody = node;
  for (; rest.kind === 'setOperation' && rest.operator === operator && rest.all === all; rest = rest.left) {
    members.push(rest.right);
  }
  const inputs = [rest, ...members.reverse()].map((member) => bindBody(member, environment, parent));
  const [first] = inputs;
  if (inputs.some((input) => input.columns.length !== first!.columns.length)) throw unionColumnCount();
  const columns = first!.columns.map((column, i) => {
    const types = inputs.map((input) => input.columns[i]!.type);
    const nullable = inputs.some((input) => input.columns[i]!.nullable);
    return environment.binder.column(column.name, build.unifiedType(types), nullable);
  });
  const plans = inputs.map((input) => coerced(input, columns, environment));
  return { plan: { kind: 'setOperation', operation: operator, all, inputs: plans, columns }, columns };
}

/** The input with its columns in the types of others. */
function coerced(input: BoundBody, columns: readonly PlanColumn[], environment: Environment): Plan {
  if (input.columns.every((column, i) => sameType(column.type, columns[i]!.type))) return input.plan;
  const computed = input.columns.map((column, i) => {
    const { type } = columns[i]!;
    const made = environment.binder.column(column.name, type, true);
    return { column: made, expression: build.coerce(reference(column), type) };
  });
  return { kind: 'project', input: input.plan, computed };
}

/** Rows with subqueries are queries of one row each. */
function bindValues(node: syntax.ValuesBody, environment: Environment, parent: Scope | undefined): BoundBody {
  const inputs = node.rows.map((): Plan => ({ kind: 'oneRow' }));
  const rows = node.rows.map((row, i) => {
    const scene: Scene = {
      ...plainScene(environment, new Scope([], parent)),
      subquery: (query, inner) => bindQueryIn(query, environment, inner),
      lift: (subquery, mode, column) => {
        inputs[i] = { kind: 'apply', input: inputs[i]!, subquery, column, mode };
      },
    };
    return row.map((member) => bindExpression(member, scene));
  });
  const width = rows[0]?.length ?? 0;
  const bad = rows.findIndex((row) => row.length !== width);
  if (bad >= 0) throw columnCountMismatch(bad + 1);
  const columns = Array.from({ length: width }, (_, i) => {
    const type: SqlType = build.unifiedType(rows.map((row) => row[i]!.type));
    const nullable = rows.some((row) => row[i]!.nullable);
    return environment.binder.column(`column_${i}`, type, nullable);
  });
  const converted = rows.map((row) => row.map((e, i): Expression => build.coerce(e, columns[i]!.type)));
  if (inputs.every(({ kind }) => kind === 'oneRow')) {
    return { plan: { kind: 'values', columns, rows: converted }, columns };
  }
  const queries = converted.map((row, at): Plan => {
    const computed = row.map((expression, i) => {
      const { name, type, nullable } = columns[i]!;
      return { column: environment.binder.column(name, type, nullable), expression };
    });
    return { kind: 'project', input: inputs[at]!, computed };
  });
  return { plan: { kind: 'setOperation', operation: 'union', all: true, inputs: queries, columns }, columns };
}

/** ORDER BY over a body that is no SELECT: names and positions of its columns, and expressions of them. */
function sorted(body: BoundBody, orderBy: readonly OrderItem[], environment: Environment): BoundBody {
  if (orderBy.length === 0) return body;
  const columns = body.columns.map((column) => ({ table: undefined, database: undefined, name: column.name, column }));
  const scene = plainScene(environment, new Scope(columns, undefined, 'order clause'));
  const keys = orderBy.map(({ expression, descending }): SortKey => {
    const position = positionOf(expression);
    if (position === undefined) return { expression: bindExpression(expression, scene), descending };
    const column = body.columns[position - 1];
    if (!column) throw unknownColumn(String(position), 'order clause');
    return { expression: reference(column), descending };
  });
  return { plan: { kind: 'sort', input: body.plan, keys }, columns: body.columns };
}

/** The position that a bare integer in ORDER BY or GROUP BY names. */
export function positionOf(expression: SyntaxExpression): number | undefined {
  return expression.kind === 'number' && /^\d+$/.test(expression.text) ? Number(expression.text) : undefined;
}

function limited(body: BoundBody, limit: syntax.Limit | undefined, environment: Environment): BoundBody {
  if (!limit) return body;
  const scene = plainScene(environment, new Scope([], undefined, 'limit clause'));
  const bind = (node: SyntaxExpression): Expression => {
    const expression = bindExpression(node, scene);
    return isIntegral(expression.type) ? expression : build.coerce(expression, UNSIGNED_BIGINT);
  };
  const count = bind(limit.count);
  const offset = limit.offset && bind(limit.offset);
  return { plan: { kind: 'limit', input: body.plan, count, offset }, columns: body.columns };
}
