/**
 * Precedence as in MySQL's manual (12.4.1), level by level: for each pair of operators of neighbouring levels the tighter
 * one groups first, whichever comes first in the text. The right column has all parentheses.
 */

import { expect, test } from 'vitest';
import type { Expression } from '../../../src/sql/syntax/ast/expression.ts';
import { parseExpression, parseStatement } from '../../../src/sql/syntax/parse.ts';
import fc from '../../fast-check.ts';
import { dump } from './dump.ts';

test.each([
  ['a or b and c', 'a or (b and c)'],
  ['a || b && c', 'a or (b and c)'],
  ['a or b xor c', 'a or (b xor c)'],
  ['a xor b and c', 'a xor (b and c)'],
  ['not a and b', '(not a) and b'],
  ['not a = b', 'not (a = b)'],
  ['not a between b and c', 'not (a between b and c)'],
  ['not a is null', 'not (a is null)'],
  ['! a = b', '(! a) = b'],
  ['! a + b', '(! a) + b'],
  ['a = b = c', '(a = b) = c'],
  ['a < b is null', '(a < b) is null'],
  ['a = b in (1, 2)', 'a = (b in (1, 2))'],
  ['a = b like c', 'a = (b like c)'],
  ['a like b and c', '(a like b) and c'],
  ['a = b between c and d', 'a = (b between c and d)'],
  ['a between b and c and d', '(a between b and c) and d'],
  ['a between b and c between d and e', 'a between b and (c between d and e)'],
  ['a between b | c and d', 'a between (b | c) and d'],
  ['a in (1) or b', '(a in (1)) or b'],
  ['a is true and b', '(a is true) and b'],
  ['a | b & c', 'a | (b & c)'],
  ['a & b << c', 'a & (b << c)'],
  ['a << b + c', 'a << (b + c)'],
  ['a + b * c', 'a + (b * c)'],
  ['a - b - c', '(a - b) - c'],
  ['a * b ^ c', 'a * (b ^ c)'],
  ['a / b div c % d mod e', '(((a / b) div c) % d) mod e'],
  ['- a ^ b', '(- a) ^ b'],
  ['- a * b', '(- a) * b'],
  ['~ a | b', '(~ a) | b'],
  ['- a collate utf8mb4_bin', '- (a collate utf8mb4_bin)'],
  ['binary a = b', '(binary a) = b'],
  ['binary a + b', '(binary a) + b'],
  ['a + interval b day + c', '(a + interval b day) + c'],
  ['a + interval b + c day', 'a + interval (b + c) day'],
  ['a regexp b | c', 'a regexp (b | c)'],
  ['a -> b = c', '(a -> b) = c'],
  ['case when a or b then c else d end + e', '(case when (a or b) then c else d end) + e'],
  ['a <=> b <> c', '(a <=> b) <> c'],
  ['@x := a or b', '@x := (a or b)'],
  ['a = any (select 1) and b', '(a = any (select 1)) and b'],
])('%s is %s', (text, grouped) => {
  expect(dump(parseExpression(text))).toBe(dump(parseExpression(grouped)));
});

const operators = ['or', 'xor', 'and', '=', '<', '|', '&', '<<', '+', '-', '*', '/', 'div', '^', 'is null or', '<=>'];

test('parentheses around every operation change nothing', () => {
  const chain = fc.array(
    fc.tuple(fc.constantFrom(...operators), fc.constantFrom('a', 'b', '1', "'x'", '- c', 'f(d)')),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(chain, (links) => {
      const text = links.reduce((left, [operator, operand]) => `${left} ${operator} ${operand}`, 'z');
      const tree = parseExpression(text);
      expect(dump(flat(parseExpression(grouped(tree, text))))).toBe(dump(flat(tree)));
    }),
  );
});

/** AND of ANDs from the left is one list. */
function flat(tree: Expression): Expression {
  if (tree.kind !== 'and' && tree.kind !== 'or') {
    if (tree.kind === 'binary') return { ...tree, left: flat(tree.left), right: flat(tree.right) };
    return tree;
  }
  const [first, ...others] = tree.operands.map(flat);
  const operands = first!.kind === tree.kind ? [...(first as typeof tree).operands, ...others] : [first!, ...others];
  return { ...tree, operands };
}

function grouped(tree: Expression, text: string): string {
  switch (tree.kind) {
    case 'binary':
      return `(${grouped(tree.left, text)} ${tree.operator} ${grouped(tree.right, text)})`;
    case 'and':
    case 'or':
      return tree.operands.map((operand) => grouped(operand, text)).reduce((a, b) => `(${a} ${tree.kind} ${b})`);
    case 'is':
      return `(${grouped(tree.operand, text)} is null)`;
    default:
      return `(${text.slice(tree.start, tree.end)})`;
  }
}

test('the place of every node is its source', () => {
  const texts = [
    '(a + 1) * (b or c)',
    "concat('x', (select 1 from t where a in (1, (2)))) like 'y'",
    'a between (1) and -(2)',
  ];
  for (const text of texts) expect(visit(parseExpression(text), text), text).toBeGreaterThan(4);
});

/** How many nodes were compared with their source. */
function visit(node: unknown, text: string): number {
  if (node === null || typeof node !== 'object') return 0;
  if (Array.isArray(node)) return node.reduce((sum: number, item) => sum + visit(item, text), 0);
  const { kind, start, end } = node as { kind?: string; start?: number; end?: number };
  const expressions = [
    'binary',
    'or',
    'and',
    'number',
    'string',
    'column',
    'call',
    'unary',
    'in',
    'between',
    'like',
    'subquery',
  ];
  let compared = 0;
  if (kind !== undefined && start !== undefined && expressions.includes(kind)) {
    expect(dump(parseExpression(text.slice(start, end)))).toBe(dump(node));
    compared = 1;
  }
  return Object.values(node).reduce((sum: number, part) => sum + visit(part, text), compared);
}

test('result columns are named by their source', () => {
  const names = (sql: string): unknown[] => {
    const { statement } = parseStatement(sql);
    if (statement.kind !== 'select' || statement.query.body.kind !== 'select') throw new Error('no select');
    return statement.query.body.items.map((item) => (item.kind === 'star' ? '*' : (item.alias ?? item.label)));
  };
  expect(
    names("select 'abc', \"x\", 'a' 'b', 1+2, ( 1  + 2 ), t.a, `t`.`B`, A, t . a, - 1, null, @x, (a), a as 'q' from t"),
  ).toEqual(['abc', 'x', 'a', '1+2', '( 1  + 2 )', 'a', 'B', 'A', 'a', '- 1', 'NULL', '@x', 'a', 'q']);
  expect(names("select /* c */ 1 /* d */ + 2 /* e */, count( * ), x'41', (select 1) y, t.* from t")).toEqual([
    '1 /* d */ + 2',
    'count( * )',
    "x'41'",
    'y',
    '*',
  ]);
  // Numbers and strings go by themselves, whatever stands around them.
  expect(names("select (1), ((1.50)), +2, ('a'), n'b', _utf8mb4'c', '  d', '', (null), (@x), -(1)")).toEqual([
    '1',
    '1.50',
    '2',
    'a',
    'b',
    'c',
    'd',
    '',
    'NULL',
    '(@x)',
    '-(1)',
  ]);
  // Of comments whose content is code the marks go, and what is for later servers.
  expect(
    names("select 1 /*! + 2 */, 1 /*!80000 + 2*/ + 3, 1/*!99999 + 2*/ + 3 /*! , 4 + 5 */, 6 */*'/*!*/ 7 /*! */"),
  ).toEqual(['1  + 2', '1  + 2 + 3', '1 + 3', '4 + 5', "6 */*'/*!*/ 7"]);
  expect(names("select concat('/*!', \"*/\"), 1 + -- it's /*! a remark\n 2 /*! */ from t")).toEqual([
    'concat(\'/*!\', "*/")',
    "1 + -- it's /*! a remark\n 2",
  ]);
});
