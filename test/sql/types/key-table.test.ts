/** Numbers of keys against a map of their values. */

import { expect, test } from 'vitest';
import { KeyTable } from '../../../src/sql/types/key-table.ts';
import { BIGINT, DOUBLE, LONGTEXT } from '../../../src/sql/types/sql-type.ts';
import { integerOf, type Value } from '../../../src/tuple/value.ts';
import fc from '../../fast-check.ts';

const whole = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.integer(),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(integerOf),
);
const types = [
  [BIGINT, fc.option(whole)],
  [
    { ...LONGTEXT, collation: 'utf8mb4_0900_bin' },
    fc.option(
      fc.oneof(
        fc.string(),
        fc.integer({ max: 999 }).map((n) => `item-${n}`),
      ),
    ),
  ],
  [DOUBLE, fc.option(fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1.5)))],
] as const;

test('equal values have one number, in order of appearance', () => {
  fc.assert(
    fc.property(
      fc
        .constantFrom(...types)
        .chain(([type, values]) =>
          fc.tuple(fc.constant(type), fc.array(values as fc.Arbitrary<Value>, { size: '+2' })),
        ),
      ([type, values]) => {
        const table = new KeyTable([type]);
        const known = new Map<Value, number>();
        const numbers = new Uint32Array(values.length);
        table.assignAll([values], values.length, numbers);
        const expected = values.map((value) => {
          if (!known.has(value)) known.set(value, known.size);
          return known.get(value);
        });
        expect([...numbers]).toEqual(expected);
        expect(values.map((_, row) => table.find([values], row))).toEqual(expected);
        expect(table.size).toBe(known.size);
        expect(table.find([[12345.5]], 0)).toBe(known.get(12345.5) ?? -1);
      },
    ),
    { numRuns: 50 },
  );
});

test('texts keep their numbers when they become many', () => {
  const [type] = types[1];
  const table = new KeyTable([type]);
  const texts = Array.from({ length: 50_000 }, (_, i) => `${i % 20_000} of many`);
  const numbers = new Uint32Array(texts.length);
  for (let from = 0; from < texts.length; from += 700) {
    const part = texts.slice(from, from + 700);
    table.assignAll([part], part.length, numbers.subarray(from));
    expect(table.find([['none']], 0)).toBe(-1);
  }
  expect(numbers).toEqual(Uint32Array.from(texts, (_, i) => i % 20_000));
  expect(table.size).toBe(20_000);
});

test('among many texts, NULL, long ones and ones of any characters keep their numbers', () => {
  const [type] = types[1];
  const text = (i: number): string | null => {
    if (i % 97 === 0) return null;
    if (i % 89 === 0) return 'long '.repeat(1000 + i);
    return i % 3 === 0 ? `${i} \u{1f600} é` : `${i}`;
  };
  const texts = Array.from({ length: 9000 }, (_, i) => text(i % 6000));
  const known = new Map<string | null, number>();
  for (const each of texts) if (!known.has(each)) known.set(each, known.size);
  const table = new KeyTable([type]);
  const numbers = new Uint32Array(texts.length);
  for (let from = 0; from < texts.length; from += 1024) {
    const part = texts.slice(from, from + 1024);
    table.assignAll([part], part.length, numbers.subarray(from));
  }
  expect(numbers).toEqual(Uint32Array.from(texts, (each) => known.get(each)!));
  expect(texts.every((each, row) => table.find([texts], row) === known.get(each))).toBe(true);
});

test('integers keep their numbers wherever the next ones lie', () => {
  const runs = fc.array(
    fc.record({
      from: fc.oneof(fc.integer({ min: -5000, max: 5000 }), fc.integer(), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1)),
      step: fc.constantFrom(1, -1, 2, -7, 15, 900_001),
      count: fc.integer({ min: 1, max: 3000 }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(runs, (runs) => {
      const keys = runs.flatMap(({ from, step, count }) =>
        Array.from({ length: count }, (_, i) => (from + step * i) | 0),
      );
      const table = new KeyTable([BIGINT]);
      const numbers = new Uint32Array(keys.length);
      table.assignAll([keys], keys.length, numbers);
      const known = new Map<number, number>();
      for (const key of keys) if (!known.has(key)) known.set(key, known.size);
      expect(numbers).toEqual(Uint32Array.from(keys, (key) => known.get(key)!));
      expect(keys.every((key, row) => table.find([keys], row) === known.get(key))).toBe(true);
      const others = keys.map((key) => (key + 1) | 0);
      expect(others.every((key, row) => table.find([others], row) === (known.get(key) ?? -1))).toBe(true);
    }),
    { numRuns: 60 },
  );
});
