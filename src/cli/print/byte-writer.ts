/**
 * Text on its way out, written as bytes into a buffer that is used again: a string for each cell of a large result, joined
 * and encoded, would take several times as long.
 */
import { dateFromDays, formatDate, MICROS_PER_SECOND } from '../../sql/types/civil.ts';
import { formatDecimal } from '../../sql/types/decimal.ts';
import type { Integer } from '../../tuple/value.ts';

const FIRST_BYTES = 1 << 16;
/** Numbers and times take less. */
const SHORT_BYTES = 32;
/** Below it numbers are divided as 32-bit integers. */
const SMALL = 1_000_000_000;
const SECONDS_PER_DAY = 86_400;
/** A power of two. */
const DAYS = 512;

const POWERS = Float64Array.from({ length: 11 }, (_, i) => 10 ** i);

/** Of each character whether `word` takes it. */
const WORD_BYTES = new Uint8Array(128);
const ANYWHERE = 1;
const NOT_FIRST = 2;
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[\w-]/.test(character)) WORD_BYTES[code] = ANYWHERE;
  else if (/[ .:;/+@]/.test(character)) WORD_BYTES[code] = NOT_FIRST;
}

const ZERO = 48;
const MINUS = 45;
const POINT = 46;
const COLON = 58;
const SPACE = 32;

export class ByteWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;
  /** Dates written lately, each at the end of its day's number. */
  readonly #days = new Float64Array(DAYS).fill(Number.NaN);
  readonly #dates: string[] = new Array(DAYS).fill('');

  /** What was written since the last call; valid until the next write. */
  take(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  /** One ASCII character. */
  byte(code: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = code;
  }

  /** Text of one byte a character. */
  latin1(text: string): void {
    const { length } = text;
    this.#reserve(length);
    if (length > SHORT_BYTES) this.#length += this.#bytes.write(text, this.#length, 'latin1');
    else for (let i = 0; i < length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
  }

  /** Writes a text of letters, digits and what never needs quotes; false, and nothing, where it has anything else. */
  word(text: string): boolean {
    const { length } = text;
    this.#reserve(length);
    const bytes = this.#bytes;
    const start = this.#length;
    if (length === 0 || WORD_BYTES[text.charCodeAt(0)] !== ANYWHERE) return false;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (!WORD_BYTES[code]) return false;
      bytes[start + i] = code;
    }
    this.#length = start + length;
    return true;
  }

  utf8(text: string): void {
    this.#reserve(3 * text.length);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  integer(value: Integer): void {
    if (typeof value !== 'number' || value >= SMALL || value <= -SMALL) this.latin1(String(value));
    else this.#digits(value, 0);
  }

  /** An unscaled decimal. */
  decimal(value: Integer, scale: number): void {
    if (typeof value !== 'number' || value >= SMALL || value <= -SMALL || scale > 9) {
      this.latin1(formatDecimal(value, scale));
    } else this.#digits(value, scale);
  }

  /** A DATETIME in whole seconds that is held as a number: of the years 1684 to 2255. */
  datetime(micros: number): void {
    const seconds = Math.floor(micros / MICROS_PER_SECOND);
    const day = Math.floor(seconds / SECONDS_PER_DAY);
    const slot = day & (DAYS - 1);
    if (this.#days[slot] !== day) {
      this.#days[slot] = day;
      this.#dates[slot] = formatDate(dateFromDays(day));
    }
    this.latin1(this.#dates[slot]!);
    const time = seconds - day * SECONDS_PER_DAY;
    const minutes = (time / 60) | 0;
    this.#reserve(SHORT_BYTES);
    this.#two(SPACE, (minutes / 60) | 0);
    this.#two(COLON, minutes % 60);
    this.#two(COLON, time % 60);
  }

  #two(before: number, value: number): void {
    const bytes = this.#bytes;
    bytes[this.#length++] = before;
    bytes[this.#length++] = ZERO + ((value / 10) | 0);
    bytes[this.#length++] = ZERO + (value % 10);
  }

  /** Digits of a small integer, the last `scale` of them after a point. */
  #digits(value: number, scale: number): void {
    this.#reserve(SHORT_BYTES);
    const bytes = this.#bytes;
    if (value < 0) bytes[this.#length++] = MINUS;
    let rest = value < 0 ? -value : value;
    let count = scale + 1;
    while (rest >= POWERS[count]!) count++;
    let at = this.#length + count + (scale > 0 ? 1 : 0);
    this.#length = at;
    for (let i = 0; i < count; i++) {
      if (i === scale && scale > 0) bytes[--at] = POINT;
      const next = (rest / 10) | 0;
      bytes[--at] = ZERO + rest - next * 10;
      rest = next;
    }
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
