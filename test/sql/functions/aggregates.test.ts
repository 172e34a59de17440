/** Aggregates over groups, batch by batch, against the plain computation; the distinct forms too. */

import { expect, test } from 'vitest';
import { aggregate, column, literal } from '../../../src/sql/expressions/build.ts';
import { compileColumn } from '../../../src/sql/expressions/compile.ts';
import { formatValue } from '../../../src/sql/types/format.ts';
import { BIGINT, DOUBLE, decimal, INT, LONGTEXT, type SqlType, varchar } from '../../../src/sql/types/sql-type.ts';
import type { Value } from '../../../src/tuple/value.ts';
import fc from '../../fast-check.ts';
import { TestSession } from './evaluate.ts';

function run(name: string, type: SqlType, values: readonly Value[], distinct = false): string {
  const bound = aggregate(name, [column(0, 'a', type, true)], { distinct });
  const { context } = new TestSession();
  const aggregator = bound.create(context);
  const args = bound.args.map(compileColumn);
  for (let at = 0; at < values.length; at += 3) {
    const batch = { length: Math.min(3, values.length - at), columns: [values.slice(at, at + 3)] };
    aggregator.add(
      new Uint32Array(3),
      args.map((argument) => argument(batch, context)),
      batch.length,
    );
  }
  return formatValue(aggregator.result(0), bound.type);
}

test('values', () => {
  const numbers = [1, 2, null, 2, 5];
  expect(run('count', INT, numbers)).toBe('4');
  expect(run('count', INT, numbers, true)).toBe('3');
  expect(run('sum', INT, numbers)).toBe('10');
  expect(run('sum', INT, numbers, true)).toBe('8');
  expect(run('avg', INT, numbers)).toBe('2.5000');
  expect(run('avg', decimal(5, 2), [100, 250])).toBe('1.750000');
  expect(run('sum', decimal(5, 2), [100, 250])).toBe('3.50');
  expect(run('sum', DOUBLE, [0.5, 0.25])).toBe('0.75');
  expect(run('sum', LONGTEXT, ['1.5', 'x'])).toBe('1.5');
  expect(run('min', INT, numbers)).toBe('1');
  expect(run('max', INT, numbers)).toBe('5');
  expect(run('max', varchar(3), ['a', 'c', 'B'])).toBe('c');
  expect(run('min', varchar(3, 'utf8mb4_0900_ai_ci'), ['b', 'A', 'C'])).toBe('A');
  expect(run('count', varchar(3, 'utf8mb4_0900_ai_ci'), ['a', 'A', 'b'], true)).toBe('2');
  expect(run('bit_and', INT, [6, 3])).toBe('2');
  expect(run('bit_or', INT, [6, 1])).toBe('7');
  expect(run('bit_xor', INT, [6, 3])).toBe('5');
  expect(run('bit_and', INT, [])).toBe('18446744073709551615');
  expect(run('stddev', INT, [1, 2, 3, 4])).toBe('1.118033988749895');
  expect(run('var_samp', INT, [1, 2, 3, 4])).toBe('1.6666666666666667');
  expect(run('var_samp', INT, [1])).toBe('NULL');
  expect(run('group_concat', LONGTEXT, ['b', 'a', null, 'b'])).toBe('b,a,b');
  expect(run('group_concat', LONGTEXT, ['b', 'a', null, 'b'], true)).toBe('b,a');
  expect(run('json_arrayagg', INT, [1, null])).toBe('[1, null]');
});

test('nothing', () => {
  for (const name of ['sum', 'avg', 'min', 'max', 'stddev', 'group_concat', 'json_arrayagg'])
    expect(run(name, INT, [])).toBe('NULL');
  expect(run('count', INT, [])).toBe('0');
});

test('group_concat orders and separates', () => {
  const bound = aggregate('group_concat', [column(0, 'a', LONGTEXT, true)], {
    distinct: false,
    separator: ' | ',
    orderBy: [{ expression: column(1, 'b', INT, true), descending: true }],
  });
  expect(bound.args).toHaveLength(2);
  const aggregator = bound.create(new TestSession().context);
  aggregator.add(
    new Uint32Array(3),
    [
      ['x', 'y', 'z'],
      [1, null, 3],
    ],
    3,
  );
  expect(aggregator.result(0)).toBe('z | x | y');
});

test('count(*) and constants need no columns', () => {
  const bound = aggregate('count', [literal(1, INT)], { distinct: false });
  expect(bound.args).toHaveLength(0);
  const aggregator = bound.create(new TestSession().context);
  aggregator.add(Uint32Array.of(0, 1, 0), [], 3);
  expect([aggregator.result(0), aggregator.result(1), aggregator.result(2)]).toEqual([2, 1, 0]);
});

test('sums by group are exact beyond doubles', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(rows, (given) => {
      const bound = aggregate('sum', [column(0, 'a', BIGINT, true)], { distinct: false });
      const aggregator = bound.create(new TestSession().context);
      const value = (n: bigint) => (n >= -(2n ** 53n) + 1n && n < 2n ** 53n ? Number(n) : n);
      aggregator.add(
        Uint32Array.from(given, ([group]) => group),
        [given.map(([, n]) => value(n))],
        given.length,
      );
      for (let group = 0; group < 5; group++) {
        const own = given.filter(([g]) => g === group).map(([, n]) => n);
        const expected = own.length === 0 ? 'NULL' : String(own.reduce((a, b) => a + b, 0n));
        expect(formatValue(aggregator.result(group), bound.type)).toBe(expected);
      }
    }),
  );
});
