/**
 * A search in a full-text index, of one of the three modes of MATCH … AGAINST. The words of a row are counted from its texts; the
 * index says how many rows have a word, and which.
 */
import type { IndexDefinition } from '../schema.ts';
import type { Table } from '../table.ts';
import type { TableOf } from './full-text-editor.ts';
import { type FullTextIndex, KeyType } from './full-text-tables.ts';
import { IndexedWords, type RowKey } from './indexed-words.ts';

/** The index whose keys begin with the values by which a full-text index knows rows; the clustered one has no definition. */
export interface RowIndex {
  readonly index: IndexDefinition | undefined;
  readonly width: number;
}

export abstract class FullTextSearch {
  readonly parent: Table;
  readonly index: FullTextIndex;
  readonly words: IndexedWords;

  constructor(parent: Table, index: FullTextIndex, tableOf: TableOf) {
    this.parent = parent;
    this.index = index;
    this.words = new IndexedWords(index, tableOf);
  }

  /** Whether rows that it finds come with the most relevant first. */
  abstract readonly sorts: boolean;
  /** Of a row with these texts; 0 where it is not found. */
  abstract relevance(query: string, texts: readonly (string | null)[]): number;
  /** How many keys `keys` gives, about. */
  abstract count(query: string): number;
  /** The keys of the rows that it finds and maybe of others, some maybe twice. */
  abstract keys(query: string): Generator<RowKey, void, void>;

  /** By which index rows that have words can be found; undefined where they cannot. */
  get rowIndex(): RowIndex | undefined {
    const { keyType, keyName, keyPositions } = this.index.fullText;
    const { schema } = this.parent;
    const index = keyType === KeyType.unique ? schema.index(keyName) : undefined;
    const columns = keyType === KeyType.primary ? schema.primaryKey : index?.columns;
    if (columns === undefined || columns.length === 0 || columns.join() !== keyPositions.join()) return undefined;
    // The index compares texts of keys as words: keys that differ may be one to it.
    const isTold = columns.every((column) => {
      const { collation } = schema.fieldType(column);
      return collation === undefined || collation === this.words.collation;
    });
    return isTold ? { index, width: columns.length } : undefined;
  }
}

/** What the number of rows that have a word makes of it: one that many rows have is less. The number is the original's. */
export function weightOf(word: string, { parent, words }: FullTextSearch): number {
  return Math.log(parent.entryCount / words.rowCount(word)) + 1;
}

/**
 * What a word adds to the relevance of a text of so many different words that has it so often: more often is more, and long
 * texts are worth less a word. The number is the original's.
 */
export function relevanceOf(weight: number, times: number, differentWords: number): number {
  const length = differentWords / (1 + 0.115 * differentWords);
  return Math.fround((Math.log(times) + 1) * length * weight);
}
