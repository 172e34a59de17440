/**
 * UTF-8 that may hold bytes that are none, as a statement does that brings bytes between quotes. Such a byte becomes a low
 * surrogate without a high one, U+DC80 to U+DCFF, which no UTF-8 decodes to; so nothing is lost, and text stays text.
 */
import { isUtf8 } from 'node:buffer';

const STRAY = 0xdc00;
const STRAYS = /[\udc80-\udcff]/u;

/** Text of which `bytesOfText` makes the same bytes. */
export function decodeUtf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  // A byte makes one unit of UTF-16 at most.
  const units = Buffer.allocUnsafe(bytes.length * 2);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const size = sequenceAt(bytes, at);
    if (size <= 1) {
      const byte = bytes[at]!;
      length = units.writeUInt16LE(size === 1 ? byte : STRAY + byte, length);
      at++;
    } else {
      length += units.write(bytes.toString('utf8', at, at + size), length, 'utf16le');
      at += size;
    }
  }
  return units.toString('utf16le', 0, length);
}

/** Whether text holds bytes that are no UTF-8. */
export function hasStrayBytes(text: string): boolean {
  // Most texts are well formed, which is found out much faster.
  return !text.isWellFormed() && STRAYS.test(text);
}

export function bytesOfText(text: string): Buffer {
  if (!hasStrayBytes(text)) return Buffer.from(text, 'utf8');
  const bytes = Buffer.allocUnsafe(text.length * 3);
  let length = 0;
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at)!;
    if (point < 0x80) bytes[length++] = point;
    else if (point > STRAY && point <= STRAY + 0xff) bytes[length++] = point - STRAY;
    else length += bytes.write(String.fromCodePoint(point), length, 'utf8');
    at += point > 0xffff ? 2 : 1;
  }
  return bytes.subarray(0, length);
}

/** Least second byte after a first one that has its own; others follow with 0x80 to 0xbf. */
const LEAST_SECOND: Readonly<Record<number, number>> = { 224: 0xa0, 240: 0x90 };
const GREATEST_SECOND: Readonly<Record<number, number>> = { 237: 0x9f, 244: 0x8f };

/** Bytes of the character at a place; 0 where there is none. */
function sequenceAt(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = bytes[at + 1] ?? 0;
  if (second < (LEAST_SECOND[first] ?? 0x80) || second > (GREATEST_SECOND[first] ?? 0xbf)) return 0;
  for (let next = at + 2; next < at + size; next++) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  return size;
}
