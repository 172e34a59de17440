/** Text that holds bytes which are no UTF-8 comes back as the same bytes. */

import { expect, test } from 'vitest';
import { bytesOfText, decodeUtf8, hasStrayBytes } from '../../src/base/utf8.ts';
import fc from '../fast-check.ts';

const pieces = [
  fc.uint8Array({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => Buffer.from(text)),
  // Sequences that end too early, are too long, or stand for surrogates and beyond Unicode.
  fc.constantFrom([0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x99], [0xc0, 0xaf], [0xe0, 0x80, 0xaf], [0xf0, 0x80, 0x80, 0xaf]),
  fc.constantFrom([0xed, 0xa0, 0x80], [0xed, 0xb2, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80]),
];

test('any bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(...pieces), { maxLength: 6 }), (parts) => {
      const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
      const text = decodeUtf8(bytes);
      expect(bytesOfText(text)).toEqual(bytes);
      expect(hasStrayBytes(text)).toBe(bytes.toString('utf8') !== text);
    }),
    { numRuns: 2000 },
  );
});

test('text is decoded as ever', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeUtf8(Buffer.from(text))).toBe(text);
      expect(hasStrayBytes(text)).toBe(false);
    }),
  );
  expect(decodeUtf8(Buffer.of(0x61, 0xc3, 0xa9, 0xff, 0xf0, 0x9f, 0x99, 0x82))).toBe('aé\udcff🙂');
});
