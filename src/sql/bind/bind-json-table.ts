/** JSON_TABLE in FROM: its columns, each with its path, and the document, which may read the tables to its left. */
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { documentReader } from '../functions/json-document.ts';
import { parsePath } from '../functions/json-path.ts';
import { type Fallback, type RowList, scalarOf, type TableColumn, tableRows } from '../functions/json-table.ts';
import type { ComputedRowsPlan, PlanColumn } from '../plan/plan.ts';
import type { JsonFallback } from '../syntax/ast/expression.ts';
import type * as syntax from '../syntax/ast/table-reference.ts';
import { computedText, type JsonValue, parseJson } from '../types/json-value.ts';
import { SqlError } from '../types/sql-error.ts';
import { COMPUTED_JSON, DEFAULT_COLLATION, type SqlType, UNSIGNED_INT } from '../types/sql-type.ts';
import type { Environment } from './binder.ts';
import { columnType } from './column-type.ts';

export function bindJsonTable(node: syntax.JsonTable, given: Expression, environment: Environment): ComputedRowsPlan {
  const columns: PlanColumn[] = [];
  const list = (path: string, nodes: readonly syntax.JsonTableColumn[]): RowList => ({
    path: parsePath(path),
    columns: nodes.map(bindColumn),
  });
  const add = (name: string, type: SqlType): number => columns.push(environment.binder.column(name, type, true)) - 1;
  const bindColumn = (column: syntax.JsonTableColumn): TableColumn => {
    if (column.kind === 'nested') return { kind: 'nested', list: list(column.path, column.columns) };
    if (column.kind === 'ordinality') return { kind: 'ordinality', place: add(column.name, UNSIGNED_INT) };
    const { name } = column;
    const declared = columnType(column.type, DEFAULT_COLLATION, name);
    const type = declared.kind === 'json' ? COMPUTED_JSON : declared;
    const place = add(name, type);
    const path = parsePath(column.path);
    if (column.kind === 'exists') return { kind: 'exists', place, path, type };
    return {
      kind: 'path',
      place,
      name,
      path,
      type,
      onEmpty: fallback(column.onEmpty, type, name),
      onError: fallback(column.onError, type, name),
    };
  };
  const rows = list(node.path, node.columns);
  const document = given.type.kind === 'null' ? build.nullLiteral(COMPUTED_JSON) : given;
  const read = documentReader(document, 1, 'json_table');
  return {
    kind: 'computedRows',
    name: 'json_table',
    args: [document],
    rowsOf: ([value], scene) => (value === null ? [] : tableRows(read(value!), rows, columns.length, scene)),
    columns,
  };
}

/** `DEFAULT 'json'`: the text is read as JSON, as if the path had found it. */
function fallback(node: JsonFallback | undefined, type: SqlType, name: string): Fallback {
  if (node === undefined || node.kind !== 'default') return node ?? { kind: 'null' };
  const invalid = () => new SqlError(1067, '42000', `Invalid default value for '${name}'`);
  if (node.value.kind !== 'string') throw invalid();
  let found: JsonValue;
  try {
    found = parseJson(node.value.value, 'text');
    if (type.kind === 'json') return { kind: 'value', value: computedText(found) };
    if (Array.isArray(found) || found instanceof Map) throw invalid();
    return { kind: 'value', value: scalarOf(found, type, {}) };
  } catch (error) {
    if (error instanceof SqlError) throw invalid();
    throw error;
  }
}
