import { describe, expect, test } from 'vitest';
import { collationByName } from '../../src/tuple/collation.ts';
import { Encoding } from '../../src/tuple/encoding.ts';
import type { FieldType } from '../../src/tuple/field-type.ts';
import { fieldEnd, fieldStart } from '../../src/tuple/tuple.ts';
import { TupleBuilder } from '../../src/tuple/tuple-builder.ts';
import { TupleDescriptor } from '../../src/tuple/tuple-descriptor.ts';
import { compareValues, integerOf, type Value } from '../../src/tuple/value.ts';
import { readVarint, varintLength, varintSize, writeVarint } from '../../src/tuple/varint.ts';
import fc from '../fast-check.ts';
import { MemoryBlobs } from './memory-blobs.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function encode(type: FieldType, value: Value): Uint8Array {
  const builder = new TupleBuilder(new TupleDescriptor([type]), new MemoryBlobs());
  builder.put(0, value);
  const tuple = builder.build();
  const start = fieldStart(tuple, 0, tuple.length, 0);
  return tuple.slice(start, fieldEnd(tuple, 0, tuple.length, 0));
}

const notNull = (encoding: Encoding, more: Partial<FieldType> = {}): FieldType => ({
  encoding,
  nullable: false,
  ...more,
});

describe('bytes of fields that the original wrote', () => {
  const samples: readonly (readonly [string, FieldType, Value, string])[] = [
    ['tinyint', notNull(Encoding.int8), -5, 'fb'],
    ['smallint', notNull(Encoding.int16), -300, 'd4fe'],
    ['mediumint', notNull(Encoding.int32), -70000, '90eefeff'],
    ['decimal(20,5)', notNull(Encoding.decimal, { scale: 5 }), 1234567890, 'fbffffff0100000000499602d2'],
    ['year', notNull(Encoding.year), 2024, '7b'],
    ['year zero', notNull(Encoding.year), 0, 'ff'],
    ['date', notNull(Encoding.date), (2024 << 16) | (2 << 8) | 29, '1d02e807'],
    ['time', notNull(Encoding.time), -45_296_000_000, '00e42574f5ffffff'],
    ['datetime', notNull(Encoding.datetime), Date.UTC(2024, 1, 29, 13, 14, 15) * 1000, 'c0d7390985120600'],
    ['varchar', notNull(Encoding.string), 'chr', '63687200'],
    ['enum', notNull(Encoding.enum), 2, '0200'],
    ['set', notNull(Encoding.set), 5, '0500000000000000'],
    ['text', notNull(Encoding.stringAdaptive), 'text', '0074657874'],
    ['empty text', notNull(Encoding.stringAdaptive), '', '00'],
    ['char with spaces', notNull(Encoding.string), 'x  ', '78202000'],
    ['decimal 0', notNull(Encoding.decimal, { scale: 2 }), 0, 'feffffff00'],
    [
      'decimal of two words',
      notNull(Encoding.decimal),
      -(2n ** 64n),
      '00000000ff' + '00000000000000010000000000000000',
    ],
  ];
  for (const [name, type, value, expected] of samples) {
    test(name, () => {
      const bytes = encode(type, value);
      expect(hex(bytes)).toBe(expected);
      const tuple = Uint8Array.from([...bytes, 1, 0]);
      expect(new TupleDescriptor([type]).decode(tuple, 0, tuple.length, 0, new MemoryBlobs())).toEqual(value);
    });
  }
});

test('tuples trim trailing NULLs and keep the ones inside', () => {
  const descriptor = new TupleDescriptor(
    Array.from({ length: 4 }, () => ({ encoding: Encoding.int8, nullable: true })),
  );
  const builder = new TupleBuilder(descriptor);
  expect(hex(builder.build())).toBe('0000');
  builder.put(0, null);
  builder.put(2, 7);
  builder.put(3, null);
  const tuple = builder.build();
  expect(hex(tuple)).toBe('07' + '0000' + '0000' + '0300');
  expect([0, 1, 2, 3].map((i) => descriptor.decode(tuple, 0, tuple.length, i))).toEqual([null, null, 7, null]);
});

test('varints of every length', () => {
  const limits = [0, 240, 241, 2287, 2288, 67823, 67824, 2 ** 24 - 1, 2 ** 24, 2 ** 32 - 1, 2 ** 32, 2 ** 40];
  for (const value of limits) {
    const bytes = new Uint8Array(9);
    const size = writeVarint(value, bytes, 0);
    expect([varintSize(value), varintLength(bytes[0]!), readVarint(bytes, 0)]).toEqual([size, size, value]);
  }
});

/** Where halves of 32 bits carry, and where numbers end to be exact. */
const EDGES = [31n, 32n, 53n, 63n].flatMap((bit) => [2n ** bit, -(2n ** bit)]);

const int = (bits: number, signed: boolean): fc.Arbitrary<Value> => {
  const min = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const max = min + 2n ** BigInt(bits) - 1n;
  const near = EDGES.filter((edge) => edge - 2n >= min && edge + 2n <= max);
  return fc
    .oneof(
      fc.bigInt({ min, max }),
      fc.bigInt({ min: signed ? -3n : 0n, max: 3n }),
      ...near.map((edge) => fc.bigInt({ min: edge - 2n, max: edge + 2n })),
    )
    .map(integerOf);
};
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string(),
  fc.constantFrom('', 'a', 'A', 'ä', 'Z', '日本', '\u{1F600}', '\uffee'),
);
const blob = fc.uint8Array({ maxLength: 40 });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);

const types: readonly (readonly [string, FieldType, fc.Arbitrary<Value>])[] = [
  ['int8', notNull(Encoding.int8), int(8, true)],
  ['uint8', notNull(Encoding.uint8), int(8, false)],
  ['int16', notNull(Encoding.int16), int(16, true)],
  ['uint16', notNull(Encoding.uint16), int(16, false)],
  ['int32', notNull(Encoding.int32), int(32, true)],
  ['uint32', notNull(Encoding.uint32), int(32, false)],
  ['int64', notNull(Encoding.int64), int(64, true)],
  ['uint64', notNull(Encoding.uint64), int(64, false)],
  ['float32', notNull(Encoding.float32), finite.map((n) => Math.fround(n)).filter(Number.isFinite)],
  ['float64', notNull(Encoding.float64), finite],
  ['year', notNull(Encoding.year), fc.oneof(fc.constant(0), fc.integer({ min: 1901, max: 2155 }))],
  ['date', notNull(Encoding.date), fc.integer({ min: 0, max: (9999 << 16) | (12 << 8) | 31 })],
  ['time', notNull(Encoding.time), fc.integer({ min: -3020399000000, max: 3020399000000 })],
  ['datetime', notNull(Encoding.datetime), int(64, true)],
  ['enum', notNull(Encoding.enum), int(16, false)],
  ['set', notNull(Encoding.set), int(64, false)],
  [
    'decimal',
    notNull(Encoding.decimal, { scale: 3 }),
    fc.oneof(int(64, true), fc.bigInt({ min: -(10n ** 65n), max: 10n ** 65n }).map(integerOf)),
  ],
  ['bytes', notNull(Encoding.bytes), blob],
  ['bytes in line', notNull(Encoding.bytesAdaptive), blob],
  ['hash128', notNull(Encoding.hash128), fc.uint8Array({ minLength: 16, maxLength: 16 })],
];

describe('round trip and order of every encoding', () => {
  for (const [name, type, values] of types) {
    test(name, () => {
      const descriptor = new TupleDescriptor([type]);
      const builder = new TupleBuilder(descriptor, new MemoryBlobs());
      const tuple = (value: Value): Uint8Array => {
        builder.put(0, value);
        return builder.build();
      };
      fc.assert(
        fc.property(values, values, (a, b) => {
          const left = tuple(a);
          const right = tuple(b);
          // At an odd place of a larger buffer, as in a node.
          const buffer = Uint8Array.from([9, 9, 9, ...left, ...right]);
          const middle = 3 + left.length;
          expect(descriptor.decode(buffer, 3, middle, 0)).toEqual(a);
          expect(descriptor.decode(buffer, middle, buffer.length, 0)).toEqual(b);
          const order = descriptor.compare(buffer, 3, middle, buffer, middle, buffer.length);
          expect(Math.sign(order)).toBe(Math.sign(compareValues(a, b)));
        }),
      );
    });
  }

  test('a decimal that was stored at another scale than its column has now', () => {
    const tuple = new TupleBuilder(new TupleDescriptor([notNull(Encoding.decimal, { scale: 2 })]));
    for (const cents of [12345, -1200, 0, -(10n ** 30n)]) {
      tuple.put(0, cents);
      const bytes = tuple.build();
      const at = (scale: number) =>
        new TupleDescriptor([notNull(Encoding.decimal, { scale })]).decode(bytes, 0, bytes.length, 0);
      expect(at(5)).toEqual(integerOf(BigInt(cents) * 1000n));
      expect(at(1)).toEqual(integerOf(BigInt(cents) / 10n));
    }
  });

  test('text, in order of code points', () => {
    const descriptor = new TupleDescriptor([notNull(Encoding.string)]);
    const builder = new TupleBuilder(descriptor);
    fc.assert(
      fc.property(text, text, (a, b) => {
        builder.put(0, a);
        const left = builder.build();
        builder.put(0, b);
        const right = builder.build();
        expect(descriptor.decode(left, 0, left.length, 0)).toBe(a);
        const order = descriptor.compare(left, 0, left.length, right, 0, right.length);
        expect(Math.sign(order)).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
        expect(Math.sign(collationByName('utf8mb4_0900_bin')!.compare(a, b))).toBe(Math.sign(order));
      }),
    );
  });

  test('text that a prefix length cut inside a rune: there U+FFFD stands', () => {
    const descriptor = new TupleDescriptor([notNull(Encoding.string), notNull(Encoding.int8)]);
    const builder = new TupleBuilder(descriptor);
    const key = (content: string, id: number): Uint8Array => {
      builder.putTerminated(0, Buffer.from(content, 'hex'));
      builder.put(1, id);
      return builder.build();
    };
    const compare = (a: Uint8Array, b: Uint8Array): number => descriptor.compare(a, 0, a.length, b, 0, b.length);
    expect(compare(key('c384d0', 1), key('c384ce', 2))).toBeLessThan(0);
    expect(compare(key('e5', 1), key('c3', 1))).toBe(0);
    expect(compare(key('c3', 1), key('e697a5', 1))).toBeGreaterThan(0);
  });

  test('rows of several fields', () => {
    const columns = fc.array(fc.constantFrom(...types), { minLength: 1, maxLength: 5 });
    const rows = columns.chain((chosen) =>
      fc.record({
        fields: fc.constant(chosen.map(([, type], i) => ({ ...type, nullable: i % 2 === 1 || chosen.length === 3 }))),
        rows: fc.array(fc.tuple(...chosen.map(([, , value], i) => (i % 2 === 1 ? fc.option(value) : value))), {
          minLength: 2,
          maxLength: 2,
        }),
      }),
    );
    fc.assert(
      fc.property(rows, ({ fields, rows: [a = [], b = []] }) => {
        const descriptor = new TupleDescriptor(fields);
        const builder = new TupleBuilder(descriptor, new MemoryBlobs());
        const build = (row: readonly Value[]): Uint8Array => {
          row.forEach((value, i) => void builder.put(i, value));
          return builder.build();
        };
        const left = build(a);
        const right = build(b);
        expect(fields.map((_, i) => descriptor.decode(left, 0, left.length, i))).toEqual(a);
        const expected = a.map((value, i) => compareValues(value, b[i]!)).find((order) => order !== 0) ?? 0;
        expect(Math.sign(descriptor.compare(left, 0, left.length, right, 0, right.length))).toBe(Math.sign(expected));
        expect(Math.sign(descriptor.comparePrefix(1)(left, 0, left.length, right, 0, right.length))).toBe(
          Math.sign(compareValues(a[0]!, b[0]!)),
        );
      }),
    );
  });
});

describe('adaptive placement', () => {
  const adaptive: FieldType = { encoding: Encoding.stringAdaptive, nullable: true };
  const fixed: FieldType = { encoding: Encoding.int32, nullable: false };

  const place = (fields: readonly FieldType[], row: readonly Value[], target = 2048): string[] => {
    const blobs = new MemoryBlobs();
    const descriptor = new TupleDescriptor(fields);
    const builder = new TupleBuilder(descriptor, blobs, target);
    row.forEach((value, i) => void builder.put(i, value));
    const tuple = builder.build();
    expect(row.map((_, i) => descriptor.decode(tuple, 0, tuple.length, i, blobs))).toEqual(row);
    return row.map((_, i) => {
      const start = fieldStart(tuple, 0, tuple.length, i);
      if (start < 0) return 'null';
      if (fields[i]!.encoding !== Encoding.stringAdaptive) return 'fixed';
      return tuple[start] === 0 ? 'in' : 'out';
    });
  };

  test('one value: in line up to a row of the target size', () => {
    expect(place([adaptive], ['x'.repeat(2047)])).toEqual(['in']);
    expect(place([adaptive], ['x'.repeat(2048)])).toEqual(['out']);
    expect(place([fixed, adaptive], [1, 'x'.repeat(2043)])).toEqual(['fixed', 'in']);
    expect(place([fixed, adaptive], [1, 'x'.repeat(2044)])).toEqual(['fixed', 'out']);
  });

  test('a year counts as two bytes', () => {
    const year: FieldType = { encoding: Encoding.year, nullable: false };
    expect(place([year, adaptive], [2000, 'x'.repeat(2045)])).toEqual(['fixed', 'in']);
    expect(place([year, adaptive], [2000, 'x'.repeat(2046)])).toEqual(['fixed', 'out']);
  });

  test('the largest go first, of equal ones the first', () => {
    const long = (n: number): string => 'x'.repeat(n);
    expect(place([adaptive, adaptive, adaptive], [long(900), long(1000), long(901)])).toEqual(['in', 'out', 'in']);
    expect(place([adaptive, adaptive, adaptive], [long(1000), long(1000), long(1000)])).toEqual(['out', 'in', 'in']);
    expect(place([adaptive, adaptive], [long(1024), long(1024)])).toEqual(['out', 'in']);
    expect(place([adaptive, adaptive], [long(3000), long(100)])).toEqual(['out', 'in']);
    expect(place([adaptive, adaptive], [null, long(2047)])).toEqual(['null', 'in']);
  });

  test('copied fields are placed as values are', () => {
    const lengths = fc.oneof(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 900, max: 2060 }),
      fc.integer({ min: 2040, max: 5000 }),
    );
    const value = fc.option(fc.tuple(fc.constantFrom('a', 'b'), lengths).map(([c, n]) => c.repeat(n)));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 5 }),
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        (pairs, take) => {
          const blobs = new MemoryBlobs();
          const descriptor = new TupleDescriptor(pairs.map(() => adaptive));
          const builder = new TupleBuilder(descriptor, blobs);
          pairs.forEach(([old], i) => void builder.put(i, old));
          const old = builder.build();
          const next = pairs.map(([from, to], i) => (take[i] ? from : to));
          next.forEach((v, i) => void builder.put(i, v));
          const expected = hex(builder.build());
          next.forEach((v, i) => {
            const start = fieldStart(old, 0, old.length, i);
            if (take[i] && start >= 0) builder.putEncoded(i, old, start, fieldEnd(old, 0, old.length, i));
            else builder.put(i, v);
          });
          expect(hex(builder.build())).toBe(expected);
        },
      ),
    );
  });

  test('address offsets: adaptive fields from last to first, then address fields', () => {
    const blobs = new MemoryBlobs();
    const descriptor = new TupleDescriptor([
      { encoding: Encoding.stringAddress, nullable: true },
      adaptive,
      { encoding: Encoding.bytesAddress, nullable: true },
      adaptive,
      { encoding: Encoding.stringAddress, nullable: true },
    ]);
    const builder = new TupleBuilder(descriptor, blobs);
    ['one', 'x'.repeat(3000), Buffer.from('two'), 'y'.repeat(3000), ''].forEach((v, i) => void builder.put(i, v));
    const tuple = builder.build();
    const offsets: number[] = [];
    descriptor.addressOffsets(tuple, 0, tuple.length, offsets);
    expect(offsets).toEqual([20 + 23 + 20 + 3, 20 + 3, 20 + 23, 0]);
  });
});
