/**
 * JSON documents as trees, from and to text. Two texts exist (FORMAT §5.8): the *stored* one (compact, keys by bytes,
 * numbers as ECMAScript prints doubles) and the *computed* one, the Value of expressions of type JSON. The computed
 * text is the stored one with three additions, which keep what SQL functions know of a number: integers of any size
 * stay exact, a double with a fraction carries an exponent (`1.5e0`), so a number with a point alone is a DECIMAL, and
 * a temporal value is a string marked with `@`. Types tell the two apart (`JsonType.computed`), and `parseJson` is told
 * which it reads.
 */
import { compareCodePoints } from '../../tuple/code-points.ts';
import { invalidJsonText, type SqlError } from './sql-error.ts';

export class JsonDecimal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
/** A date, time or datetime inside a document, as SQL prints it there. */
export class JsonTemporal {
  readonly kind: 'DATE' | 'TIME' | 'DATETIME';
  readonly text: string;
  constructor(kind: 'DATE' | 'TIME' | 'DATETIME', text: string) {
    this.kind = kind;
    this.text = text;
  }
}
/** A number with a fraction or beyond integers is a double; an integral `number` counts as an integer. */
export type JsonScalar = null | boolean | number | bigint | string | JsonDecimal | JsonTemporal;
export type JsonObject = Map<string, JsonValue>;
export type JsonValue = JsonScalar | JsonValue[] | JsonObject;

/** `text` is what users write (every number a double), the others as above. */
export type JsonDialect = 'text' | 'stored' | 'computed';

const MAX_DEPTH = 100;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings.
const PLAIN = /[^"\\\u0000-\u001f]*/y;

class JsonParser {
  readonly #text: string;
  readonly #dialect: JsonDialect;
  readonly #fail: (reason: string, position: number) => SqlError;
  #at = 0;

  constructor(text: string, dialect: JsonDialect, fail: (reason: string, position: number) => SqlError) {
    this.#text = text;
    this.#dialect = dialect;
    this.#fail = fail;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#blanks();
    if (this.#at < this.#text.length)
      throw this.#fail('The document root must not be followed by other values.', this.#at);
    return value;
  }

  #blanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#at++;
    }
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw this.#fail('The JSON document exceeds the maximum depth.', this.#at);
    this.#blanks();
    if (this.#at >= this.#text.length) throw this.#fail('The document is empty.', this.#at);
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      case '@':
        if (this.#dialect === 'computed') return this.#temporal();
        throw this.#fail('Invalid value.', this.#at);
      default:
        return this.#number();
    }
  }

  #word(word: string, value: boolean | null): JsonValue {
    if (!this.#text.startsWith(word, this.#at)) throw this.#fail('Invalid value.', this.#at);
    this.#at += word.length;
    return value;
  }

  #number(): JsonValue {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#fail('Invalid value.', this.#at);
    this.#at += match[0].length;
    const value = Number(match[0]);
    if (!Number.isFinite(value)) throw this.#fail('Number too big to be stored in double.', this.#at);
    if (this.#dialect === 'text' || match[2] !== undefined) return value;
    if (match[1] !== undefined) return this.#dialect === 'stored' ? value : new JsonDecimal(match[0]);
    if (match[0] === '-0') return -0;
    return Number.isSafeInteger(value) ? value : BigInt(match[0]);
  }

  #temporal(): JsonTemporal {
    const kind = this.#text[this.#at + 1];
    this.#at += 2;
    const text = this.#string();
    return new JsonTemporal(kind === 'd' ? 'DATE' : kind === 't' ? 'TIME' : 'DATETIME', text);
  }

  #string(): string {
    this.#at++;
    let result = '';
    for (;;) {
      PLAIN.lastIndex = this.#at;
      const plain = (PLAIN.exec(this.#text) as RegExpExecArray)[0];
      result += plain;
      this.#at += plain.length;
      const next = this.#text[this.#at];
      if (next === '"') {
        this.#at++;
        return result;
      }
      if (next === undefined) throw this.#fail('Missing a closing quotation mark in string.', this.#at);
      if (next !== '\\') throw this.#fail('Invalid encoding in string.', this.#at);
      const letter = this.#text[this.#at + 1] ?? '';
      if (letter === 'u') {
        const hex = this.#text.slice(this.#at + 2, this.#at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(hex))
          throw this.#fail('Incorrect hex digit after \\u escape in string.', this.#at);
        result += String.fromCharCode(Number.parseInt(hex, 16));
        this.#at += 6;
      } else {
        const character = ESCAPES[letter];
        if (character === undefined) throw this.#fail('Invalid escape character in string.', this.#at);
        result += character;
        this.#at += 2;
      }
    }
  }

  #array(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    this.#at++;
    this.#blanks();
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return items;
    }
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#blanks();
      const next = this.#text[this.#at++];
      if (next === ']') return items;
      if (next !== ',') throw this.#fail('Missing a comma or ] after an array element.', this.#at - 1);
    }
  }

  #object(depth: number): JsonObject {
    const members: JsonObject = new Map();
    this.#at++;
    this.#blanks();
    if (this.#text[this.#at] === '}') {
      this.#at++;
      return members;
    }
    for (;;) {
      this.#blanks();
      if (this.#text[this.#at] !== '"') throw this.#fail('Missing a name for object member.', this.#at);
      const name = this.#string();
      this.#blanks();
      if (this.#text[this.#at] !== ':') throw this.#fail('Missing a colon after a name of object member.', this.#at);
      this.#at++;
      members.set(name, this.#value(depth + 1));
      this.#blanks();
      const next = this.#text[this.#at++];
      if (next === '}') return members;
      if (next !== ',') throw this.#fail('Missing a comma or } after an object member.', this.#at - 1);
    }
  }
}

/** Throws ER_INVALID_JSON_TEXT, or what `fail` makes of reason and position. */
export function parseJson(text: string, dialect: JsonDialect, fail = invalidJsonText): JsonValue {
  return new JsonParser(text, dialect, fail).document();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them.
const NEEDS_ESCAPE = /["\\\u0000-\u001f\u2028\u2029]/;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
function escaped(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
/** A string with its quotes. */
export function quoteJson(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  let quoted = '';
  for (const character of text) quoted += NEEDS_ESCAPE.test(character) ? escaped(character) : character;
  return `"${quoted}"`;
}

function doubleText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

export function byBytes(object: JsonObject): string[] {
  return [...object.keys()].sort(compareCodePoints);
}
/** By length in bytes, then by bytes: how documents print. */
export function displayKeys(object: JsonObject): string[] {
  return [...object.keys()].sort((a, b) => Buffer.byteLength(a) - Buffer.byteLength(b) || compareCodePoints(a, b));
}

/** The Value of a JSON expression. */
export function computedText(value: JsonValue): string {
  if (typeof value === 'number') {
    const text = doubleText(value);
    return Number.isInteger(value) || text.includes('e') ? text : `${text}e0`;
  }
  if (value instanceof JsonTemporal) {
    return `@${value.kind === 'DATE' ? 'd' : value.kind === 'TIME' ? 't' : 's'}${quoteJson(value.text)}`;
  }
  if (Array.isArray(value)) return `[${value.map(computedText).join(',')}]`;
  if (value instanceof Map) {
    return `{${byBytes(value)
      .map((key) => `${quoteJson(key)}:${computedText(value.get(key) as JsonValue)}`)
      .join(',')}}`;
  }
  return scalarText(value);
}

function scalarText(value: Exclude<JsonScalar, number | JsonTemporal>): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quoteJson(value);
  if (value instanceof JsonDecimal) return value.text;
  return String(value);
}

/** What a JSON column stores: a DECIMAL becomes a string, a datetime a string in RFC 3339. */
export function storedText(value: JsonValue): string {
  if (typeof value === 'number') return doubleText(value);
  if (value instanceof JsonDecimal) return quoteJson(value.text);
  if (value instanceof JsonTemporal) return quoteJson(storedTemporal(value));
  if (Array.isArray(value)) return `[${value.map(storedText).join(',')}]`;
  if (value instanceof Map) {
    return `{${byBytes(value)
      .map((key) => `${quoteJson(key)}:${storedText(value.get(key) as JsonValue)}`)
      .join(',')}}`;
  }
  return scalarText(value);
}

function storedTemporal(value: JsonTemporal): string {
  if (value.kind === 'TIME') return value.text;
  const [date, time = '00:00:00'] = value.text.split(' ');
  return `${date}T${time.replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros)).replace(/(\.\d*?)0+$/, '$1')}Z`;
}

/** As SELECT prints a computed document: `, ` and `: `, keys by length. */
export function displayText(value: JsonValue): string {
  if (typeof value === 'number') return doubleText(value);
  if (value instanceof JsonTemporal) return quoteJson(value.text);
  if (Array.isArray(value)) return `[${value.map(displayText).join(', ')}]`;
  if (value instanceof Map) {
    return `{${displayKeys(value)
      .map((key) => `${quoteJson(key)}: ${displayText(value.get(key) as JsonValue)}`)
      .join(', ')}}`;
  }
  return scalarText(value);
}

/** JSON_PRETTY's layout. */
export function prettyText(value: JsonValue, indent = ''): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => deeper + prettyText(item, deeper)).join(',\n')}\n${indent}]`;
  }
  if (value instanceof Map) {
    if (value.size === 0) return '{}';
    const members = displayKeys(value).map(
      (key) => `${deeper}${quoteJson(key)}: ${prettyText(value.get(key) as JsonValue, deeper)}`,
    );
    return `{\n${members.join(',\n')}\n${indent}}`;
  }
  return displayText(value);
}

/** JSON_TYPE's word. */
export function jsonTypeName(value: JsonValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value === 'number') return Number.isInteger(value) ? 'INTEGER' : 'DOUBLE';
  if (typeof value === 'bigint') return value > 0x7fff_ffff_ffff_ffffn ? 'UNSIGNED INTEGER' : 'INTEGER';
  if (typeof value === 'string') return 'STRING';
  if (value instanceof JsonDecimal) return 'DECIMAL';
  if (value instanceof JsonTemporal) return value.kind;
  return Array.isArray(value) ? 'ARRAY' : 'OBJECT';
}

/** MySQL's precedence of types, from the lowest. */
function rank(value: JsonValue): number {
  if (value === null) return 0;
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonDecimal) return 1;
  if (typeof value === 'string') return 2;
  if (value instanceof Map) return 3;
  if (Array.isArray(value)) return 4;
  if (typeof value === 'boolean') return 5;
  return value.kind === 'DATE' ? 6 : value.kind === 'TIME' ? 7 : 8;
}

/** The total order of documents (MySQL manual, "Comparison and Ordering of JSON Values"). */
export function compareJson(a: JsonValue, b: JsonValue): number {
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  if (typeof a === 'string') return compareCodePoints(a, b as string);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (a instanceof JsonTemporal) return compareCodePoints(a.text, (b as JsonTemporal).text);
  if (Array.isArray(a)) {
    const other = b as JsonValue[];
    const length = Math.min(a.length, other.length);
    for (let at = 0; at < length; at++) {
      const order = compareJson(a[at] as JsonValue, other[at] as JsonValue);
      if (order !== 0) return order;
    }
    return a.length - other.length;
  }
  if (a instanceof Map) return compareObjects(a, b as JsonObject);
  if (a === null) return 0;
  const left = a instanceof JsonDecimal ? Number(a.text) : (a as number | bigint);
  const right = b instanceof JsonDecimal ? Number(b.text) : (b as number | bigint);
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareObjects(a: JsonObject, b: JsonObject): number {
  if (a.size !== b.size) return a.size - b.size;
  const left = displayKeys(a);
  const right = displayKeys(b);
  for (let at = 0; at < left.length; at++) {
    const order = compareCodePoints(left[at] as string, right[at] as string);
    if (order !== 0) return order;
  }
  for (const key of left) {
    const order = compareJson(a.get(key) as JsonValue, b.get(key) as JsonValue);
    if (order !== 0) return order;
  }
  return 0;
}
