/**
 * How many rows have each word, all over a table. Changes are kept in memory until `finish`, as rows of one statement have
 * many words in common. A count is stored with the spelling of the word that was counted last.
 */
import type { Row } from '../row-encoder.ts';
import type { Table } from '../table.ts';
import { TableEditor } from '../table-editor.ts';
import type { CountedWord } from './words.ts';

interface Changed {
  readonly stored: Row | undefined;
  text: string;
  count: number;
}

/** More changed words than this are not kept. */
const MOST_CHANGED = 100_000;

export class WordCounts {
  readonly #editor: TableEditor;
  readonly #changed = new Map<string, Changed>();

  constructor(table: Table) {
    this.#editor = new TableEditor(table);
  }

  /** One row more, or one less, has the word, whose key by the collation is given. */
  add(key: string, { text }: CountedWord, change: 1 | -1): void {
    let word = this.#changed.get(key);
    if (word === undefined) {
      if (this.#changed.size >= MOST_CHANGED) this.#flush();
      const stored = this.#editor.get([text]);
      word = { stored, text, count: stored === undefined ? 0 : Number(stored[1]) };
      this.#changed.set(key, word);
    }
    word.text = text;
    word.count = Math.max(0, word.count + change);
  }

  #flush(): void {
    for (const { stored, text, count } of this.#changed.values()) {
      if (stored !== undefined) this.#editor.delete(stored);
      if (count > 0) this.#editor.insert([text, count]);
    }
    this.#changed.clear();
  }

  finish(): Table {
    this.#flush();
    return this.#editor.finish();
  }
}
