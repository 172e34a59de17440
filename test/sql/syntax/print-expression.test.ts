/** Stored expressions against what Dolt 2.3.1 stored for the same source, and the printer against the parser. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseExpression } from '../../../src/sql/syntax/parse.ts';
import { type PrintOptions, printExpression } from '../../../src/sql/syntax/print-expression.ts';

const recorded = JSON.parse(
  readFileSync(new URL('./stored-expressions.json', import.meta.url), 'utf8'),
) as readonly (readonly [source: string, stored: string])[];

/** The recorded tables have one decimal column, `d decimal(5,2)`. */
const options: PrintOptions = { scaleOf: (column) => (column === 'd' ? 2 : undefined) };

test('prints as Dolt stores', () => {
  expect(recorded.length).toBeGreaterThan(700);
  for (const [source, stored] of recorded) {
    expect(printExpression(parseExpression(source), options), source).toBe(stored);
  }
});

test('what was printed is read as itself', () => {
  for (const [, stored] of recorded) expect(printExpression(parseExpression(stored), options)).toBe(stored);
});

test('a subquery cannot be stored', () => {
  expect(() => printExpression(parseExpression('a in (select 1)'))).toThrow('cannot stand in a stored expression');
});
