/** docs/functions.md says what the registry has. `npm run docs:functions` writes it anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RANKING_FUNCTIONS } from '../../../src/sql/bind/bind-expression.ts';
import { missingFunctions } from '../../../src/sql/functions/documentation/missing.ts';
import { functionsPage, nameOf, sections } from '../../../src/sql/functions/documentation/page.ts';
import { aggregateFunctions, scalarFunctions } from '../../../src/sql/functions/registry.ts';

const registered = [
  ...new Set([...scalarFunctions().values(), ...aggregateFunctions().values()]),
  ...[...RANKING_FUNCTIONS].map((name) => ({ name })),
];
const page = join(import.meta.dirname, '../../../docs/functions.md');

test('each function has one note, and each note a function', () => {
  const noted = sections.flatMap(({ functions }) => functions.map(nameOf));
  expect(noted.toSorted()).toEqual(registered.map(({ name }) => name).toSorted());
});

test('what is called missing is not there', () => {
  const names = new Set(
    registered.flatMap(({ name, aliases = [] }: { name: string; aliases?: readonly string[] }) => [name, ...aliases]),
  );
  const called = missingFunctions.flatMap(([list]) => list.split(', ').map((name) => name.toLowerCase()));
  expect(called.filter((name) => names.has(name))).toEqual([]);
});

test('the page is fresh', () => {
  const made = functionsPage(registered);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, made);
  else expect(readFileSync(page, 'utf8')).toBe(made);
});
