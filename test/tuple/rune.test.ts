import { expect, test } from 'vitest';
import { decodeRune, runeBytes } from '../../src/tuple/rune.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The rune that `bytes` begin with and its length: U+FFFD of one byte where no prefix is valid UTF-8. */
function expected(bytes: Uint8Array): readonly [number, number] {
  for (let length = 1; length <= Math.min(4, bytes.length); length++) {
    try {
      return [utf8.decode(bytes.subarray(0, length)).codePointAt(0)!, length];
    } catch {
      // Longer ones may be valid.
    }
  }
  return [0xfffd, 1];
}

test('runes of all kinds of bytes, cut apart, too long and out of range', () => {
  const firsts = [
    0, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
  ];
  const seconds = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
  const others = [0x41, 0x80, 0xbd, 0xbf, 0xc0];
  for (const first of firsts) {
    for (const second of seconds) {
      for (const third of others) {
        for (const fourth of others) {
          const bytes = Uint8Array.of(first, second, third, fourth);
          for (let end = 1; end <= 4; end++) {
            const rune = decodeRune(bytes, 0, end);
            const cut = bytes.subarray(0, end);
            expect([rune, runeBytes(rune, cut, 0)], Buffer.from(cut).toString('hex')).toEqual(expected(cut));
          }
        }
      }
    }
  }
});
