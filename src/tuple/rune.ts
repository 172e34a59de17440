/** Runes of UTF-8 as Go decodes them: what is not valid is U+FFFD and one byte long. */

const RUNE_ERROR = 0xfffd;

/** The rune at `at` of a text that ends at `end`. */
export function decodeRune(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return first;
  if (first < 0xc2 || first > 0xf4) return RUNE_ERROR;
  const second = at + 1 < end ? bytes[at + 1]! : 0;
  if ((second & 0xc0) !== 0x80) return RUNE_ERROR;
  if (first < 0xe0) return ((first & 0x1f) << 6) | (second & 0x3f);
  const third = at + 2 < end ? bytes[at + 2]! : 0;
  if ((third & 0xc0) !== 0x80) return RUNE_ERROR;
  if (first < 0xf0) {
    const rune = ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
    return rune < 0x800 || (rune >= 0xd800 && rune < 0xe000) ? RUNE_ERROR : rune;
  }
  const fourth = at + 3 < end ? bytes[at + 3]! : 0;
  if ((fourth & 0xc0) !== 0x80) return RUNE_ERROR;
  const rune = ((first & 0x07) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | (fourth & 0x3f);
  return rune < 0x10000 || rune > 0x10ffff ? RUNE_ERROR : rune;
}

/** The bytes that `rune`, decoded at `at`, took. */
export function runeBytes(rune: number, bytes: Uint8Array, at: number): number {
  if (rune < 0x80) return 1;
  if (rune < 0x800) return 2;
  if (rune === RUNE_ERROR) return bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd ? 3 : 1;
  return rune < 0x10000 ? 3 : 4;
}
