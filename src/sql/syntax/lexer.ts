/**
 * The lexer: one token at a time from the text, on character codes, without making an object a token. The current token
 * is in the fields; its value is made only when asked for. A parser that must look further ahead marks its place and
 * comes back: reading a token again is cheap.
 *
 * Comments are white space, except for those that begin with `/*!`: their content is code.
 */
import { SqlSyntaxError } from './sql-syntax-error.ts';
import { WordTable } from './word-table.ts';

export type TokenKind =
  | 'end'
  /** An unquoted name or keyword. */
  | 'word'
  /** A quoted name. */
  | 'quoted'
  | 'string'
  | 'number'
  /** x'…', 0x… */
  | 'hex'
  | 'bit'
  /** `@name`, `@'name'`, and a bare `@` before what follows in `user@host`. */
  | 'variable'
  /** `@@`, with what follows glued to it. */
  | 'system'
  | '?'
  | 'operator';

/** What the lexer must know of the session. */
export interface LexerOptions {
  readonly ansiQuotes?: boolean | undefined;
  readonly noBackslashEscapes?: boolean | undefined;
}

/** A place to come back to. */
export interface Mark {
  readonly start: number;
  readonly codeComments: number;
  readonly lastEnd: number;
}

const WORD = 1;
const DIGIT = 2;
const SPACE = 4;
/** May begin a comment, or end one that holds code. */
const COMMENT = 8;
/** By character code below 128: what it may be. Everything above is part of a word. */
const classes = new Uint8Array(128);
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
markAs(WORD, `${LETTERS}${LETTERS.toUpperCase()}${DIGITS}_$`);
markAs(DIGIT, DIGITS);
markAs(SPACE, ' \t\r\n\f\v');
markAs(COMMENT, '#*/-');
function markAs(kind: number, characters: string): void {
  for (let k = 0; k < characters.length; k++) classes[characters.charCodeAt(k)]! |= kind;
}
const isWordCode = (code: number): boolean => code >= 128 || (classes[code]! & WORD) !== 0;
const isDigitCode = (code: number): boolean => code >= 48 && code <= 57;
const isSpaceCode = (code: number): boolean => code <= 32 && (classes[code]! & SPACE) !== 0;
const isHexCode = (code: number): boolean =>
  isDigitCode(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);

const QUOTE = 39;
const DOUBLE_QUOTE = 34;
const BACKTICK = 96;
const BACKSLASH = 92;

/** `/*!80034 …` is for servers of that version on; this one speaks as 8.0.33. */
export const SERVER_VERSION = 80033;

/** Characters of a string that are looked at one by one, before a search of the text takes less time. */
const LOOKED_AT = 16;

/** Shared by all lexers: the words of statements repeat. */
const words = new WordTable();

const operators1 = new Map<number, string>();
for (const operator of '()[]{},;.+-*/%=<>!~^&|:') operators1.set(operator.charCodeAt(0), operator);

export class Lexer {
  readonly text: string;
  kind: TokenKind = 'end';
  /** The token is `text.slice(start, end)`. */
  start = 0;
  end = 0;
  /** Of a word: lower case. Of an operator: itself. Otherwise ''. */
  word = '';
  /** End of the token before. */
  lastEnd = 0;
  ansiQuotes = false;
  noBackslashEscapes = false;
  /** Where the readable text ends: that of the script, or of a statement whose end is known. */
  limit: number;
  /** Of a word: as written. */
  #name = '';
  /** The token needs unescaping. */
  #escaped = false;
  /** How many `/*!` are open. */
  #codeComments = 0;
  /** The first backslash of the text from the place on where one was searched for. */
  #backslash = -1;
  #searched = 0;
  /** The same where the token begins, before the comments that end in front of it. */
  #tokenCodeComments = 0;

  constructor(text: string) {
    this.text = text;
    this.limit = text.length;
  }

  setOptions(options: LexerOptions): void {
    this.ansiQuotes = options.ansiQuotes === true;
    this.noBackslashEscapes = options.noBackslashEscapes === true;
  }

  mark(): Mark {
    return { start: this.start, codeComments: this.#tokenCodeComments, lastEnd: this.lastEnd };
  }

  /** Makes the token at the mark the current one again. */
  reset(mark: Mark): void {
    this.#codeComments = mark.codeComments;
    this.end = mark.start;
    this.#read(false);
    this.lastEnd = mark.lastEnd;
  }

  advance(): void {
    this.lastEnd = this.end;
    this.#read(this.kind === 'operator' && this.word === '.');
  }

  /** Goes to the first token at or after an offset, outside all comments. */
  seek(offset: number): void {
    this.#codeComments = 0;
    this.end = offset;
    this.#read(false);
    this.lastEnd = offset;
  }

  /** The first code after the current token and the white space that follows it; NaN at the end. Comments count as themselves. */
  codeAfter(): number {
    let at = this.end;
    while (at < this.limit && isSpaceCode(this.text.charCodeAt(at))) at++;
    return at < this.limit ? this.text.charCodeAt(at) : Number.NaN;
  }

  /** The source of the current token. */
  source(): string {
    return this.text.slice(this.start, this.end);
  }

  /** The name that a word or a quoted name is. */
  nameValue(): string {
    if (this.kind === 'word') return this.#name;
    const quote = this.text.charCodeAt(this.start);
    const inner = this.text.slice(this.start + 1, this.end - 1);
    if (!this.#escaped) return inner;
    const mark = String.fromCharCode(quote);
    return inner.replaceAll(mark + mark, mark);
  }

  /** The value of a string token. */
  stringValue(): string {
    const first = this.text.charCodeAt(this.start);
    const open = first === QUOTE || first === DOUBLE_QUOTE ? this.start : this.start + 1;
    if (!this.#escaped) return this.text.slice(open + 1, this.end - 1);
    return this.#unescape(open + 1, this.end - 1, this.text.charCodeAt(open));
  }

  /** The digits of a hex or bit token. */
  digits(): string {
    const quoted = this.text.charCodeAt(this.end - 1) === QUOTE;
    return this.text.slice(this.start + 2, quoted ? this.end - 1 : this.end);
  }

  /** `afterDot`: a word may begin with digits. */
  #read(afterDot: boolean): void {
    const text = this.text;
    const length = this.limit;
    this.#tokenCodeComments = this.#codeComments;
    let at = this.end;
    let code = 0;
    for (;;) {
      if (at >= length) {
        this.kind = 'end';
        this.word = '';
        this.start = this.end = length;
        return;
      }
      code = text.charCodeAt(at);
      if (isSpaceCode(code)) {
        at++;
        continue;
      }
      if (code >= 128 || (classes[code]! & COMMENT) === 0) break;
      const after = this.#skipComment(at, code);
      if (after === at) break;
      at = after;
      this.#tokenCodeComments = this.#codeComments;
    }
    this.start = at;
    if (code < 128 && (classes[code]! & DIGIT) !== 0 && !afterDot) this.#readNumber(at, code);
    else if (isWordCode(code)) this.#readWord(at, code);
    else this.#readOther(at, code);
  }

  /** The offset after the comment that begins at `at`; `at` itself when none does. */
  #skipComment(at: number, code: number): number {
    const text = this.text;
    if (code === 35 /* # */) return this.#endOfLine(at);
    const next = text.charCodeAt(at + 1);
    if (code === 45 /* - */ && next === 45) {
      const third = text.charCodeAt(at + 2);
      // Two dashes alone are two minus signs.
      return Number.isNaN(third) || third <= 32 ? this.#endOfLine(at) : at;
    }
    if (code === 42 /* * */ && next === 47 && this.#codeComments > 0) {
      this.#codeComments--;
      return at + 2;
    }
    if (code !== 47 /* / */ || next !== 42) return at;
    let inside = at + 2;
    if (text.charCodeAt(inside) === 33 /* ! */) {
      inside++;
      let version = 0;
      const digits = inside;
      while (inside < digits + 6 && isDigitCode(text.charCodeAt(inside))) {
        version = version * 10 + text.charCodeAt(inside++) - 48;
      }
      if (inside - digits < 5) {
        inside = digits;
        version = 0;
      }
      if (version <= SERVER_VERSION) {
        this.#codeComments++;
        return inside;
      }
    }
    const close = text.indexOf('*/', inside);
    if (close < 0 || close >= this.limit) throw this.errorAt(at, 'unclosed comment');
    return close + 2;
  }

  #endOfLine(at: number): number {
    const end = this.text.indexOf('\n', at);
    return end < 0 || end >= this.limit ? this.limit : end + 1;
  }

  #readWord(start: number, first: number): void {
    const text = this.text;
    let at = start + 1;
    if (text.charCodeAt(at) === QUOTE && this.#readPrefixedLiteral(start, first)) return;
    const length = this.limit;
    let hash = text.charCodeAt(start);
    for (; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code < 128 && (classes[code]! & WORD) === 0) break;
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    this.kind = 'word';
    this.end = at;
    const slot = words.find(text, start, at, hash);
    this.#name = words.written[slot]!;
    this.word = words.lower[slot]!;
  }

  /** x'41', b'101', n'text'; false when the letter is none of these. */
  #readPrefixedLiteral(start: number, first: number): boolean {
    const letter = first | 32;
    if (letter === 110 /* n */) {
      this.#readString(start + 1, QUOTE);
      return true;
    }
    if (letter !== 120 /* x */ && letter !== 98 /* b */) return false;
    const isHex = letter === 120;
    const at = this.#digitsEnd(start + 2, isHex);
    const isOdd = isHex && (at - start) % 2 !== 0;
    if (this.text.charCodeAt(at) !== QUOTE || isOdd) throw this.errorAt(start);
    this.kind = isHex ? 'hex' : 'bit';
    this.word = '';
    this.end = at + 1;
    return true;
  }

  /** The end of the hexadecimal or binary digits at `at`. */
  #digitsEnd(at: number, isHex: boolean): number {
    let end = at;
    for (;;) {
      const code = this.text.charCodeAt(end);
      if (isHex ? !isHexCode(code) : code !== 48 && code !== 49) return end;
      end++;
    }
  }

  #readNumber(start: number, first: number): void {
    const text = this.text;
    let at = start + 1;
    let code = text.charCodeAt(at);
    this.word = '';
    if (first === 48 && (code === 120 || code === 98) && this.#readPrefixedNumber(start, code)) return;
    while (isDigitCode(code)) code = text.charCodeAt(++at);
    if (code === 46 /* . */) {
      code = text.charCodeAt(++at);
      while (isDigitCode(code)) code = text.charCodeAt(++at);
      at = this.#exponentEnd(at);
    } else if ((code | 32) === 101 /* e */) {
      const end = this.#exponentEnd(at);
      if (end === at) {
        this.#readWord(start, 0);
        return;
      }
      at = end;
    } else if (isWordCode(code)) {
      // A name may begin with digits, as long as it holds something else.
      this.#readWord(start, 0);
      return;
    }
    this.kind = 'number';
    this.end = at;
  }

  /** The end of `e+10` at `at`, or `at` when it is none. */
  #exponentEnd(at: number): number {
    if ((this.text.charCodeAt(at) | 32) !== 101) return at;
    let end = at + 1;
    const sign = this.text.charCodeAt(end);
    if (sign === 43 || sign === 45) end++;
    if (!isDigitCode(this.text.charCodeAt(end))) return at;
    while (isDigitCode(this.text.charCodeAt(end))) end++;
    return end;
  }

  /** 0x41, 0b101; false when it is a name like `0xyz`. */
  #readPrefixedNumber(start: number, letter: number): boolean {
    const isHex = letter === 120;
    const at = this.#digitsEnd(start + 2, isHex);
    const after = this.text.charCodeAt(at);
    if (at === start + 2 || (!Number.isNaN(after) && isWordCode(after))) return false;
    this.kind = isHex ? 'hex' : 'bit';
    this.end = at;
    return true;
  }

  #readOther(start: number, code: number): void {
    this.word = '';
    switch (code) {
      case QUOTE:
        this.#readString(start, QUOTE);
        return;
      case DOUBLE_QUOTE:
        this.ansiQuotes ? this.#readQuotedName(start, code) : this.#readString(start, code);
        return;
      case BACKTICK:
        this.#readQuotedName(start, code);
        return;
      case 63 /* ? */:
        this.kind = '?';
        this.end = start + 1;
        return;
      case 64 /* @ */:
        this.#readVariable(start);
        return;
      case 46 /* . */:
        if (isDigitCode(this.text.charCodeAt(start + 1)) && !this.#followsName(start)) {
          this.#readFraction(start);
          return;
        }
        break;
    }
    this.#readOperator(start, code);
  }

  /** Whether a dot at `start` continues the name before it: `t.1a`. */
  #followsName(start: number): boolean {
    return this.lastEnd === start && (this.kind === 'word' || this.kind === 'quoted');
  }

  #readFraction(start: number): void {
    let at = start + 1;
    while (isDigitCode(this.text.charCodeAt(at))) at++;
    this.kind = 'number';
    this.end = this.#exponentEnd(at);
  }

  #readOperator(start: number, code: number): void {
    const next = this.text.charCodeAt(start + 1);
    let operator: string | undefined;
    switch (code) {
      case 60 /* < */:
        if (next === 61) operator = this.text.charCodeAt(start + 2) === 62 ? '<=>' : '<=';
        else if (next === 62) operator = '<>';
        else if (next === 60) operator = '<<';
        break;
      case 62 /* > */:
        if (next === 61) operator = '>=';
        else if (next === 62) operator = '>>';
        break;
      case 33 /* ! */:
        if (next === 61) operator = '!=';
        break;
      case 124 /* | */:
        if (next === 124) operator = '||';
        break;
      case 38 /* & */:
        if (next === 38) operator = '&&';
        break;
      case 58 /* : */:
        if (next === 61) operator = ':=';
        break;
      case 45 /* - */:
        if (next === 62) operator = this.text.charCodeAt(start + 2) === 62 ? '->>' : '->';
        break;
    }
    operator ??= operators1.get(code);
    if (operator === undefined) throw this.errorAt(start);
    this.kind = 'operator';
    this.word = operator;
    this.end = start + operator.length;
  }

  /** From the quote at `open`; the token may have begun before it. */
  #readString(open: number, quote: number): void {
    const text = this.text;
    const length = this.limit;
    let at = open + 1;
    this.#escaped = false;
    const looked = at + LOOKED_AT;
    let close = -1;
    for (;;) {
      if (at >= looked) {
        if (close < at) close = firstFrom(text, at, quote === QUOTE ? "'" : '"');
        at = this.noBackslashEscapes ? close : Math.min(close, this.#backslashFrom(at));
      }
      if (at >= length) throw this.errorAt(open, 'unclosed string');
      const code = text.charCodeAt(at);
      if (code === quote) {
        if (text.charCodeAt(at + 1) !== quote) break;
        this.#escaped = true;
        at += 2;
      } else if (code === BACKSLASH && !this.noBackslashEscapes) {
        this.#escaped = true;
        at += 2;
      } else at++;
    }
    this.kind = 'string';
    this.word = '';
    this.end = at + 1;
  }

  /** The first backslash from a place on. */
  #backslashFrom(place: number): number {
    if (place < this.#searched || place > this.#backslash) {
      this.#searched = place;
      this.#backslash = firstFrom(this.text, place, '\\');
    }
    return this.#backslash;
  }

  #unescape(from: number, to: number, quote: number): string {
    const text = this.text;
    let result = '';
    let copied = from;
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        result += text.slice(copied, at);
        copied = ++at;
      } else if (code === BACKSLASH && !this.noBackslashEscapes) {
        result += text.slice(copied, at);
        copied = ++at;
        const meaning = escapes.get(text.charCodeAt(at));
        if (meaning !== undefined) {
          result += meaning;
          copied = at + 1;
        }
      }
    }
    return result + text.slice(copied, to);
  }

  #readQuotedName(start: number, quote: number): void {
    const mark = String.fromCharCode(quote);
    this.#escaped = false;
    let at = start + 1;
    for (;;) {
      at = this.text.indexOf(mark, at);
      if (at < 0 || at >= this.limit) throw this.errorAt(start, 'unclosed quoted name');
      if (this.text.charCodeAt(at + 1) !== quote) break;
      this.#escaped = true;
      at += 2;
    }
    this.kind = 'quoted';
    this.end = at + 1;
  }

  #readVariable(start: number): void {
    const next = this.text.charCodeAt(start + 1);
    if (next === 64) {
      this.kind = 'system';
      this.end = start + 2;
      return;
    }
    this.kind = 'variable';
    let at = start + 1;
    // A user variable may hold dots; a quoted one is read by the parser as the next token.
    while (at < this.limit) {
      const code = this.text.charCodeAt(at);
      if (!isWordCode(code) && code !== 46) break;
      at++;
    }
    this.end = at;
  }

  /** A syntax error at an offset. */
  errorAt(offset: number, reason?: string): SqlSyntaxError {
    return new SqlSyntaxError(this.text, offset, this.text.slice(offset, offset + 80), reason);
  }
}

/** The place of a character from `from` on, infinite where there is none. */
function firstFrom(text: string, from: number, character: string): number {
  const at = text.indexOf(character, from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

/** After a backslash; `\%` and `\_` keep it, for LIKE; any other character is itself. */
const escapes = new Map<number, string>(
  Object.entries({
    '0': '\0',
    b: '\b',
    n: '\n',
    r: '\r',
    t: '\t',
    Z: '\x1a',
    '%': '\\%',
    _: '\\_',
  }).map(([letter, meaning]) => [letter.charCodeAt(0), meaning]),
);
