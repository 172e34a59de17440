/**
 * WITH QUERY EXPANSION: two searches in natural language mode, the second for the words of all rows that the first has found.
 * (As InnoDB's; MyISAM takes the words of the twenty most relevant ones.)
 */
import type { Value } from '../../tuple/value.ts';
import type { Table } from '../table.ts';
import { TableEditor } from '../table-editor.ts';
import type { TableOf } from './full-text-editor.ts';
import { FullTextSearch } from './full-text-search.ts';
import type { FullTextIndex } from './full-text-tables.ts';
import { KeyType } from './full-text-tables.ts';
import type { RowKey } from './indexed-words.ts';
import { NaturalSearch } from './natural-search.ts';
import { joinTexts } from './words.ts';

export class ExpandedSearch extends FullTextSearch {
  readonly sorts = true;
  readonly #natural: NaturalSearch;
  #expanded: { readonly query: string; readonly words: string } | undefined;

  constructor(parent: Table, index: FullTextIndex, tableOf: TableOf) {
    super(parent, index, tableOf);
    this.#natural = new NaturalSearch(parent, index, tableOf);
  }

  relevance(query: string, texts: readonly (string | null)[]): number {
    return this.#natural.relevance(this.#expand(query), texts);
  }

  count(query: string): number {
    return this.#natural.count(this.#expand(query));
  }

  keys(query: string): Generator<RowKey, void, void> {
    return this.#natural.keys(this.#expand(query));
  }

  #expand(query: string): string {
    if (this.#expanded?.query !== query) {
      const found = this.#canBeRead ? this.#textsFound(query) : this.#wordsFound(query);
      this.#expanded = { query, words: [query, ...found].join(' ') };
    }
    return this.#expanded.words;
  }

  /** Rows by their primary key, whose texts are stored. */
  get #canBeRead(): boolean {
    const { columns, fullText } = this.index;
    const { schema } = this.parent;
    const isStored = columns.every((column) => !schema.columns[column]!.virtual);
    return fullText.keyType === KeyType.primary && this.rowIndex !== undefined && isStored;
  }

  *#textsFound(query: string): Generator<string, void, void> {
    const rows = new TableEditor(this.parent);
    for (const key of this.#natural.keys(query)) {
      const row = rows.get(key);
      if (row !== undefined) yield joinTexts(this.index.columns.map((column) => row[column] as string | null));
    }
  }

  /** The whole index is read for them. */
  *#wordsFound(query: string): Generator<string, void, void> {
    const found = new Set(Array.from(this.#natural.keys(query), textOf));
    for (const { word, key } of this.words.entries()) if (found.has(textOf(key))) yield word;
  }
}

function textOf(key: readonly Value[]): string {
  return key
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
    .join('\0');
}
