/**
 * The query behind UPDATE and DELETE: which rows, read whole, and what expressions give for them. A statement that is run
 * again on tables with the same columns has the same query, and with it the plan that is kept for it (plan-cache.ts).
 */
import type { SourceColumn } from '../catalog/catalog.ts';
import type { Expression, OrderItem } from '../syntax/ast/expression.ts';
import type { Node } from '../syntax/ast/node.ts';
import type { Limit, Query, SelectItem, With } from '../syntax/ast/query.ts';
import type { TableReference } from '../syntax/ast/table-reference.ts';

/** A statement that changes rows, but for where they come from. */
export interface AffectedRows extends Node {
  readonly with?: With | undefined;
  readonly where?: Expression | undefined;
  readonly orderBy: readonly OrderItem[];
  readonly limit?: Limit | undefined;
}

export interface RowSource {
  /** The alias that the statement knows the table by. */
  readonly alias: string;
  readonly columns: readonly SourceColumn[];
}

/** What a statement is going to change. */
export interface AffectedTables {
  readonly query: Query;
  /** By their aliases. */
  readonly tables: readonly string[];
}

const known = new WeakMap<Node, { readonly sources: readonly RowSource[]; readonly query: Query }>();

/** Selects all columns of each source, in order, then the expressions, which follow from the statement and the columns. */
export function affectedRowsQuery(
  statement: AffectedRows,
  from: readonly TableReference[],
  sources: readonly RowSource[],
  expressions: readonly Expression[],
): Query {
  const before = known.get(statement);
  if (before !== undefined && sameSources(before.sources, sources)) return before.query;
  const query = newQuery(statement, from, sources, expressions);
  known.set(statement, { sources, query });
  return query;
}

function sameSources(a: readonly RowSource[], b: readonly RowSource[]): boolean {
  return (
    a.length === b.length && a.every(({ alias, columns }, i) => alias === b[i]!.alias && columns === b[i]!.columns)
  );
}

function newQuery(
  statement: AffectedRows,
  from: readonly TableReference[],
  sources: readonly RowSource[],
  expressions: readonly Expression[],
): Query {
  const { start, end, orderBy, limit, where } = statement;
  const item = (expression: Expression, label: string): SelectItem => {
    return { start, end, kind: 'expression', expression, label };
  };
  const columns = sources.flatMap(({ alias, columns }) =>
    columns.map(({ name }) => item({ start, end, kind: 'column', table: alias, name, unchecked: true }, name)),
  );
  return {
    start,
    end,
    kind: 'query',
    ...(statement.with ? { with: statement.with } : {}),
    orderBy,
    ...(limit ? { limit } : {}),
    locks: [],
    body: {
      start,
      end,
      kind: 'select',
      distinct: false,
      options: [],
      items: [...columns, ...expressions.map((expression, i) => item(expression, `value${i}`))],
      from: from.map((reference) => written(reference, sources)),
      ...(where ? { where } : {}),
      groupBy: [],
      rollup: false,
      windows: [],
    },
  };
}

/** Marks the tables whose rows change. */
function written(reference: TableReference, sources: readonly RowSource[]): TableReference {
  switch (reference.kind) {
    case 'table': {
      const alias = reference.alias ?? reference.table.name;
      const writes = sources.some((source) => source.alias.toLowerCase() === alias.toLowerCase());
      return writes ? { ...reference, writes } : reference;
    }
    case 'join':
      return { ...reference, left: written(reference.left, sources), right: written(reference.right, sources) };
    case 'list':
      return { ...reference, tables: reference.tables.map((table) => written(table, sources)) };
    default:
      return reference;
  }
}

export interface NamedReference {
  readonly alias: string;
  readonly reference: TableReference;
}

const named = new WeakMap<readonly TableReference[], readonly NamedReference[]>();

/** The tables that a FROM clause names, with their aliases, joins looked through. */
export function namedTables(references: readonly TableReference[]): readonly NamedReference[] {
  let tables = named.get(references);
  if (tables === undefined) {
    tables = tablesIn(references);
    named.set(references, tables);
  }
  return tables;
}

function tablesIn(references: readonly TableReference[]): readonly NamedReference[] {
  return references.flatMap((reference) => {
    switch (reference.kind) {
      case 'table':
        return [{ alias: reference.alias ?? reference.table.name, reference }];
      case 'join':
        return tablesIn([reference.left, reference.right]);
      case 'list':
        return tablesIn(reference.tables);
      default:
        return [{ alias: reference.alias ?? '', reference }];
    }
  });
}
