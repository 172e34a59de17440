/**
 * The lexer with what a recursive descent parser asks of it: is it this word, take it if it is, it must be that, a name
 * please. Words and operators are compared by their lower-case spelling alone: nothing else has one.
 */

import type { Name, Node } from './ast/node.ts';
import type { SyntaxWarning } from './deprecations.ts';
import { Lexer, type LexerOptions } from './lexer.ts';
import { isReserved } from './reserved-words.ts';

/**
 * Nesting that the parser, and all that walk its trees, can take without running out of stack. A step along a chain
 * (`a + b + c`) makes the tree deeper too, but costs a walker less than parentheses cost the parser: 1600 steps, or 400
 * parentheses.
 */
const MAX_DEPTH = 3200;
const NESTING = 8;
const LINK = 2;

/** What the parser must know of the session. */
interface TokenOptions extends LexerOptions {
  readonly pipesAsConcat?: boolean | undefined;
  readonly highNotPrecedence?: boolean | undefined;
  readonly realAsFloat?: boolean | undefined;
}

const NONE: readonly SyntaxWarning[] = [];

export class Tokens extends Lexer {
  pipesAsConcat = false;
  highNotPrecedence = false;
  realAsFloat = false;
  /** Number of `?` so far. */
  parameters = 0;
  /** What the statement's text gives warnings of, each once: some of it may be read twice. */
  warnings: readonly SyntaxWarning[] = NONE;
  #depth = 0;

  override setOptions(options: TokenOptions): void {
    super.setOptions(options);
    this.pipesAsConcat = options.pipesAsConcat === true;
    this.highNotPrecedence = options.highNotPrecedence === true;
    this.realAsFloat = options.realAsFloat === true;
  }

  warn(warning: SyntaxWarning): void {
    if (this.warnings.some(({ message }) => message === warning.message)) return;
    this.warnings = [...this.warnings, warning];
  }

  at(word: string): boolean {
    return this.word === word;
  }

  /** Whether no token of the statement is left. */
  atEnd(): boolean {
    return this.kind === 'end' || this.word === ';';
  }

  /** Whether the current token is one of the words. */
  atAny(words: ReadonlySet<string>): boolean {
    return this.word !== '' && words.has(this.word);
  }

  accept(word: string): boolean {
    if (this.word !== word) return false;
    this.advance();
    return true;
  }

  /** Takes all of the words or none. */
  acceptAll(...words: readonly string[]): boolean {
    if (this.word !== words[0]) return false;
    const mark = this.mark();
    for (const word of words) {
      if (this.word !== word) {
        this.reset(mark);
        return false;
      }
      this.advance();
    }
    return true;
  }

  /** Takes the first of the words that fits. */
  acceptOne<Word extends string>(...words: readonly Word[]): Word | undefined {
    for (const word of words) {
      if (this.word === word) {
        this.advance();
        return word;
      }
    }
    return undefined;
  }

  expect(word: string): void {
    if (this.word !== word) throw this.failure();
    this.advance();
  }

  expectAll(...words: readonly string[]): void {
    for (const word of words) this.expect(word);
  }

  expectOne<Word extends string>(...words: readonly Word[]): Word {
    const word = this.acceptOne(...words);
    if (word === undefined) throw this.failure();
    return word;
  }

  /** Whether the words follow, the current one first; takes none. */
  sees(...words: readonly string[]): boolean {
    if (this.word !== words[0]) return false;
    const mark = this.mark();
    const seen = words.every((word) => {
      const fits = this.word === word;
      if (fits) this.advance();
      return fits;
    });
    this.reset(mark);
    return seen;
  }

  /** Whether the token after the current one is this word or operator. */
  nextIs(word: string): boolean {
    const mark = this.mark();
    this.advance();
    const is = this.word === word;
    this.reset(mark);
    return is;
  }

  /** The error that the current token is. */
  failure(reason?: string): Error {
    return this.errorAt(this.start, reason);
  }

  /** IF EXISTS. */
  acceptIfExists(): boolean {
    return this.acceptAll('if', 'exists');
  }

  /** IF NOT EXISTS. */
  acceptIfNotExists(): boolean {
    return this.acceptAll('if', 'not', 'exists');
  }

  /** Whether the current token may be a name. */
  atName(): boolean {
    return this.kind === 'quoted' || (this.kind === 'word' && !isReserved(this.word));
  }

  name(): string {
    if (!this.atName()) throw this.failure();
    return this.#takeName();
  }

  /** After a dot every word is a name. */
  nameAfterDot(): string {
    if (this.kind !== 'quoted' && this.kind !== 'word') throw this.failure();
    return this.#takeName();
  }

  #takeName(): string {
    const name = this.nameValue();
    this.advance();
    return name;
  }

  namedNode(): Name {
    const { start, end } = this;
    return { name: this.name(), start, end };
  }

  /** A name or a string, as aliases and accounts may be. */
  nameOrString(): string {
    return this.kind === 'string' ? this.string() : this.name();
  }

  /** A name, a string or any keyword: values of options. */
  anyWord(): string {
    if (this.kind === 'string') return this.string();
    return this.nameAfterDot();
  }

  /** `(a, b, c)`. */
  nameList(): readonly string[] {
    this.expect('(');
    const names = this.list(() => this.name());
    this.expect(')');
    return names;
  }

  /** One or more, with commas. */
  list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.accept(',')) items.push(item());
    return items;
  }

  string(): string {
    if (this.kind !== 'string') throw this.failure();
    const value = this.stringValue();
    this.advance();
    return value;
  }

  /** An unsigned integer that fits a number. */
  integer(): number {
    const value = this.kind === 'number' ? Number(this.source()) : Number.NaN;
    if (!Number.isSafeInteger(value)) throw this.failure();
    this.advance();
    return value;
  }

  /** Around every construct that may hold itself. */
  nested<Result>(parse: () => Result): Result {
    this.enter();
    const result = parse();
    this.leave();
    return result;
  }

  enter(): void {
    this.#deepen(NESTING);
  }

  leave(): void {
    this.#depth -= NESTING;
  }

  /** One more step of a left-associative chain, taken back by `shorten` when the chain is complete. */
  lengthen(): void {
    this.#deepen(LINK);
  }

  shorten(steps: number): void {
    this.#depth -= steps * LINK;
  }

  #deepen(by: number): void {
    this.#depth += by;
    if (this.#depth > MAX_DEPTH) throw this.failure('nested too deeply');
  }

  /** For a new statement, also after a failed one. */
  begin(): void {
    this.#depth = 0;
    this.warnings = NONE;
    this.parameters = 0;
  }
}

/** A node while it is put together. */
export type Building<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Where an expression or other node that began at `start` ends, when the token after it is the current one. */
export function span(tokens: Tokens, start: number): Node {
  return { start, end: tokens.lastEnd };
}
