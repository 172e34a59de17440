/**
 * Joins against a naive evaluator that knows nothing of plans: random small tables, random trees of joins with random
 * conditions; the rows must be the same, whatever passes are on.
 */

import { expect, test } from 'vitest';
import { passes } from '../../../src/sql/optimize/optimize.ts';
import type { Value } from '../../../src/tuple/value.ts';
import fc from '../../fast-check.ts';
import { TestDatabase } from '../query-fixture.ts';

type Row = Readonly<Record<string, number | null>>;
type Truth = boolean | null;

interface Term {
  readonly left: string;
  readonly operator: '=' | '<' | '<>' | '<=>' | 'is null' | 'is not null';
  readonly right: string | number;
}
type Tree =
  | { readonly kind: 'table'; readonly name: string; readonly alias: string }
  | {
      readonly kind: 'join';
      readonly join: 'inner' | 'left' | 'right' | 'full';
      readonly left: Tree;
      readonly right: Tree;
      readonly on: readonly Term[];
    };

const value = (row: Row, operand: string | number): number | null =>
  typeof operand === 'number' ? operand : row[operand]!;

function holds(row: Row, { left, operator, right }: Term): Truth {
  const a = value(row, left);
  const b = value(row, right);
  if (operator === 'is null') return a === null;
  if (operator === 'is not null') return a !== null;
  if (operator === '<=>') return a === b;
  if (a === null || b === null) return null;
  return operator === '=' ? a === b : operator === '<' ? a < b : a !== b;
}

const all = (row: Row, terms: readonly Term[]): boolean => terms.every((term) => holds(row, term) === true);

function columnsOf(tree: Tree): string[] {
  if (tree.kind === 'table') return ['id', 'x', 'y'].map((c) => `${tree.alias}.${c}`);
  return [...columnsOf(tree.left), ...columnsOf(tree.right)];
}

function naive(tree: Tree, tables: Readonly<Record<string, readonly Row[]>>): Row[] {
  if (tree.kind === 'table') {
    return tables[tree.name]!.map((row) =>
      Object.fromEntries(Object.entries(row).map(([c, v]) => [`${tree.alias}.${c}`, v])),
    );
  }
  if (tree.join === 'full') {
    const both = naive({ ...tree, join: 'left' }, tables);
    const nothing = Object.fromEntries(columnsOf(tree.left).map((c) => [c, null]));
    const lefts = naive(tree.left, tables);
    const alone = naive(tree.right, tables).filter((row) => !lefts.some((left) => all({ ...left, ...row }, tree.on)));
    return [...both, ...alone.map((row) => ({ ...nothing, ...row }))];
  }
  const [outer, inner] = tree.join === 'right' ? [tree.right, tree.left] : [tree.left, tree.right];
  const others = naive(inner, tables);
  const missing = Object.fromEntries(columnsOf(inner).map((c) => [c, null]));
  return naive(outer, tables).flatMap((row) => {
    const met = others.map((other) => ({ ...row, ...other })).filter((both) => all(both, tree.on));
    return met.length > 0 || tree.join === 'inner' ? met : [{ ...row, ...missing }];
  });
}

const termText = ({ left, operator, right }: Term): string =>
  operator.startsWith('is') ? `${left} ${operator}` : `${left} ${operator} ${right}`;
const conditionText = (terms: readonly Term[]): string =>
  terms.length === 0 ? 'true' : terms.map(termText).join(' and ');

function treeText(tree: Tree): string {
  if (tree.kind === 'table') return `${tree.name} ${tree.alias}`;
  return `(${treeText(tree.left)} ${tree.join} join ${treeText(tree.right)} on ${conditionText(tree.on)})`;
}

const cell = fc.option(fc.integer({ min: 0, max: 3 }), { freq: 4 });
const table = fc
  .array(fc.record({ x: cell, y: cell }), { maxLength: 6 })
  .map((rows) => rows.map((row, id): Row => ({ id, ...row })));

function terms(columns: readonly string[]): fc.Arbitrary<Term[]> {
  const operator = fc.constantFrom<Term['operator']>('=', '=', '=', '<', '<>', '<=>', 'is null', 'is not null');
  const operand = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...columns) }, fc.integer({ min: 0, max: 3 }));
  return fc.array(fc.record({ left: fc.constantFrom(...columns), operator, right: operand }), { maxLength: 3 });
}

function trees(aliases: readonly string[]): fc.Arbitrary<Tree> {
  if (aliases.length === 1) {
    return fc.constantFrom('a', 'b', 'c').map((name): Tree => ({ kind: 'table', name, alias: aliases[0]! }));
  }
  return fc
    .integer({ min: 1, max: aliases.length - 1 })
    .chain((at) => fc.tuple(trees(aliases.slice(0, at)), trees(aliases.slice(at))))
    .chain(([left, right]) =>
      fc.record({
        kind: fc.constant('join' as const),
        join: fc.constantFrom('inner' as const, 'left' as const, 'right' as const, 'full' as const),
        left: fc.constant(left),
        right: fc.constant(right),
        on: terms([...columnsOf(left), ...columnsOf(right)]),
      }),
    );
}

function fill(tables: Readonly<Record<string, readonly Row[]>>): TestDatabase {
  const database = new TestDatabase();
  const keys: Record<string, string> = { a: 'key(x)', b: 'key(x, y)', c: 'unique key(y, id)' };
  for (const [name, rows] of Object.entries(tables)) {
    database.run(`create table ${name} (id int primary key, x int, y int, ${keys[name]})`);
    if (rows.length === 0) continue;
    database.run(`insert into ${name} values ${rows.map((r) => `(${r['id']}, ${r['x']}, ${r['y']})`).join(', ')}`);
  }
  return database;
}

const sorted = (rows: readonly (readonly Value[])[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
const everyPass = new Set(passes.map((p) => p.name));

test('joins give what nested loops over all rows give', () => {
  const cases = fc
    .tuple(fc.record({ a: table, b: table, c: table }), fc.integer({ min: 2, max: 4 }))
    .chain(([tables, size]) => {
      return fc
        .tuple(fc.constant(tables), trees(['p', 'q', 'r', 's'].slice(0, size)))
        .chain(([given, tree]) => fc.tuple(fc.constant(given), fc.constant(tree), terms(columnsOf(tree))));
    });
  fc.assert(
    fc.property(cases, ([tables, tree, where]) => {
      const database = fill(tables);
      const columns = columnsOf(tree);
      const statement = `select ${columns.join(', ')} from ${treeText(tree)} where ${conditionText(where)}`;
      const expected = naive(tree, tables)
        .filter((row) => all(row, where))
        .map((row) => columns.map((c) => row[c]!));
      for (const disabled of [new Set<string>(), everyPass, new Set(['choose-joins']), new Set(['push-filters'])]) {
        expect(sorted(database.run(statement, { disabled })!.rows), statement).toEqual(sorted(expected));
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 120) },
  );
}, 60_000);
