/**
 * Reads delimiter-separated text record by record, without making a string a field: a record is a range of the buffer a
 * field, valid until the next record. Quoted fields may hold the delimiter, doubled quotes and line breaks; empty lines
 * are skipped, and so are blanks before a field and a byte order mark.
 */
import { DoltError } from '../../base/errors.ts';

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const TAB = 9;
const FIRST_BUFFER_BYTES = 1 << 20;

/** How a field was written. */
export const Quoting = { plain: 0, quoted: 1, doubled: 2 } as const;

/** Reads up to `into.length` bytes; 0 at the end. */
export type ReadBytes = (into: Uint8Array) => number;

export class CsvReader {
  readonly #read: ReadBytes;
  readonly #delimiter: number;
  bytes = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  #limit = 0;
  #at = 0;
  #isEnd = false;
  #lines = 1;
  /** The record has text between a closing quote and the next delimiter. */
  #isStray = false;
  /** Whether the record has a quoted field, which may go over several lines. */
  #hasQuotes = false;
  /** Of the record: how many fields, and for each where it is, without its quotes. */
  count = 0;
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** One of Quoting. */
  quoting = new Uint8Array(64);
  /** The line that the record begins on, from 1. */
  line = 1;

  constructor(read: ReadBytes, delimiter: string) {
    this.#read = read;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#fill();
    if (this.bytes.subarray(0, Math.min(3, this.#limit)).equals(Buffer.from([0xef, 0xbb, 0xbf]))) this.#at = 3;
  }

  /**
   * Goes to the next record; false at the end. Throws `invalid` where a quote is not closed, and is then at the end, or
   * where something follows a closing quote, and is then at the record behind.
   */
  next(): boolean {
    for (;;) {
      while (this.#at < this.#limit && this.#skipsEmptyLine()) {}
      if (this.#at >= this.#limit) {
        if (!this.#fill()) return false;
        continue;
      }
      const end = this.#parse();
      this.line = this.#lines;
      if (end >= 0) {
        this.#lines += this.#hasQuotes ? this.#newlines(end) : 1;
        this.#at = end;
        if (this.#isStray) throw new DoltError('invalid', 'text follows the closing quote of a field');
        return true;
      }
      if (this.#fill()) continue;
      this.#at = this.#limit;
      this.count = 0;
      throw new DoltError('invalid', 'a quoted field has no end');
    }
  }

  /** A field as text; undefined for an empty one without quotes, which is NULL. */
  text(field: number): string | undefined {
    return fieldText(this.bytes, this.starts[field]!, this.ends[field]!, this.quoting[field]!);
  }

  /** The texts of the record's fields, for when it is no longer the one at hand. */
  kept(): () => (string | undefined)[] {
    const { count } = this;
    const first = this.starts[0]!;
    const bytes = Buffer.from(this.bytes.subarray(first, count === 0 ? first : this.ends[count - 1]!));
    const [starts, ends] = [this.starts.slice(0, count), this.ends.slice(0, count)];
    const quoting = this.quoting.slice(0, count);
    return () => Array.from(starts, (start, i) => fieldText(bytes, start - first, ends[i]! - first, quoting[i]!));
  }

  #newlines(end: number): number {
    let count = 0;
    for (let at = this.#at; at < end; at++) if (this.bytes[at] === NEWLINE) count++;
    return count;
  }

  #skipsEmptyLine(): boolean {
    const { bytes } = this;
    let at = this.#at;
    if (bytes[at] === RETURN && at + 1 < this.#limit) at++;
    if (bytes[at] !== NEWLINE) return false;
    this.#at = at + 1;
    this.#lines++;
    return true;
  }

  /** Finds the fields of the record at `#at`; its end, or -1 where the buffer ends first. */
  #parse(): number {
    const { bytes } = this;
    const limit = this.#limit;
    const delimiter = this.#delimiter;
    let at = this.#at;
    let count = 0;
    this.#isStray = false;
    this.#hasQuotes = false;
    for (;;) {
      if (count === this.starts.length) this.#widen();
      // Blanks before a field are none of it, as in the original.
      while (at < limit && (bytes[at] === SPACE || bytes[at] === TAB) && bytes[at] !== delimiter) at++;
      let start = at;
      let end: number;
      let quoting: number = Quoting.plain;
      if (at < limit && bytes[at] === QUOTE) {
        start = ++at;
        quoting = Quoting.quoted;
        this.#hasQuotes = true;
        for (;;) {
          while (at < limit && bytes[at] !== QUOTE) at++;
          if (at >= limit) return -1;
          if (at + 1 >= limit && !this.#isEnd) return -1;
          if (bytes[at + 1] !== QUOTE || at + 1 >= limit) break;
          quoting = Quoting.doubled;
          at += 2;
        }
        end = at++;
        for (; at < limit && bytes[at] !== delimiter && bytes[at] !== NEWLINE; at++) {
          if (bytes[at] !== SPACE && bytes[at] !== RETURN) this.#isStray = true;
        }
      } else {
        while (at < limit && bytes[at] !== delimiter && bytes[at] !== NEWLINE) at++;
        end = at;
        if (end > start && bytes[end - 1] === RETURN && (at >= limit || bytes[at] === NEWLINE)) end--;
      }
      if (at >= limit && !this.#isEnd) return -1;
      this.starts[count] = start;
      this.ends[count] = end;
      this.quoting[count] = quoting;
      count++;
      if (at < limit && bytes[at] === delimiter) at++;
      else break;
    }
    this.count = count;
    return at < limit ? at + 1 : at;
  }

  #widen(): void {
    const wider = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(2 * from.length);
      to.set(from);
      return to;
    };
    this.starts = wider(this.starts);
    this.ends = wider(this.ends);
    const quoting = new Uint8Array(2 * this.quoting.length);
    quoting.set(this.quoting);
    this.quoting = quoting;
  }

  /** Reads on behind what is not used yet; false when nothing more will come that was not known before. */
  #fill(): boolean {
    if (this.#isEnd) return false;
    const rest = this.#limit - this.#at;
    if (rest > this.bytes.length / 2) {
      const wider = Buffer.allocUnsafe(2 * this.bytes.length);
      this.bytes.copy(wider, 0, this.#at, this.#limit);
      this.bytes = wider;
    } else this.bytes.copy(this.bytes, 0, this.#at, this.#limit);
    this.#at = 0;
    this.#limit = rest;
    const count = this.#read(this.bytes.subarray(rest));
    this.#limit += count;
    if (count === 0) this.#isEnd = true;
    return count > 0 || rest > 0;
  }
}

function fieldText(bytes: Buffer, start: number, end: number, quoting: number): string | undefined {
  if (start === end && quoting === Quoting.plain) return undefined;
  const text = bytes.toString('utf8', start, end);
  return quoting === Quoting.doubled ? text.replaceAll('""', '"') : text;
}
