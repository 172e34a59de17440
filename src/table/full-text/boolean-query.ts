/**
 * The text of a search in boolean mode, as InnoDB reads it:
 *
 *     query = { [ + | - | ~ | < | > ] item }
 *     item  = word [*] | "phrase" [@distance] | ( query )
 *
 * What a word of the text is made of may be several words (`foo.bar`): the operator is each one's. A star before a word says
 * nothing. Two operators, one without an item, and parentheses that lack their other one are refused.
 */
import { DoltError } from '../../base/errors.ts';
import { isLongEnough, wordsOf } from './words.ts';

export type BooleanOperator = '+' | '-' | '~' | '<' | '>' | undefined;

export interface BooleanItem {
  readonly operator: BooleanOperator;
  readonly term: BooleanTerm;
}

export type BooleanTerm =
  | { readonly kind: 'word' | 'prefix'; readonly text: string }
  /** The words side by side in one column, short ones too. */
  | { readonly kind: 'phrase'; readonly words: readonly string[] }
  /** The words in any order and columns, the first and the last at most so many words apart, both counted. */
  | { readonly kind: 'near'; readonly words: readonly string[]; readonly distance: number }
  | { readonly kind: 'group'; readonly items: readonly BooleanItem[] };

export class BooleanQuerySyntaxError extends DoltError {
  /** MySQL's ER_PARSE_ERROR. */
  readonly errno = 1064;
  readonly sqlState = '42000';
  constructor(unexpected: string) {
    super('invalid', `syntax error in boolean mode, unexpected ${unexpected}`);
  }
}

/** Throws `BooleanQuerySyntaxError`. */
export function parseBooleanQuery(text: string): readonly BooleanItem[] {
  const parser = new Parser(text);
  const items = parser.items();
  parser.expectEnd();
  return items;
}

/** A quote without its other one says nothing. */
const TOKEN = /[+\-~<>()*@]|"[^"\n]*"|[^\s"+\-~<>()*@]+/g;

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(TOKEN) ?? [];
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #unexpected(): BooleanQuerySyntaxError {
    const token = this.#tokens[this.#at];
    return new BooleanQuerySyntaxError(token === undefined ? 'end' : `'${token}'`);
  }

  expectEnd(): void {
    if (this.#at < this.#tokens.length) throw this.#unexpected();
  }

  /** Items without a word are left out. */
  items(): BooleanItem[] {
    const items: BooleanItem[] = [];
    for (;;) {
      const operator = this.#operator();
      const terms = this.#item();
      if (terms !== undefined) items.push(...terms.map((term) => ({ operator, term })));
      else if (operator !== undefined) throw this.#unexpected();
      else return items;
    }
  }

  #operator(): BooleanOperator {
    return (['+', '-', '~', '<', '>'] as const).find((operator) => this.#accept(operator));
  }

  /** Undefined where there is none. */
  #item(): BooleanTerm[] | undefined {
    if (this.#accept('(')) {
      const items = this.items();
      if (!this.#accept(')')) throw this.#unexpected();
      return items.length === 0 ? [] : [{ kind: 'group', items }];
    }
    let hasStar = false;
    while (this.#accept('*')) hasStar = true;
    const token = this.#tokens[this.#at];
    if (token?.startsWith('"') && !hasStar) {
      this.#at++;
      return this.#phrase(token.slice(1, -1));
    }
    if (token === undefined || /^["+\-~<>()*@]/.test(token)) {
      if (hasStar) throw this.#unexpected();
      return undefined;
    }
    this.#at++;
    return termsOf(token, this.#accept('*'));
  }

  #phrase(text: string): BooleanTerm[] {
    let distance: number | undefined;
    if (this.#accept('@')) {
      if (!/^\d+$/.test(this.#tokens[this.#at] ?? '')) throw this.#unexpected();
      distance = Number(this.#tokens[this.#at++]);
    }
    if (text === '') return [];
    const words = wordsOf(text, 1).map((word) => word.text);
    if (distance !== undefined) return [{ kind: 'near', words: words.filter(isLongEnough), distance }];
    // Words at its beginning that are too short say nothing.
    const first = words.findIndex(isLongEnough);
    return [{ kind: 'phrase', words: first < 0 ? [] : words.slice(first) }];
  }
}

/** Behind the first one, words that are too short say nothing. */
function termsOf(token: string, isPrefix: boolean): BooleanTerm[] {
  const words = wordsOf(token, 1).filter(({ text }, i) => i === 0 || isLongEnough(text));
  return words.map(({ text }, i) => ({ kind: isPrefix && i === words.length - 1 ? 'prefix' : 'word', text }));
}
