/** Natural language mode: rows that have one of the words. Relevance is the sum over the words that a row has. */
import { FullTextSearch, relevanceOf, weightOf } from './full-text-search.ts';
import type { RowKey } from './indexed-words.ts';
import { countWords, isIndexed, joinTexts, wordsOf } from './words.ts';

interface SearchedWord {
  readonly key: string;
  readonly weight: number;
}

export class NaturalSearch extends FullTextSearch {
  readonly sorts = true;
  #searched: { readonly query: string; readonly found: readonly SearchedWord[] } | undefined;

  relevance(query: string, texts: readonly (string | null)[]): number {
    if (this.#searched?.query !== query) this.#searched = { query, found: this.#find(query) };
    const { found } = this.#searched;
    if (found.length === 0) return 0;
    const counted = countWords(wordsOf(joinTexts(texts)), this.words.collation);
    let sum = 0;
    for (const { key, weight } of found) {
      const word = counted.get(key);
      if (word !== undefined) sum = Math.fround(sum + relevanceOf(weight, word.count, counted.size));
    }
    return sum > 0 ? Math.fround(sum + 0.5) : sum;
  }

  /** Those of the words that some row has. */
  #find(query: string): SearchedWord[] {
    return this.#different(query).flatMap((text) => {
      const isThere = this.words.rowCount(text) > 0;
      return isThere ? [{ key: this.words.collation.keyOf(text), weight: weightOf(text, this) }] : [];
    });
  }

  #different(query: string): string[] {
    const counted = countWords(wordsOf(query), this.words.collation);
    return Array.from(counted.values(), ({ text }) => text).filter(isIndexed);
  }

  count(query: string): number {
    return this.#different(query).reduce((sum, word) => sum + this.words.keyCount(word), 0);
  }

  *keys(query: string): Generator<RowKey, void, void> {
    for (const word of this.#different(query)) yield* this.words.keysOf(word);
  }
}
