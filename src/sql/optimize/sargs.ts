/**
 * Terms that an index can serve: a bare column, or an expression that an index has, against values that the scan's row does
 * not decide. Where the comparison takes place in another type than the column's, the binder has left a conversion on the
 * column and there is nothing to find here.
 */

import { mirrored } from '../expressions/comparison.ts';
import type { ComparisonOperator, Expression } from '../expressions/expression.ts';
import { columnsRead, expressionKey, isVolatile } from '../plan/expression-tree.ts';
import type { ColumnId, IndexedExpression, RangeEnd, ScanColumn } from '../plan/plan.ts';
import { isBinaryCollation } from '../types/compare.ts';
import { collationOf, isText, type SqlType } from '../types/sql-type.ts';

export interface Point {
  readonly value: Expression;
  readonly nullSafe: boolean;
}

/** What a term says about one column. */
export interface Sarg {
  readonly term: Expression;
  readonly ordinal: number;
  /** Equal to one of these. */
  readonly points?: readonly Point[];
  readonly from?: RangeEnd;
  readonly to?: RangeEnd;
  readonly notNull?: boolean;
  /** The range holds exactly the rows on which the term is true: the term need not be tested again. */
  readonly exact: boolean;
}

/** The column of a scan that an expression is, or the column of an index that holds it. */
export function scanColumnOf(
  expression: Expression,
  columns: readonly ScanColumn[],
  indexed: readonly IndexedExpression[] = [],
): ScanColumn | undefined {
  if (expression.kind === 'column') return columns.find(({ column }) => column.id === expression.index);
  if (indexed.length === 0 || expression.kind === 'literal') return undefined;
  const key = expressionKey(expression);
  return indexed.find((column) => column.key === key);
}

/** `columns` by id: what the scan makes; `indexed`: expressions over them that are columns of an index. */
export function sargOf(
  term: Expression,
  columns: ReadonlyMap<ColumnId, ScanColumn>,
  indexed: readonly IndexedExpression[] = [],
): Sarg | undefined {
  if (isVolatile(term)) return undefined;
  const columnAt = (e: Expression): ScanColumn | undefined => {
    if (e.kind === 'column') return columns.get(e.index);
    if (indexed.length === 0 || e.kind === 'literal') return undefined;
    const key = expressionKey(e);
    return indexed.find((column) => column.key === key);
  };
  const isValue = (e: Expression): boolean => {
    for (const id of columnsRead(e)) if (columns.has(id)) return false;
    return true;
  };
  switch (term.kind) {
    case 'comparison': {
      const left = columnAt(term.left);
      if (left && isValue(term.right)) return comparison(term, left, term.operator, term.right, term.domain);
      const right = columnAt(term.right);
      if (right && isValue(term.left)) return comparison(term, right, mirrored(term.operator), term.left, term.domain);
      return undefined;
    }
    case 'inList': {
      const column = columnAt(term.operand);
      if (!column || !term.list.every(isValue) || !serves(column.column.type, term.domain, '=')) return undefined;
      const points = term.list.map((value): Point => ({ value, nullSafe: false }));
      return { term, ordinal: column.ordinal, points, exact: true };
    }
    case 'isNull': {
      const column = columnAt(term.operand);
      if (!column) return undefined;
      if (term.negated) return { term, ordinal: column.ordinal, notNull: true, exact: true };
      const { type } = column.column;
      const value: Expression = { kind: 'literal', value: null, type, nullable: true };
      return { term, ordinal: column.ordinal, points: [{ value, nullSafe: true }], exact: true };
    }
    case 'or': {
      // Only alternatives of one column's points.
      const parts = term.operands.map((operand) => sargOf(operand, columns, indexed));
      const [first] = parts;
      if (!first || !parts.every((p) => p?.points && p.exact && p.ordinal === first.ordinal)) return undefined;
      return { term, ordinal: first.ordinal, points: parts.flatMap((p) => p!.points!), exact: true };
    }
    case 'like': {
      const column = columnAt(term.operand);
      if (!column || term.pattern.kind !== 'literal' || typeof term.pattern.value !== 'string') return undefined;
      const { type } = column.column;
      if (!isText(type) || type.collation !== term.collation || !isBinaryCollation(term.collation)) return undefined;
      const prefix = literalPrefix(term.pattern.value, term.escape);
      const next = prefix === undefined ? undefined : afterPrefix(prefix.text);
      if (prefix === undefined || next === undefined) return undefined;
      const end = (value: string, inclusive: boolean): RangeEnd => {
        return { value: { kind: 'literal', value, type: term.pattern.type, nullable: false }, inclusive };
      };
      const range = { from: end(prefix.text, true), to: end(next, false) };
      return { term, ordinal: column.ordinal, ...range, exact: prefix.whole };
    }
    default:
      return undefined;
  }
}

function comparison(
  term: Expression,
  { ordinal, column }: ScanColumn,
  operator: ComparisonOperator,
  value: Expression,
  domain: SqlType,
): Sarg | undefined {
  if (!serves(column.type, domain, operator)) return undefined;
  switch (operator) {
    case '=':
      return { term, ordinal, points: [{ value, nullSafe: false }], exact: true };
    case '<=>':
      return { term, ordinal, points: [{ value, nullSafe: true }], exact: true };
    case '<':
    case '<=':
      return { term, ordinal, to: { value, inclusive: operator === '<=' }, exact: true };
    case '>':
    case '>=':
      return { term, ordinal, from: { value, inclusive: operator === '>=' }, exact: true };
    default:
      return undefined;
  }
}

/** Whether an index orders the column's values as a comparison in `domain` does. */
function serves(type: SqlType, domain: SqlType, operator: ComparisonOperator): boolean {
  const equality = operator === '=' || operator === '<=>';
  switch (type.kind) {
    case 'char':
    case 'varchar':
    case 'text':
      return collationOf(domain) === type.collation;
    case 'enum':
    case 'set':
      return equality && domain.kind === type.kind;
    case 'year':
      return equality && domain.kind === 'integer';
    case 'float':
    case 'json':
    case 'geometry':
    case 'null':
      return false;
    case 'decimal':
      return domain.kind === 'decimal' && domain.scale === type.scale;
    case 'binary':
    case 'varbinary':
    case 'blob':
      return domain.kind === 'binary' || domain.kind === 'varbinary' || domain.kind === 'blob';
    case 'datetime':
    case 'timestamp':
      return domain.kind === 'datetime' || domain.kind === 'timestamp';
    case 'integer':
    case 'bit':
      return domain.kind === 'integer' || domain.kind === 'bit';
    default:
      return domain.kind === type.kind;
  }
}

/** The text before the first wildcard; `whole` when the pattern is just `text%`. */
function literalPrefix(pattern: string, escapeWith: string): { text: string; whole: boolean } | undefined {
  let text = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '%' || character === '_') {
      if (text === '') return undefined;
      return { text, whole: pattern.slice(i) === '%' };
    }
    if (character === escapeWith && i + 1 < pattern.length) i++;
    text += pattern[i]!;
  }
  return undefined;
}

/** The least text after all those with this prefix, in the order of code points. */
function afterPrefix(prefix: string): string | undefined {
  const points = [...prefix].map((c) => c.codePointAt(0)!);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    if (next <= 0x10ffff) return String.fromCodePoint(...points, next);
  }
  return undefined;
}
