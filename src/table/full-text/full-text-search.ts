/**
 * Searches in a full-text index. The words of a row are counted from its texts; the index says how many rows have a word,
 * and which. A row's relevance is the sum over the words that it has: more often is more, a word that many rows have is
 * less, and long texts are worth less a word. The numbers are the original's.
 */
import { equalRange } from '../../prolly/key-range.ts';
import type { Collation } from '../../tuple/collation.ts';
import { TupleBuilder } from '../../tuple/tuple-builder.ts';
import type { Value } from '../../tuple/value.ts';
import type { IndexDefinition } from '../schema.ts';
import type { Table } from '../table.ts';
import { TableEditor } from '../table-editor.ts';
import { partOf, type TableOf, wordCollation } from './full-text-editor.ts';
import { type FullTextIndex, KeyType } from './full-text-tables.ts';
import { type CountedWord, countWords, isIndexed, joinTexts, wordsOf } from './words.ts';

interface SearchedWord {
  readonly key: string;
  /** What the number of rows that have the word makes of it. */
  readonly weight: number;
}

/** The index whose keys begin with the values by which a full-text index knows rows; the clustered one has no definition. */
export interface RowIndex {
  readonly index: IndexDefinition | undefined;
  readonly width: number;
}

export class FullTextSearch {
  readonly #parent: Table;
  readonly #index: FullTextIndex;
  readonly #documentCounts: Table;
  readonly #globalCounts: Table;
  readonly #collation: Collation;
  #searched: { readonly words: string; readonly found: readonly SearchedWord[] } | undefined;

  constructor(parent: Table, index: FullTextIndex, tableOf: TableOf) {
    this.#parent = parent;
    this.#index = index;
    this.#documentCounts = partOf(index, index.fullText.documentCountTable, tableOf);
    this.#globalCounts = partOf(index, index.fullText.globalCountTable, tableOf);
    this.#collation = wordCollation(index, this.#documentCounts);
  }

  relevance(words: string, texts: readonly (string | null)[]): number {
    if (this.#searched?.words !== words) this.#searched = { words, found: this.#find(words) };
    const { found } = this.#searched;
    if (found.length === 0) return 0;
    const counted = countWords(wordsOf(joinTexts(texts)), this.#collation);
    const length = counted.size / (1 + 0.115 * counted.size);
    let sum = 0;
    for (const { key, weight } of found) {
      const word = counted.get(key);
      if (word !== undefined) sum = Math.fround(sum + Math.fround((Math.log(word.count) + 1) * length * weight));
    }
    return sum > 0 ? Math.fround(sum + 0.5) : sum;
  }

  /** Those of the words that some row has. */
  #find(words: string): SearchedWord[] {
    const counts = new TableEditor(this.#globalCounts);
    const rows = this.#parent.entryCount;
    return [...this.#counted(words)].flatMap(([key, { text }]) => {
      const row = counts.get([text]);
      return row === undefined ? [] : [{ key, weight: Math.log(rows / Number(row[1])) + 1 }];
    });
  }

  #counted(words: string): [string, CountedWord][] {
    return [...countWords(wordsOf(words), this.#collation)].filter(([, { text }]) => isIndexed(text));
  }

  /** By which index rows that have words can be found; undefined where they cannot. */
  get rowIndex(): RowIndex | undefined {
    const { keyType, keyName, keyPositions } = this.#index.fullText;
    const { schema } = this.#parent;
    const index = keyType === KeyType.unique ? schema.index(keyName) : undefined;
    const columns = keyType === KeyType.primary ? schema.primaryKey : index?.columns;
    if (columns === undefined || columns.length === 0 || columns.join() !== keyPositions.join()) return undefined;
    // The index compares texts of keys as words: keys that differ may be one to it.
    const isTold = columns.every((column) => {
      const { collation } = schema.fieldType(column);
      return collation === undefined || collation === this.#collation;
    });
    return isTold ? { index, width: columns.length } : undefined;
  }

  /** How many rows have the words, each word's rows counted for themselves. */
  count(words: string): number {
    return this.#counted(words).reduce((sum, [, word]) => {
      return sum + this.#documentCounts.rows.countRange(this.#rangeOf(word));
    }, 0);
  }

  /** The keys of the rows that have one of the words, some maybe twice. */
  *keys(words: string): Generator<readonly Value[], void, void> {
    const { rows, schema, store } = this.#documentCounts;
    const { fields } = schema.keyDescriptor;
    for (const [, word] of this.#counted(words)) {
      for (const { node, from, to } of rows.scan(this.#rangeOf(word))) {
        for (let i = from; i < to; i++) {
          const start = node.keyStart(i);
          const end = node.keyEnd(i);
          yield fields.slice(1).map((_, f) => schema.keyDescriptor.decode(node.bytes, start, end, f + 1, store));
        }
      }
    }
  }

  #rangeOf({ text }: CountedWord) {
    const { schema, store } = this.#documentCounts;
    const builder = new TupleBuilder(schema.keyDescriptor, store);
    builder.put(0, text);
    return equalRange(builder.build(), schema.keyDescriptor.comparePrefix(1));
  }
}
