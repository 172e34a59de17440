import { expect, test } from 'vitest';
import { EntrySorter } from '../../src/table/entry-sorter.ts';
import { collationByName } from '../../src/tuple/collation.ts';
import { Encoding } from '../../src/tuple/encoding.ts';
import type { FieldType } from '../../src/tuple/field-type.ts';
import { TupleBuilder } from '../../src/tuple/tuple-builder.ts';
import { TupleDescriptor } from '../../src/tuple/tuple-descriptor.ts';
import { integerOf, type Value } from '../../src/tuple/value.ts';
import fc from '../fast-check.ts';

const wide = (low: bigint, high: bigint): fc.Arbitrary<Value> =>
  fc.oneof(fc.bigInt({ min: low, max: high }), fc.constantFrom(low, high, 0n, 1n)).map(integerOf);

const kinds: readonly (readonly [FieldType, fc.Arbitrary<Value>])[] = [
  [{ encoding: Encoding.int8, nullable: false }, fc.integer({ min: -128, max: 127 })],
  [{ encoding: Encoding.int16, nullable: true }, fc.option(fc.integer({ min: -3, max: 3 }))],
  [{ encoding: Encoding.uint16, nullable: false }, fc.integer({ min: 0, max: 65535 })],
  [{ encoding: Encoding.int32, nullable: false }, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  [{ encoding: Encoding.uint32, nullable: true }, fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 }))],
  [{ encoding: Encoding.int64, nullable: false }, wide(-(2n ** 63n), 2n ** 63n - 1n)],
  [{ encoding: Encoding.uint64, nullable: false }, wide(0n, 2n ** 64n - 1n)],
  [{ encoding: Encoding.year, nullable: false }, fc.constantFrom<Value>(0, 1901, 2024, 2155)],
  [
    { encoding: Encoding.float64, nullable: false },
    fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1, -1)),
  ],
  [{ encoding: Encoding.float32, nullable: false }, fc.constantFrom<Value>(0, -1.5, 1.5, 3e10)],
  [{ encoding: Encoding.decimal, nullable: false, scale: 2 }, fc.oneof(fc.integer(), wide(-(10n ** 30n), 10n ** 30n))],
  [
    { encoding: Encoding.string, nullable: false },
    fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.stringMatching(/^long prefix [ab]{4,9}ä?$/),
      fc.constantFrom('ä', 'aä', 'a\u{1F600}', 'a\uffee', ''),
    ),
  ],
  [
    { encoding: Encoding.string, nullable: true, collation: collationByName('utf8mb4_0900_ai_ci')! },
    fc.option(fc.constantFrom('a', 'B', 'Ä', 'b')),
  ],
  [{ encoding: Encoding.bytes, nullable: false }, fc.uint8Array({ maxLength: 8 })],
  [{ encoding: Encoding.hash128, nullable: false }, fc.uint8Array({ minLength: 16, maxLength: 16 })],
];

const keys = fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 3 }).chain((chosen) =>
  fc.record({
    fields: fc.constant(chosen.map(([type]) => type)),
    rows: fc.array(fc.tuple(...chosen.map(([, values]) => values)), { minLength: 0, maxLength: 400, size: 'max' }),
  }),
);

test('entries come back in key order, equal ones as they came; and others in their place', () => {
  fc.assert(
    fc.property(keys, ({ fields, rows }) => {
      const descriptor = new TupleDescriptor(fields);
      const builder = new TupleBuilder(descriptor);
      const sorter = new EntrySorter(descriptor);
      for (const given of [rows, rows.slice(0, 20).reverse(), rows.slice(1)]) {
        sorter.clear();
        const tuples = given.map((row, i) => {
          row.forEach((value, f) => void builder.put(f, value));
          const key = builder.build();
          const value = Uint8Array.of(i, i >> 8);
          sorter.add(key, 0, key.length, value, 0, 2);
          return { key, i };
        });
        tuples.sort((a, b) => descriptor.compare(a.key, 0, a.key.length, b.key, 0, b.key.length) || a.i - b.i);
        const got = Array.from(sorter.sorted(), (entry) => {
          const page = sorter.page(entry);
          return page[sorter.keyEnd(entry)]! | (page[sorter.keyEnd(entry) + 1]! << 8);
        });
        expect(got).toEqual(tuples.map(({ i }) => i));
      }
    }),
    { numRuns: 100 },
  );
});

test('fields that need not be looked at keep the order in which they came', () => {
  const numbers = fc.array(fc.option(fc.integer({ min: -2, max: 300 }), { freq: 9 }), {
    minLength: 0,
    maxLength: 900,
    size: 'max',
  });
  const types: readonly FieldType[] = [
    { encoding: Encoding.int32, nullable: true },
    { encoding: Encoding.int64, nullable: false },
    { encoding: Encoding.int32, nullable: false },
  ];
  fc.assert(
    fc.property(numbers, fc.constantFrom(1, 2), (values, deciding) => {
      const descriptor = new TupleDescriptor(types);
      const builder = new TupleBuilder(descriptor);
      const sorter = new EntrySorter(descriptor, deciding);
      const tuples = values.map((value, i) => {
        builder.put(0, value);
        builder.put(1, deciding === 1 ? i - 400 : (i * 7919) % 1000);
        builder.put(2, i);
        const key = builder.build();
        sorter.add(key, 0, key.length, key, 0, 0);
        return { key, i };
      });
      tuples.sort((a, b) => descriptor.compare(a.key, 0, a.key.length, b.key, 0, b.key.length));
      const got = Array.from(sorter.sorted(), (entry) => {
        return Number(descriptor.decode(sorter.page(entry), sorter.keyStart(entry), sorter.keyEnd(entry), 2));
      });
      expect(got).toEqual(tuples.map(({ i }) => i));
    }),
    { numRuns: 50 },
  );
});

test('many keys that begin alike', () => {
  const types: readonly FieldType[] = [
    { encoding: Encoding.string, nullable: true },
    { encoding: Encoding.int64, nullable: false },
    { encoding: Encoding.int32, nullable: false },
  ];
  const descriptor = new TupleDescriptor(types);
  const builder = new TupleBuilder(descriptor);
  const sorter = new EntrySorter(descriptor);
  let seed = 1;
  const next = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const tuples = Array.from({ length: 5000 }, (_, i) => {
    const kind = next(10);
    const text = kind === 0 ? null : `a long prefix ${'é'.repeat(kind === 1 ? 1 : 0)}${next(2000)}`;
    builder.put(0, text);
    builder.put(1, -next(3));
    builder.put(2, next(5));
    const key = builder.build();
    sorter.add(key, 0, key.length, Uint8Array.of(i, i >> 8), 0, 2);
    return { key, i };
  });
  tuples.sort((a, b) => descriptor.compare(a.key, 0, a.key.length, b.key, 0, b.key.length) || a.i - b.i);
  const got = Array.from(sorter.sorted(), (entry) => {
    const page = sorter.page(entry);
    return page[sorter.keyEnd(entry)]! | (page[sorter.keyEnd(entry) + 1]! << 8);
  });
  expect(got).toEqual(tuples.map(({ i }) => i));
});
