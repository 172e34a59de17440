/**
 * The places where a stored JSON text may be cut (FORMAT.md §4.5), from left to right: the start and the end of every
 * value, and the inside of every object or array before its first member. A location's key is a byte for which of these
 * it is, then the path: 0xFF and the name of a member, 0xFE and the number of an element as a varint.
 */
import { DoltError } from '../base/errors.ts';
import { varintSize, writeVarint } from '../tuple/varint.ts';

const START_OF_VALUE = 0;
const OBJECT_BEGINS = 1;
const ARRAY_BEGINS = 2;
const END_OF_VALUE = 3;

const MEMBER = 0xff;
const ELEMENT = 0xfe;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The key of the end of a document. */
export const END_OF_DOCUMENT = Uint8Array.of(END_OF_VALUE);

/** One step of the path to a value: where its bytes start in the key, and which element it is (-1: a member). */
interface Step {
  readonly at: number;
  readonly element: number;
}

export class JsonLocations {
  readonly #text: Uint8Array;
  readonly #path: Step[] = [];
  #at = 0;
  #key = new Uint8Array(64);
  #keyLength = 1;

  /** `text` is a stored one: compact, and valid. */
  constructor(text: Uint8Array) {
    this.#text = text;
  }

  /** How much of the text lies before the location. */
  get offset(): number {
    return this.#at;
  }

  /** The location's key; valid until the next `advance`. */
  get key(): Uint8Array {
    return this.#key.subarray(0, this.#keyLength);
  }

  /** Goes on to the next location; false at the end of the text. */
  advance(): boolean {
    if (this.#at >= this.#text.length) return false;
    switch (this.#key[0]) {
      case START_OF_VALUE:
        this.#enterValue();
        break;
      case OBJECT_BEGINS:
        if (this.#takes(CLOSE_OBJECT)) this.#key[0] = END_OF_VALUE;
        else this.#enterMember();
        break;
      case ARRAY_BEGINS:
        if (this.#takes(CLOSE_ARRAY)) this.#key[0] = END_OF_VALUE;
        else this.#enterElement(0);
        break;
      default:
        this.#leaveValue();
    }
    return true;
  }

  #takes(byte: number): boolean {
    if (this.#text[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#takes(byte)) throw new DoltError('invalid', `a JSON document is damaged at byte ${this.#at}`);
  }

  #enterValue(): void {
    if (this.#takes(OPEN_OBJECT)) this.#key[0] = OBJECT_BEGINS;
    else if (this.#takes(OPEN_ARRAY)) this.#key[0] = ARRAY_BEGINS;
    else {
      if (this.#text[this.#at] === QUOTE) this.#skipString();
      else this.#skipWord();
      this.#key[0] = END_OF_VALUE;
    }
  }

  #leaveValue(): void {
    const step = this.#path.pop();
    if (step === undefined) throw new DoltError('invalid', 'a JSON document goes on behind its end');
    this.#keyLength = step.at;
    const isMember = step.element < 0;
    if (this.#takes(isMember ? CLOSE_OBJECT : CLOSE_ARRAY)) return;
    this.#expect(COMMA);
    if (isMember) this.#enterMember();
    else this.#enterElement(step.element + 1);
  }

  /** Names stay as they are escaped, but for quotes. */
  #enterMember(): void {
    const start = this.#at + 1;
    this.#skipString();
    const name = this.#text.subarray(start, this.#at - 1);
    this.#expect(COLON);
    this.#push(-1, 1 + name.length);
    this.#key[this.#keyLength++] = MEMBER;
    for (let i = 0; i < name.length; i++) {
      const isEscapedQuote = name[i] === BACKSLASH && name[i + 1] === QUOTE;
      if (!isEscapedQuote) this.#key[this.#keyLength++] = name[i]!;
    }
    this.#key[0] = START_OF_VALUE;
  }

  #enterElement(element: number): void {
    this.#push(element, 1 + varintSize(element));
    this.#key[this.#keyLength++] = ELEMENT;
    this.#keyLength += writeVarint(element, this.#key, this.#keyLength);
    this.#key[0] = START_OF_VALUE;
  }

  /** A step of at most `size` bytes begins. */
  #push(element: number, size: number): void {
    this.#path.push({ at: this.#keyLength, element });
    if (this.#keyLength + size <= this.#key.length) return;
    const larger = new Uint8Array(2 * (this.#keyLength + size));
    larger.set(this.#key);
    this.#key = larger;
  }

  #skipString(): void {
    this.#expect(QUOTE);
    let at = this.#at;
    while (at < this.#text.length && this.#text[at] !== QUOTE) at += this.#text[at] === BACKSLASH ? 2 : 1;
    this.#at = at + 1;
  }

  /** A number, or true, false, null. */
  #skipWord(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const byte = this.#text[this.#at];
      if (byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) return;
    }
  }
}
