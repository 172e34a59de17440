/**
 * Every pass on and off gives the same rows. Statements are drawn from a grammar over small tables: conditions of all
 * forms, subqueries, groups, unions, orders, limits.
 */

import { expect, test } from 'vitest';
import { passes } from '../../../src/sql/optimize/optimize.ts';
import { visitPlan } from '../../../src/sql/plan/plan-tree.ts';
import { SqlError } from '../../../src/sql/types/sql-error.ts';
import type { Value } from '../../../src/tuple/value.ts';
import fc from '../../fast-check.ts';
import { TestDatabase } from '../query-fixture.ts';

const { oneof, constantFrom, tuple, integer, boolean } = fc;

function database(): TestDatabase {
  const made = new TestDatabase([]);
  made.run('create table a (id int primary key, x int, y int, s varchar(10), key(x), key(y, x))');
  made.run(
    'create table b (id int primary key, x int, y int, s varchar(10) collate utf8mb4_0900_ai_ci, key(x, y), key(s))',
  );
  made.run('create table c (x int, y int, s varchar(10), key(x))');
  const rows = (count: number, withId: boolean): string =>
    Array.from({ length: count }, (_, i) => {
      const cell = (n: number): string => (n % 5 === 4 ? 'null' : String(n % 5));
      const text = ["'a'", "'B'", "'ab'", 'null', "'A'", "'b%'"][(i * 7) % 6];
      return `(${withId ? `${i}, ` : ''}${cell(i * 3)}, ${cell(i * i + 1)}, ${text})`;
    }).join(', ');
  made.run(`insert into a values ${rows(17, true)}`);
  made.run(`insert into b values ${rows(12, true)}`);
  made.run(`insert into c values ${rows(9, false)}, (1, 2, 'a'), (1, 2, 'a')`);
  return made;
}

const column = constantFrom('x', 'y', 's');
const number = constantFrom('x', 'y');
const literal = integer({ min: -1, max: 4 }).map(String);
const word = constantFrom("'a'", "'B'", "'ab'", "''");
const comparison = constantFrom('=', '=', '<', '<=', '>', '>=', '<>', '<=>');

/** A condition over a table `t`; with an outer table `o`, also correlated ones. */
function condition(t: string, o: string | undefined, depth: number): fc.Arbitrary<string> {
  const simple = [
    tuple(number, comparison, literal).map(([c, op, l]) => `${t}.${c} ${op} ${l}`),
    tuple(number, comparison, number).map(([c, op, d]) => `${t}.${c} ${op} ${t}.${d}`),
    tuple(comparison, word).map(([op, w]) => `${t}.s ${op} ${w}`),
    tuple(number, fc.array(literal, { minLength: 1, maxLength: 4 }), boolean()).map(
      ([c, l, not]) => `${t}.${c} ${not ? 'not ' : ''}in (${l.join(', ')})`,
    ),
    tuple(number, literal, literal).map(([c, l, h]) => `${t}.${c} between ${l} and ${h}`),
    tuple(column, boolean()).map(([c, not]) => `${t}.${c} is ${not ? 'not ' : ''}null`),
    constantFrom("'a%'", "'%b'", "'A%'", "'a_'").map((p) => `${t}.s like ${p}`),
    ...(o ? [tuple(number, comparison, number).map(([c, op, d]) => `${t}.${c} ${op} ${o}.${d}`)] : []),
  ];
  if (depth === 0) return oneof(...simple);
  const inner = condition(t, o, depth - 1);
  const alias = `${t}${depth}`;
  return oneof(
    ...simple,
    tuple(inner, constantFrom('and', 'or'), inner).map(([l, op, r]) => `(${l} ${op} ${r})`),
    inner.map((c) => `not (${c})`),
    tuple(boolean(), constantFrom('a', 'b', 'c'), condition(alias, t, depth - 1)).map(
      ([not, table, c]) => `${not ? 'not ' : ''}exists (select 1 from ${table} ${alias} where ${c})`,
    ),
    tuple(number, boolean(), number, constantFrom('a', 'b', 'c'), condition(alias, t, depth - 1)).map(
      ([c, not, d, table, where]) =>
        `${t}.${c} ${not ? 'not ' : ''}in (select ${alias}.${d} from ${table} ${alias} where ${where})`,
    ),
    tuple(number, comparison, constantFrom('max', 'min', 'count'), number, condition(alias, t, depth - 1)).map(
      ([c, op, f, d, where]) => `${t}.${c} ${op} (select ${f}(${alias}.${d}) from b ${alias} where ${where})`,
    ),
  );
}

const table = constantFrom('a', 'b', 'c');
const source = oneof(
  table.map((t) => `${t} t`),
  tuple(table, condition('i', undefined, 1)).map(([t, c]) => `(select * from ${t} i where ${c}) t`),
  tuple(table, table).map(([l, r]) => `(select x, y, s from ${l} union all select y, x, s from ${r}) t`),
  tuple(table, number).map(([t, c]) => `(select ${c} x, count(*) y, max(s) s from ${t} group by ${c}) t`),
  tuple(table, table, constantFrom('inner', 'left', 'right'), condition('u', 'l', 1)).map(
    ([l, r, kind, on]) => `(select l.x, u.y, l.s from ${l} l ${kind} join ${r} u on l.y = u.x and ${on}) t`,
  ),
);

/** Statements whose rows are decided whatever the order they are read in. */
const statement = oneof(
  tuple(source, condition('t', undefined, 2)).map(([s, c]) => `select t.x, t.y, t.s from ${s} where ${c}`),
  tuple(source, condition('t', undefined, 1), number, constantFrom('', ' desc'), integer({ min: 0, max: 6 })).map(
    ([s, c, k, d, n]) => `select t.${k} from ${s} where ${c} order by t.${k}${d} limit ${n}`,
  ),
  tuple(table, condition('t', undefined, 1), number, number, constantFrom('', ' desc')).map(
    ([s, c, k, l, d]) => `select t.x, t.y from ${s} t where ${c} order by t.${k}${d}, t.${l}${d}, t.x, t.y`,
  ),
  tuple(source, condition('t', undefined, 1), number).map(
    ([s, c, k]) => `select t.${k}, count(*), sum(t.x), min(t.y), max(t.y) from ${s} where ${c} group by t.${k}`,
  ),
  tuple(source, condition('t', undefined, 1)).map(([s, c]) => `select count(*) from ${s} where ${c}`),
  tuple(table, condition('t', undefined, 1), constantFrom('min', 'max'), number).map(
    ([s, c, f, k]) => `select ${f}(t.${k}) from ${s} t where ${c}`,
  ),
  tuple(source, source, condition('t', undefined, 1)).map(
    ([s, r, c]) => `select distinct t.x, (select count(*) from ${r} where t.x = 1) n from ${s} where ${c}`,
  ),
  tuple(source, number, condition('t', undefined, 1)).map(
    ([s, k, c]) =>
      `with w as (select t.x, t.y from ${s} where ${c}) select l.x, r.y from w l join w r on l.${k} = r.${k}`,
  ),
);

const names = passes.map((p) => p.name);
const variants: readonly (readonly [string, ReadonlySet<string>])[] = [
  ['all on', new Set<string>()],
  ...names.map((name) => [`without ${name}`, new Set([name])] as const),
  ...names.map((name) => [`only ${name}`, new Set(names.filter((n) => n !== name))] as const),
];

test('a pass changes no rows', () => {
  const made = database();
  const outcome = (text: string, disabled: ReadonlySet<string>): string => {
    try {
      const rows: readonly (readonly Value[])[] = made.run(text, { disabled })!.rows;
      const lines = rows.map((row) => JSON.stringify(row));
      return (/order by/.test(text) ? lines : lines.sort()).join('\n');
    } catch (error) {
      if (error instanceof SqlError) return `error ${error.errno}`;
      throw error;
    }
  };
  fc.assert(
    fc.property(statement, (text) => {
      const expected = outcome(text, new Set(names));
      for (const [name, disabled] of variants) expect(outcome(text, disabled), `${name}: ${text}`).toBe(expected);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 80) },
  );
}, 120_000);

test('what ranges and the order of an index take over is not decoded', () => {
  const made = database();
  const decoded = (text: string): string[] => {
    const names: string[] = [];
    visitPlan(made.run(text)!.plan, (plan) => {
      if (plan.kind === 'scan') names.push(...plan.columns.map(({ column }) => column.name));
    });
    return names;
  };
  expect(decoded('select s from a where id = 5')).toEqual(['s']);
  expect(decoded("select x from a where id between 3 and 9 and s <> 'a'")).toEqual(['x', 's']);
  expect(decoded('select s from a order by id')).toEqual(['s']);
  expect(decoded('select 1 from b where id < 3')).toEqual([]);
});
