/**
 * Names of columns in stored expressions (defaults, generated columns, checks). They are quoted when an expression is
 * first stored. Where Dolt rewrites a table for a changed column it loses the quotes, for a unique index it qualifies the
 * names, and the next other rewrite writes quotes again. Equal addresses hang on it.
 */
import type { ColumnDefinition, TableSchema } from '../../table/schema.ts';
import { parseExpression } from '../syntax/parse.ts';
import { quoteName } from '../syntax/print-expression.ts';
import { isReserved } from '../syntax/reserved-words.ts';
import { expressionText } from './default-text.ts';

/** A string literal, or a name in backticks. */
const QUOTED = /'(?:[^'\\]|\\.|'')*'|`((?:[^`]|``)*)`/gs;

/** The column with other texts of its default and its generation; literals are no expressions. */
export function withExpression(column: ColumnDefinition, change: (text: string) => string): ColumnDefinition {
  const changed = (text: string): string => (text.startsWith('(') ? change(text) : text);
  return { ...column, generated: changed(column.generated), defaultValue: changed(column.defaultValue) };
}

/** The same for every column. */
export function withExpressions(schema: TableSchema, change: (text: string) => string): TableSchema {
  return schema.with({ columns: schema.columns.map((column) => withExpression(column, change)) });
}

/** The schema whose expressions know a column by another name. */
export function withNewName(schema: TableSchema, from: string, to: string): TableSchema {
  const expressions = withExpressions(schema, (text) => {
    const quoted = quotedNames(text);
    return namesIn(quoted).includes(from.toLowerCase()) ? renamed(quoted, from, to) : text;
  });
  const checks = schema.checks.map((check) => ({ ...check, expression: renamed(check.expression, from, to) }));
  return expressions.with({ checks });
}

/** The names in an expression whose names are all quoted, in lower case. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(QUOTED)].flatMap(([, name]) => (name === undefined ? [] : [plainName(name)]));
}

function renamed(text: string, from: string, to: string): string {
  return text.replace(QUOTED, (token, name?: string) =>
    name !== undefined && plainName(name) === from.toLowerCase() ? quoteName(to) : token,
  );
}

function plainName(quoted: string): string {
  return quoted.replaceAll('``', '`').toLowerCase();
}

/** The text of an expression in parentheses, its names quoted. */
export function quotedNames(text: string): string {
  return expressionText(parseExpression(text));
}

/** Its names without quotes, but for those that would not be read again without them. */
export function bareNames(text: string): string {
  return unquoted(text, '');
}

/** Its names after the table's, without quotes. */
export function qualifiedNames(table: string): (text: string) => string {
  const lower = table.toLowerCase();
  return (text) => unquoted(text, isPlain(lower) ? `${lower}.` : '');
}

function unquoted(text: string, before: string): string {
  return quotedNames(text).replace(QUOTED, (token, name?: string) =>
    name !== undefined && isPlain(name) ? before + name : token,
  );
}

function isPlain(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !isReserved(name.toLowerCase());
}
