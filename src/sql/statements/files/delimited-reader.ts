/**
 * Takes a file of delimited fields apart, as it comes, by the rules of MySQL's LOAD DATA: a field that begins with the
 * enclosing byte ends with it, if a field's or a line's end follows, and may hold either; twice that byte stands for one.
 *
 * The file is a string of bytes, a character each: delimiters are found in any character set, and bytes that are no text
 * reach binary columns as they are. A row that has not come whole is tried again when there is twice as much of it, so
 * that long rows take time in proportion to their length.
 */
import { SqlError } from '../../types/sql-error.ts';
import type { DelimitedFormat } from './delimited-format.ts';

/** Bytes that are taken together before rows are looked for. */
const LEAST_PIECE = 1 << 18;

/** How a field ended; `more`: it has not, and there is more to come. */
type FieldEnd = 'field' | 'line' | 'more';

export class DelimitedReader {
  readonly #format: DelimitedFormat;
  /** Of each byte, whether it may be more than one of a field's own: the rest of a field is skipped at once. */
  readonly #isMark: Uint8Array;
  readonly #maxRow: number;
  /** The fields of the row at hand: their bytes, without what encloses and escapes them. NULL is null. */
  readonly fields: (string | null)[] = [];
  #text = '';
  #at = 0;
  #pieces: Uint8Array[] = [];
  #pending = 0;
  /** What has to be there before it makes sense to look again. */
  #wanted = 0;
  #ended = false;

  /** `maxRow`: bytes that a row may have. */
  constructor(format: DelimitedFormat, maxRow: number) {
    this.#format = format;
    this.#isMark = marksOf(format);
    this.#maxRow = Math.min(maxRow, MOST_TEXT);
  }

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#pending += bytes.length;
    if (this.#pending >= LEAST_PIECE) this.#join();
  }

  /** Nothing more comes. */
  end(): void {
    this.#ended = true;
    this.#join();
  }

  #join(): void {
    const rest = this.#text.length - this.#at;
    if (rest > this.#maxRow) {
      throw new SqlError(1153, '08S01', "A row of the file is longer than 'max_allowed_packet' bytes");
    }
    const bytes = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    const { buffer, byteOffset, byteLength } = bytes;
    this.#text = this.#text.slice(this.#at) + Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
    this.#at = 0;
    this.#pieces = [];
    this.#pending = 0;
  }

  /** Goes to the next row; false where it has not come whole, or there is none. `columns`: fields that are wanted. */
  next(columns: number): boolean {
    if (!this.#ended && this.#text.length - this.#at < this.#wanted) return false;
    const start = this.#at;
    if (this.#readRow(columns)) {
      this.#wanted = 0;
      return true;
    }
    this.#at = start;
    this.#wanted = 2 * (this.#text.length - start);
    return false;
  }

  /** Skips a line, whatever encloses what in it; false where its end has not come. */
  skipLine(): boolean {
    const { escapeByte, lineEnd } = this.#format;
    if (lineEnd === '') return true;
    const text = this.#text;
    for (let at = this.#at; at < text.length; at++) {
      if (text.charCodeAt(at) === escapeByte) at++;
      else if (text.startsWith(lineEnd, at)) {
        this.#at = at + lineEnd.length;
        return true;
      }
    }
    if (this.#ended) this.#at = text.length;
    return false;
  }

  #readRow(columns: number): boolean {
    this.fields.length = 0;
    if (!this.#toLineStart() || (this.#ended && this.#at >= this.#text.length)) return false;
    for (;;) {
      const end = this.#readField();
      if (end === 'more') return false;
      if (end === 'line') return true;
      if (this.#format.lineEnd === '' && this.fields.length >= columns) return true;
    }
  }

  #toLineStart(): boolean {
    const { lineStart } = this.#format;
    if (lineStart === '') return true;
    const found = this.#text.indexOf(lineStart, this.#at);
    if (found < 0) {
      if (this.#ended) this.#at = this.#text.length;
      return false;
    }
    this.#at = found + lineStart.length;
    return true;
  }

  #readField(): FieldEnd {
    const text = this.#text;
    const isMark = this.#isMark;
    const { enclosureByte, escapeByte } = this.#format;
    const encloses = enclosureByte >= 0 && text.charCodeAt(this.#at) === enclosureByte;
    const first = this.#at;
    let at = encloses ? first + 1 : first;
    let start = at;
    let before = '';
    let escapedNull = false;
    for (; ; at++) {
      while (at < text.length && isMark[text.charCodeAt(at)] === 0) at++;
      const code = at < text.length ? text.charCodeAt(at) : -1;
      if (code < 0) {
        if (!this.#ended) return 'more';
        // What was opened and not closed is part of the field.
        const opened = encloses ? text[first]! : '';
        return this.#endField(opened + before + text.slice(start, at), encloses, escapedNull, at, 'line');
      }
      if (
        code === escapeByte &&
        (escapeByte !== enclosureByte || (!encloses && text.charCodeAt(at + 1) === escapeByte))
      ) {
        if (at + 1 >= text.length) {
          if (!this.#ended) return 'more';
          continue;
        }
        const next = text[at + 1]!;
        if (next === 'N' && escapeByte !== enclosureByte) escapedNull = true;
        before += text.slice(start, at) + (escapeByte === enclosureByte ? next : (UNESCAPED[next] ?? next));
        start = at + 2;
        at++;
        continue;
      }
      if (!encloses) {
        const end = this.#endAt(at);
        if (end === undefined) continue;
        if (end === 'more') return 'more';
        return this.#endField(before + text.slice(start, at), false, escapedNull, at + this.#lengthOf(end), end);
      }
      if (code !== enclosureByte) continue;
      if (at + 1 >= text.length && !this.#ended) return 'more';
      if (text.charCodeAt(at + 1) === enclosureByte) {
        before += text.slice(start, at + 1);
        start = at + 2;
        at++;
        continue;
      }
      const end = at + 1 >= text.length ? 'line' : this.#endAt(at + 1);
      if (end === undefined) continue;
      if (end === 'more') return 'more';
      const after = at + 1 >= text.length ? text.length : at + 1 + this.#lengthOf(end);
      return this.#endField(before + text.slice(start, at), true, escapedNull, after, end);
    }
  }

  #lengthOf(end: FieldEnd): number {
    return end === 'line' ? this.#format.lineEnd.length : this.#format.fieldEnd.length;
  }

  /** What ends at a place: `more` where that depends on what comes. */
  #endAt(at: number): FieldEnd | undefined {
    const { lineEnd, fieldEnd } = this.#format;
    const line = this.#matches(lineEnd, at);
    if (line === true) return 'line';
    const field = this.#matches(fieldEnd, at);
    if (field === true && line === false) return 'field';
    return line === false && field === false ? undefined : 'more';
  }

  /** Undefined where only a beginning of the mark has come. */
  #matches(mark: string, at: number): boolean | undefined {
    const text = this.#text;
    if (mark === '' || text.charCodeAt(at) !== mark.charCodeAt(0)) return false;
    if (mark.length === 1 || text.startsWith(mark, at)) return true;
    if (this.#ended || at + mark.length <= text.length) return false;
    return mark.startsWith(text.slice(at)) ? undefined : false;
  }

  #endField(bytes: string, enclosed: boolean, escapedNull: boolean, after: number, end: FieldEnd): FieldEnd {
    const { enclosureByte } = this.#format;
    const isNull = (escapedNull && bytes === 'N') || (enclosureByte >= 0 && !enclosed && bytes === 'NULL');
    this.fields.push(isNull ? null : bytes);
    this.#at = after;
    return end;
  }
}

function marksOf({ enclosureByte, escapeByte, fieldEnd, lineEnd }: DelimitedFormat): Uint8Array {
  const marks = new Uint8Array(256);
  const bytes = [enclosureByte, escapeByte, ...[fieldEnd, lineEnd].map((end) => (end === '' ? -1 : end.charCodeAt(0)))];
  for (const byte of bytes) if (byte >= 0) marks[byte] = 1;
  return marks;
}

/** No string of this runtime is longer than twice this. */
const MOST_TEXT = 1 << 28;

const UNESCAPED: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
};
