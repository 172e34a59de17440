/** Bytes straight from values are the bytes of their texts. */

import { expect, test } from 'vitest';
import { ByteWriter } from '../../src/cli/print/byte-writer.ts';
import { formatDatetime } from '../../src/sql/types/civil.ts';
import { formatDecimal } from '../../src/sql/types/decimal.ts';
import { integerOf } from '../../src/tuple/value.ts';
import fc from '../fast-check.ts';

const integers = fc.oneof(
  fc.integer(),
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(999_999_999, 1_000_000_000, -1_000_000_000, 0),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(integerOf),
);

function written(write: (out: ByteWriter) => void): string {
  const out = new ByteWriter();
  out.byte(65);
  write(out);
  return Buffer.from(out.take()).toString('utf8').slice(1);
}

test('integers and decimals', () => {
  fc.assert(
    fc.property(integers, fc.integer({ min: 0, max: 12 }), (value, scale) => {
      expect(written((out) => out.integer(value))).toBe(String(value));
      expect(written((out) => out.decimal(value, scale))).toBe(formatDecimal(value, scale));
    }),
    { verbose: true },
  );
});

test('times', () => {
  const out = new ByteWriter();
  fc.assert(
    fc.property(fc.integer({ min: -9_000_000_000, max: 9_000_000_000 }), fc.nat(999_999), (seconds, micros) => {
      const value = seconds * 1_000_000 + micros;
      out.datetime(value);
      expect(Buffer.from(out.take()).toString()).toBe(formatDatetime(value, 0));
    }),
    { verbose: true, numRuns: 1000 },
  );
});

test('texts of any length', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      expect(written((out) => texts.forEach((text) => void out.utf8(text)))).toBe(
        Buffer.from(texts.join('')).toString('utf8'),
      );
    }),
  );
  const long = 'x'.repeat(100_000);
  expect(written((out) => out.latin1(long))).toBe(long);
});

test('words', () => {
  const out = new ByteWriter();
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9 .:;/+@_,"-]{0,40}$/), fc.string({ unit: 'binary' })),
      (text) => {
        const isWord = /^[\w-][\w .:;/+@-]*$/.test(text);
        expect(out.word(text)).toBe(isWord);
        expect(Buffer.from(out.take()).toString()).toBe(isWord ? text : '');
      },
    ),
    { verbose: true, numRuns: 1000 },
  );
});
