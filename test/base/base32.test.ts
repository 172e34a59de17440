import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { addressAt } from '../../src/base/address.ts';
import { base32, base32Bytes } from '../../src/base/base32.ts';

test('bytes of any length come back', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = randomBytes(length);
    const text = base32(bytes);
    expect(text).toHaveLength(Math.ceil((length * 8) / 5));
    expect(Buffer.from(base32Bytes(text)!)).toEqual(bytes);
  }
});

test('twenty bytes are spelled as an address is', () => {
  const bytes = randomBytes(20);
  expect(base32(bytes)).toBe(addressAt(bytes, 0));
});

test.each(['w', '0z', 'é', 'A0', '1', '01', '000'])('%j spells no bytes', (text) => {
  expect(base32Bytes(text)).toBeUndefined();
});
