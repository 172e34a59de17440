/** The reader of many records says the same as the reader of one. */
import { expect, test } from 'vitest';
import { decodeRecord, recordOf } from '../../src/chunks/record.ts';
import { recordReader } from '../../src/chunks/record-reader.ts';
import fc from '../fast-check.ts';

const read = recordReader();

/** Repeats itself, so that it is compressed. */
const chunks = fc
  .tuple(
    fc.uint8Array({ minLength: 1, maxLength: 60 }),
    fc.integer({ min: 1, max: 90 }),
    fc.uint8Array({ maxLength: 90 }),
  )
  .map(([piece, times, rest]) =>
    Uint8Array.from([
      ...Array(times)
        .fill([...piece])
        .flat(),
      ...rest,
    ]),
  );

test('a record is read, whatever its length and place', () => {
  fc.assert(
    fc.property(chunks, fc.nat(40), (chunk, before) => {
      const record = recordOf(chunk);
      const bytes = new Uint8Array(before + record.length + 3).fill(7);
      bytes.set(record, before);
      expect(Buffer.compare(read(bytes, before, before + record.length) as Uint8Array, chunk)).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('a damaged record is refused, for the same reason', () => {
  fc.assert(
    fc.property(chunks, fc.nat(), fc.integer({ min: 1, max: 255 }), (chunk, place, change) => {
      const record = recordOf(chunk);
      record[place % record.length]! ^= change;
      expect(read(record, 0, record.length)).toBe(decodeRecord(record, 0, record.length));
    }),
    { numRuns: 300 },
  );
});

test('a large chunk is read, and nothing is too short', () => {
  const large = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
  const record = recordOf(large);
  expect(Buffer.compare(read(record, 0, record.length) as Uint8Array, large)).toBe(0);
  for (let length = 0; length <= 4; length++) expect(read(record, 0, length)).toBe('too short');
});
