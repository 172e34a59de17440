/**
 * Defaults as Dolt stores them (FORMAT.md §3.10): a literal as the text of its value in the column's type, CURRENT_TIMESTAMP
 * by that name, anything else as normalised text in parentheses.
 */
import { bindRowExpression } from '../bind/bind-query.ts';
import { ONE_ROW } from '../expressions/batch.ts';
import { compile } from '../expressions/compile.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import type { DefaultSyntax } from '../syntax/ast/table-elements.ts';
import { printExpression, quoteString } from '../syntax/print-expression.ts';
import { convertTo } from '../types/convert.ts';
import { formatValue } from '../types/format.ts';
import { displayText, parseJson } from '../types/json-value.ts';
import { invalidDefault, SqlError } from '../types/sql-error.ts';
import { isNumeric, isTemporal, type SqlType } from '../types/sql-type.ts';
import { bindContext, evaluationContext, type StatementScene } from './scene.ts';

const NOW = new Set(['now', 'current_timestamp', 'localtime', 'localtimestamp']);

/** `(expression)`, normalised. */
export function expressionText(expression: Expression): string {
  return `(${printExpression(expression)})`;
}

/** A default in parentheses, where the current time goes by its plain name all the same. */
function parenthesisedText(expression: Expression): string {
  const now = /^NOW\(([0-6]?)\)$/.exec(printExpression(expression));
  if (now === null) return expressionText(expression);
  return Number(now[1]) > 0 ? `CURRENT_TIMESTAMP(${now[1]})` : 'CURRENT_TIMESTAMP';
}

/** CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(6); undefined for anything else. */
export function currentTimestampText(expression: Expression): string | undefined {
  if (expression.kind !== 'call' || !NOW.has(expression.name)) return undefined;
  const [precision] = expression.args;
  if (precision === undefined) return 'CURRENT_TIMESTAMP';
  if (precision.kind !== 'number') return undefined;
  return Number(precision.text) === 0 ? 'CURRENT_TIMESTAMP' : `CURRENT_TIMESTAMP(${precision.text})`;
}

/** Throws 1067 for a literal that the column does not take. TEXT, BLOB and JSON take some, as in Dolt: its dumps have them. */
export function defaultText(
  { expression, parenthesised }: DefaultSyntax,
  column: string,
  type: SqlType,
  nullable: boolean,
  scene: StatementScene,
): string {
  if (parenthesised) return parenthesisedText(expression);
  if (expression.kind === 'null') {
    if (!nullable) throw invalidDefault(column);
    return 'NULL';
  }
  const timestamp = currentTimestampText(expression);
  if (timestamp !== undefined) {
    const digits = Number(/\d/.exec(timestamp)?.[0] ?? 0);
    const fits = (type.kind === 'datetime' || type.kind === 'timestamp') && type.precision === digits;
    if (!fits) throw invalidDefault(column);
    return timestamp;
  }
  if (expression.kind === 'column') throw invalidDefault(column);
  if (!isLiteral(expression)) return expressionText(expression);
  if (type.kind === 'geometry') {
    throw new SqlError(1101, '42000', `BLOB, TEXT, GEOMETRY or JSON column '${column}' can't have a default value`);
  }
  return literalText(expression, column, type, scene);
}

function isLiteral(expression: Expression): boolean {
  if (expression.kind === 'unary') return isLiteral(expression.operand);
  return ['number', 'string', 'boolean', 'hex', 'bit', 'temporal'].includes(expression.kind);
}

function literalText(expression: Expression, column: string, type: SqlType, scene: StatementScene): string {
  try {
    const bound = bindRowExpression(expression, [], bindContext(scene));
    const value = compile(bound)(ONE_ROW, 0, evaluationContext(scene));
    const converted = convertTo(value, bound.type, type, 'strict', { column });
    // Dates and members are checked and kept as they were written.
    const isMember = type.kind === 'enum' || type.kind === 'set';
    if (type.kind === 'enum' && expression.kind === 'string') {
      const member = type.members[Number(converted) - 1] ?? '';
      if (member.toLowerCase() !== expression.value.trimEnd().toLowerCase()) throw invalidDefault(column);
    }
    if ((isMember || isTemporal(type)) && expression.kind === 'string') return quoteString(expression.value);
    if (type.kind === 'set') return printExpression(expression);
    if (converted === null || isMember) throw invalidDefault(column);
    if (type.kind === 'bit' || type.kind === 'year') return String(converted);
    if (converted instanceof Uint8Array) return `0x${Buffer.from(converted).toString('hex').toUpperCase()}`;
    if (type.kind === 'time') return printExpression(expression);
    const isDocument = type.kind === 'json';
    const text = isDocument ? displayText(parseJson(String(converted), 'stored')) : formatValue(converted, type);
    return isNumeric(type) ? text.replace(/e(\d)/, 'e+$1') : quoteString(text);
  } catch (error) {
    if (error instanceof SqlError) throw invalidDefault(column);
    throw error;
  }
}
