/** The vector paths (filters, arithmetic columns) give what the row closures give. */

import { expect, test } from 'vitest';
import type { Batch } from '../../../src/sql/expressions/batch.ts';
import { and, arithmetic, column, compare, inList, literal, not, or } from '../../../src/sql/expressions/build.ts';
import { compile, compileColumn, compileFilter } from '../../../src/sql/expressions/compile.ts';
import type { ComparisonOperator, Expression } from '../../../src/sql/expressions/expression.ts';
import { DOUBLE, decimal, INT, type SqlType, varchar } from '../../../src/sql/types/sql-type.ts';
import fc from '../../fast-check.ts';
import { TestSession } from '../functions/evaluate.ts';

const columns: readonly SqlType[] = [INT, decimal(10, 2), DOUBLE, varchar(5)];
const row = fc.tuple(
  fc.option(fc.integer({ min: -5, max: 5 })),
  fc.option(fc.oneof(fc.integer({ min: -500, max: 500 }), fc.constant(9_007_199_254_740_991))),
  fc.option(fc.integer({ min: -40, max: 40 }).map((eighths) => eighths / 8)),
  fc.option(fc.constantFrom('', 'a', 'b', 'B', 'ab')),
);
const of = (at: number) => column(at, `c${at}`, columns[at]!, true);

const constant = fc.oneof(
  fc.integer({ min: -5, max: 5 }).map((value) => literal(value, INT)),
  fc.integer({ min: -50, max: 50 }).map((value) => literal(value, decimal(3, 1))),
  fc.constant(literal(null, INT)),
);
const operator = fc.constantFrom<ComparisonOperator>('=', '<>', '<', '<=', '>', '>=', '<=>');
const test1 = fc
  .tuple(fc.integer({ min: 0, max: 2 }), operator, constant, fc.boolean())
  .map(([at, op, value, swapped]) => (swapped ? compare(op, value, of(at)) : compare(op, of(at), value)));
const remainderTest = fc
  .tuple(fc.constantFrom('%', '+', '*') as fc.Arbitrary<'%'>, fc.integer({ min: 0, max: 1 }), operator, constant)
  .map(([sign, at, op, value]) => compare(op, arithmetic(sign, of(at), literal(3, INT)), value));
const textTest = fc
  .tuple(operator, fc.constantFrom('a', 'b', ''))
  .map(([op, text]) => compare(op, of(3), literal(text, varchar(5))));
const condition: fc.Arbitrary<Expression> = fc.letrec<{ all: Expression }>((tie) => ({
  all: fc.oneof(
    { maxDepth: 3 },
    test1,
    textTest,
    remainderTest,
    fc.tuple(constant, constant).map((list) => inList(of(0), list)),
    fc.tuple(tie('all'), tie('all')).map(and),
    fc.tuple(tie('all'), tie('all')).map(or),
    tie('all').map(not),
  ),
})).all;

function batchOf(rows: readonly (readonly unknown[])[]): Batch {
  return { length: rows.length, columns: columns.map((_type, at) => rows.map((found) => found[at] as never)) };
}

test('filters', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), condition, (rows, where) => {
      const { context } = new TestSession();
      const batch = batchOf(rows);
      const evaluate = compile(where);
      const expected = rows.map((_row, at) => at).filter((at) => evaluate(batch, at, context) === 1);
      const into = new Uint16Array(64);
      const kept = compileFilter(where)(batch, context, undefined, rows.length, into);
      expect([...into.subarray(0, kept)]).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('arithmetic', () => {
  const side = fc.oneof(
    fc.integer({ min: 0, max: 2 }).map(of),
    fc.integer({ min: -5, max: 5 }).map((value) => literal(value, INT)),
  );
  const expression = fc
    .tuple(fc.constantFrom('+', '-', '*', '/', '%', 'div') as fc.Arbitrary<'+'>, side, side)
    .map(([op, left, right]) => arithmetic(op, left, right));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 10 }), expression, (rows, sum) => {
      const { context } = new TestSession();
      const batch = batchOf(rows);
      const evaluate = compile(sum);
      const expected = rows.map((_row, at) => evaluate(batch, at, context));
      expect([...compileColumn(sum)(batch, context)].slice(0, rows.length)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});
