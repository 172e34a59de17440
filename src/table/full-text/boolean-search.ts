/**
 * Boolean mode, by InnoDB's rules. A list of items finds the rows that have all items with `+`, or where there are none one of
 * those without an operator or with `<` or `>`; and none of those with `-`. An item with `~` finds nothing by itself. A word that
 * is too short to be indexed is in no row.
 *
 * Relevance is the sum of what the words would add in natural language mode: of a phrase or a prefix, those of its words; twice
 * as much with `>`, half as much with `<`, taken off with `~`; and at least the 0.5 that every row has that is found.
 */
import type { Collation } from '../../tuple/collation.ts';
import { type BooleanItem, type BooleanTerm, parseBooleanQuery } from './boolean-query.ts';
import { FullTextSearch, relevanceOf, weightOf } from './full-text-search.ts';
import { headOf, type RowKey } from './indexed-words.ts';
import { type CountedWord, countWords, isIndexed, isLongEnough, joinTexts, wordsOf } from './words.ts';

export class BooleanSearch extends FullTextSearch {
  readonly sorts = false;
  #parsed: { readonly query: string; readonly items: readonly BooleanItem[] } | undefined;
  readonly #weights = new Map<string, number>();

  relevance(query: string, texts: readonly (string | null)[]): number {
    const found = this.#list(this.#itemsOf(query), new Document(texts, this.words.collation));
    return found === undefined ? 0 : Math.fround(Math.max(0, found) + 0.5);
  }

  #itemsOf(query: string): readonly BooleanItem[] {
    if (this.#parsed?.query !== query) this.#parsed = { query, items: parseBooleanQuery(query) };
    return this.#parsed.items;
  }

  // Rows -------------------------------------------------------------------------------------------------------------

  /** What a row's words are worth; undefined where it is not found. */
  #list(items: readonly BooleanItem[], document: Document): number | undefined {
    let sum = 0;
    let isFound = false;
    for (const { operator, term } of items) {
      const worth = this.#term(term, document);
      if (operator === '+' && worth === undefined) return undefined;
      if (worth === undefined) continue;
      if (operator === '-') return undefined;
      sum += worth * WORTH[operator ?? ''];
      isFound ||= operator !== '~';
    }
    // With a `+` it is found, as none is missing.
    return isFound ? sum : undefined;
  }

  #term(term: BooleanTerm, document: Document): number | undefined {
    switch (term.kind) {
      case 'word':
        return this.#sum(document.counted(term.text), document);
      case 'prefix':
        return this.#sum(document.beginningWith(term.text), document);
      case 'phrase':
        return document.hasPhrase(term.words) ? this.#sum(document.counted(...term.words), document) : undefined;
      case 'near':
        return document.hasNear(term.words, term.distance)
          ? this.#sum(document.counted(...term.words), document)
          : undefined;
      case 'group':
        return this.#list(term.items, document);
    }
  }

  #sum(words: readonly CountedWord[], document: Document): number | undefined {
    if (words.length === 0) return undefined;
    return words.reduce((sum, { text, count }) => sum + relevanceOf(this.#weight(text), count, document.size), 0);
  }

  #weight(word: string): number {
    const key = this.words.collation.keyOf(word);
    let weight = this.#weights.get(key);
    if (weight === undefined) {
      weight = weightOf(word, this);
      this.#weights.set(key, weight);
    }
    return weight;
  }

  // Keys -------------------------------------------------------------------------------------------------------------

  count(query: string): number {
    return this.#wordsOf(this.#itemsOf(query)).count;
  }

  *keys(query: string): Generator<RowKey, void, void> {
    for (const word of this.#wordsOf(this.#itemsOf(query)).words) yield* this.words.keysOf(word);
  }

  /** Every row that is found has one of these: those of the rarest item that must be there, else of all that may. */
  #wordsOf(items: readonly BooleanItem[]): FoundWords {
    const required = items.filter(({ operator }) => operator === '+');
    if (required.length > 0) return fewest(required.map(({ term }) => this.#wordsOfTerm(term)));
    const optional = items.filter(({ operator }) => operator !== '-' && operator !== '~');
    const found = optional.map(({ term }) => this.#wordsOfTerm(term));
    return {
      words: found.flatMap(({ words }) => words),
      count: found.reduce((sum, { count }) => sum + count, 0),
    };
  }

  #wordsOfTerm(term: BooleanTerm): FoundWords {
    switch (term.kind) {
      case 'word':
        return this.#counted([term.text]);
      case 'prefix':
        return this.#counted([...this.words.beginningWith(term.text)]);
      case 'phrase':
      case 'near':
        return fewest(term.words.filter(isSearched).map((word) => this.#counted([word])));
      case 'group':
        return this.#wordsOf(term.items);
    }
  }

  #counted(words: readonly string[]): FoundWords {
    const searched = words.filter(isSearched);
    return { words: searched, count: searched.reduce((sum, word) => sum + this.words.keyCount(word), 0) };
  }
}

const WORTH = { '': 1, '+': 1, '-': 0, '~': -1, '>': 2, '<': 0.5 } as const;

interface FoundWords {
  readonly words: readonly string[];
  /** How many rows have them, each word's rows counted for themselves. */
  readonly count: number;
}

function fewest(found: readonly FoundWords[]): FoundWords {
  const [first = { words: [], count: 0 }, ...others] = found;
  return others.reduce((least, next) => (next.count < least.count ? next : least), first);
}

const isSearched = (word: string): boolean => isLongEnough(word) && isIndexed(word);

/** The words of a row, as far as they are asked for. */
class Document {
  readonly #texts: readonly (string | null)[];
  readonly #collation: Collation;
  readonly #counted: ReadonlyMap<string, CountedWord>;
  #columns: readonly (readonly string[])[] | undefined;

  constructor(texts: readonly (string | null)[], collation: Collation) {
    this.#texts = texts;
    this.#collation = collation;
    this.#counted = countWords(wordsOf(joinTexts(texts)), collation);
  }

  get size(): number {
    return this.#counted.size;
  }

  /** Those of the words that it has, each once. */
  counted(...words: readonly string[]): CountedWord[] {
    const keys = new Set(words.filter(isSearched).map((word) => this.#collation.keyOf(word)));
    return [...keys].flatMap((key) => this.#counted.get(key) ?? []);
  }

  beginningWith(prefix: string): CountedWord[] {
    const length = [...prefix].length;
    return [...this.#counted.values()].filter(
      ({ text }) => isIndexed(text) && this.#collation.compare(headOf(text, length), prefix) === 0,
    );
  }

  /** Of each column all words, short ones too, as the collation's keys. */
  #keys(): readonly (readonly string[])[] {
    this.#columns ??= this.#texts.map((text) => wordsOf(text ?? '', 1).map((word) => this.#collation.keyOf(word.text)));
    return this.#columns;
  }

  hasPhrase(words: readonly string[]): boolean {
    if (words.length === 0) return false;
    const wanted = words.map((word) => this.#collation.keyOf(word));
    return this.#keys().some((column) =>
      column.some((_, start) => wanted.every((key, i) => column[start + i] === key)),
    );
  }

  /** Whether they all are within so many words. */
  hasNear(words: readonly string[], distance: number): boolean {
    const wanted = new Set(words.map((word) => this.#collation.keyOf(word)));
    if (wanted.size === 0) return false;
    const all = this.#keys().flat();
    if (wanted.size === 1) return all.some((key) => wanted.has(key));
    const last = new Map<string, number>();
    return all.some((key, at) => {
      if (wanted.has(key)) last.set(key, at);
      return last.size === wanted.size && at - Math.min(...last.values()) < distance;
    });
  }
}
