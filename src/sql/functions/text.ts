/** Strings by characters: a character is a code point. Strings without surrogates take the short way. */

const SURROGATE = /[\ud800-\udfff]/;

function hasSurrogates(text: string): boolean {
  return SURROGATE.test(text);
}

/** Characters `start` (from 0) to `end`. */
export function sliceCharacters(text: string, start: number, end: number = text.length): string {
  if (!hasSurrogates(text)) return text.slice(start, end);
  return [...text].slice(start, end).join('');
}

export function lengthOf(text: string): number {
  return hasSurrogates(text) ? [...text].length : text.length;
}

/** SUBSTRING: positions from 1, negative ones from the end. */
export function substring(text: string, position: number, length: number): string {
  if (position === 0 || length <= 0) return '';
  const total = lengthOf(text);
  const start = position > 0 ? position - 1 : total + position;
  if (start < 0 || start >= total) return '';
  return sliceCharacters(text, start, Math.min(total, start + length));
}

/** Position in characters (from 1) of a UTF-16 index. */
export function characterPosition(text: string, index: number): number {
  return lengthOf(text.slice(0, index)) + 1;
}

/** UTF-16 index of a character position (from 1). */
export function indexOfPosition(text: string, position: number): number {
  if (!hasSurrogates(text)) return position - 1;
  return [...text].slice(0, position - 1).join('').length;
}
