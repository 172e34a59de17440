/**
 * JSON_TABLE: the rows that paths find in a document (MySQL manual, "JSON Table Functions"). Nested columns are joined to
 * the row around them as by an outer join; nested lists that stand side by side take turns, the others' columns NULL.
 */
import type { Value } from '../../tuple/value.ts';
import { type ConvertScene, convertTo } from '../types/convert.ts';
import { computedText, type JsonValue } from '../types/json-value.ts';
import { SqlError } from '../types/sql-error.ts';
import { COMPUTED_JSON, LONGTEXT, type SqlType } from '../types/sql-type.ts';
import { type JsonPath, matches } from './json-path.ts';

/** What a column holds where its path finds nothing, or what is no value of its type. A value is of the column's type. */
export type Fallback =
  | { readonly kind: 'null' }
  | { readonly kind: 'error' }
  | { readonly kind: 'value'; readonly value: Value };

/** `place` is the column's place in the rows. */
export type TableColumn =
  | { readonly kind: 'ordinality'; readonly place: number }
  | { readonly kind: 'exists'; readonly place: number; readonly path: JsonPath; readonly type: SqlType }
  | {
      readonly kind: 'path';
      readonly place: number;
      readonly name: string;
      readonly path: JsonPath;
      readonly type: SqlType;
      readonly onEmpty: Fallback;
      readonly onError: Fallback;
    }
  | { readonly kind: 'nested'; readonly list: RowList };

/** The values that a path finds, each of them a row. */
export interface RowList {
  readonly path: JsonPath;
  readonly columns: readonly TableColumn[];
}

/** The column's value of a JSON scalar. Throws what does not fit. */
export function scalarOf(found: JsonValue, type: SqlType, scene: ConvertScene): Value {
  if (found === null) return null;
  if (typeof found === 'string') return convertTo(found, LONGTEXT, type, 'strict', scene);
  return convertTo(computedText(found), COMPUTED_JSON, type, 'strict', scene);
}

export function fallen(fallback: Fallback, error: () => SqlError): Value {
  switch (fallback.kind) {
    case 'null':
      return null;
    case 'value':
      return fallback.value;
    case 'error':
      throw error();
  }
}

const missing = (name: string) => new SqlError(3665, '22035', `Missing value for JSON_TABLE column '${name}'`);
const noScalar = (name: string) =>
  new SqlError(3666, '22035', `Can't store an array or an object in the scalar JSON_TABLE column '${name}'`);

function columnValue(column: Extract<TableColumn, { kind: 'path' }>, row: JsonValue, scene: ConvertScene): Value {
  const { name, path, type, onEmpty, onError } = column;
  const found = matches(row, path);
  if (found.length === 0) return fallen(onEmpty, () => missing(name));
  if (type.kind === 'json') return computedText(found.length > 1 || path.isMultiple ? found : found[0]!);
  const [only] = found;
  if (found.length > 1 || Array.isArray(only) || only instanceof Map) return fallen(onError, () => noScalar(name));
  try {
    return scalarOf(only!, type, scene);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fallen(onError, () => error);
  }
}

/** The rows of a document, `width` values each. */
export function tableRows(document: JsonValue, list: RowList, width: number, scene: ConvertScene): Value[][] {
  const rows: Value[][] = [];
  listRows(document, list, new Array<Value>(width).fill(null), scene, rows);
  return rows;
}

/** Adds the rows of a list; `around` holds the values of the rows that it is nested in. */
function listRows(
  value: JsonValue,
  list: RowList,
  around: readonly Value[],
  scene: ConvertScene,
  rows: Value[][],
): void {
  let ordinal = 0;
  for (const found of matches(value, list.path)) {
    const row = [...around];
    ordinal++;
    for (const column of list.columns) {
      if (column.kind === 'ordinality') row[column.place] = ordinal;
      else if (column.kind === 'path') row[column.place] = columnValue(column, found, scene);
      else if (column.kind === 'exists') {
        const exists = matches(found, column.path).length > 0 ? 1 : 0;
        row[column.place] = scalarOf(exists, column.type, scene);
      }
    }
    const before = rows.length;
    for (const column of list.columns) {
      if (column.kind === 'nested') listRows(found, column.list, row, scene, rows);
    }
    if (rows.length === before) rows.push(row);
  }
}
