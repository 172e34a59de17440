/** Rows of one text column, written together, are the packets that they are one by one. */
import { expect, test } from 'vitest';
import { varchar } from '../../src/sql/types/sql-type.ts';
import type { Value } from '../../src/tuple/value.ts';
import { binaryRowWriter } from '../../src/wire/binary-row.ts';
import { PacketWriter } from '../../src/wire/packet-writer.ts';
import { DEFAULT_CLIENT_COLLATION, encodingOf } from '../../src/wire/text-encoding.ts';
import { textRowWriter } from '../../src/wire/text-row.ts';
import fc from '../fast-check.ts';

const encoding = encodingOf('utf8mb4', DEFAULT_CLIENT_COLLATION)!;

/** Lengths on both sides of those that take a byte. */
const ascii = fc.oneof(
  fc.string({ unit: 'binary-ascii' }),
  fc.constantFrom('', '\0', 'x'.repeat(250), 'y'.repeat(251)),
);
const texts = fc.oneof(
  { weight: 3, arbitrary: fc.array(ascii, { maxLength: 150 }) },
  fc.array(fc.oneof(ascii, fc.constantFrom(null, 'é', '中'.repeat(90), '\ud800')), { maxLength: 150 }),
);

for (const [name, rowWriter] of [
  ['text', textRowWriter],
  ['binary', binaryRowWriter],
] as const) {
  test(`${name} protocol`, () => {
    fc.assert(
      fc.property(texts, fc.nat(255), (column: Value[], sequence) => {
        const write = rowWriter([varchar(300)], encoding);
        const together = new PacketWriter();
        const apart = new PacketWriter();
        for (const writer of [together, apart]) writer.sequence = sequence;
        for (let row = 0; row < column.length; ) {
          const next = write(together, [column], row, column.length);
          expect(next).toBeGreaterThan(row);
          row = next;
        }
        for (let row = 0; row < column.length; row++) expect(write(apart, [column], row, row + 1)).toBe(row + 1);
        expect(together.sequence).toBe(apart.sequence);
        expect(together.take().equals(apart.take())).toBe(true);
      }),
    );
  });
}

test.each([
  ['latin1', '€é', '80e9'],
  ['cp850', 'é│', '82b3'],
  ['swe7', 'Ång', '5d6e67'],
  ['cp1251', 'Жук', 'c6f3ea'],
  ['gbk', '中a', 'd6d061'],
  ['sjis', '表', '955c'],
  ['utf16', '😀', 'd83dde00'],
])('a client whose character set is %s', (name, text, hex) => {
  const { encode, decode, isUtf8 } = encodingOf(name, 8)!;
  expect(isUtf8).toBe(false);
  expect(encode(text).toString('hex')).toBe(hex);
  expect(decode(Buffer.from(hex, 'hex'))).toBe(text);
});

test('bytes that are no text of a client’s character set are kept', () => {
  expect(encodingOf('ascii', 11)!.decode(Buffer.from('e961', 'hex'))).toBe('éa');
  expect(encodingOf('nosuch', 8)).toBeUndefined();
});
