/** Code point order of strings: that of their UTF-8 bytes, and not quite that of UTF-16 code units. */

export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    // Surrogates (in pairs: above U+FFFF) come after the units U+E000 … U+FFFF.
    if (left >= 0xd800 && right >= 0xd800) return rotated(left) - rotated(right);
    return left - right;
  }
  return a.length - b.length;
}

function rotated(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
