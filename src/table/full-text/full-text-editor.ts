/**
 * Keeps the tables of a table's full-text indexes while its rows change. A row is known by the hash of its values, so each
 * change takes it out and puts it in. Of equal rows, which only a table without keys has, the words are stored once.
 */
import { DoltError } from '../../base/errors.ts';
import type { Collation } from '../../tuple/collation.ts';
import type { Value } from '../../tuple/value.ts';
import { DuplicateKeyError } from '../duplicate-key-error.ts';
import type { Row } from '../row-encoder.ts';
import type { TableSchema } from '../schema.ts';
import type { Table } from '../table.ts';
import { TableEditor } from '../table-editor.ts';
import { type FullTextIndex, fullTextIndexes } from './full-text-tables.ts';
import { rowHasher } from './row-hash.ts';
import { WordCounts } from './word-counts.ts';
import { type CountedWord, countWords, isIndexed, joinTexts, type Word, wordsOf } from './words.ts';

export type TableOf = (name: string) => Table | undefined;

export class FullTextEditor {
  readonly #hashOf: (row: Row) => string;
  readonly #indexes: readonly IndexTables[];

  /** Of the indexes in `only`, else of all. Throws `corrupt` where one of their tables is missing. */
  constructor(schema: TableSchema, tableOf: TableOf, only: readonly FullTextIndex[] = fullTextIndexes(schema)) {
    this.#hashOf = rowHasher(schema);
    this.#indexes = only.map((index) => new IndexTables(index, tableOf));
  }

  insert(row: Row): void {
    const hash = this.#hashOf(row);
    for (const index of this.#indexes) index.insert(row, hash);
  }

  delete(row: Row): void {
    const hash = this.#hashOf(row);
    for (const index of this.#indexes) index.delete(row, hash);
  }

  /** The tables with all edits, by name. The editor may go on. */
  finish(): ReadonlyMap<string, Table> {
    return new Map(this.#indexes.flatMap((index) => index.finish()));
  }
}

/** An editor for a table's full-text indexes; undefined where it has none. */
export function fullTextEditor(schema: TableSchema, tableOf: TableOf): FullTextEditor | undefined {
  return fullTextIndexes(schema).length === 0 ? undefined : new FullTextEditor(schema, tableOf);
}

/** A table of an index. Throws `corrupt` where it is missing. */
export function partOf({ name }: FullTextIndex, part: string, tableOf: TableOf): Table {
  const table = tableOf(part);
  if (table === undefined) throw new DoltError('corrupt', `full-text index ${name}: table ${part} is missing`);
  return table;
}

/** The collation by which an index compares words: that of the tables that hold them. */
export function wordCollation({ name }: FullTextIndex, counts: Table): Collation {
  const { collation } = counts.schema.keyDescriptor.fields[0]!;
  if (collation === undefined) throw new DoltError('corrupt', `full-text index ${name}: its words are no text`);
  return collation;
}

class IndexTables {
  readonly #index: FullTextIndex;
  readonly #collation: Collation;
  readonly #positions: TableEditor;
  readonly #documentCounts: TableEditor;
  readonly #globalCounts: WordCounts;
  readonly #rowCounts: TableEditor;

  constructor(index: FullTextIndex, tableOf: TableOf) {
    const { positionTable, documentCountTable, globalCountTable, rowCountTable } = index.fullText;
    this.#index = index;
    this.#positions = new TableEditor(partOf(index, positionTable, tableOf));
    this.#documentCounts = new TableEditor(partOf(index, documentCountTable, tableOf));
    this.#globalCounts = new WordCounts(partOf(index, globalCountTable, tableOf));
    this.#rowCounts = new TableEditor(partOf(index, rowCountTable, tableOf));
    this.#collation = wordCollation(index, this.#documentCounts.table);
  }

  insert(row: Row, hash: string): void {
    const words = this.#wordsOf(row);
    const counted = countWords(words, this.#collation);
    const known = this.#rowCounts.get([hash]);
    if (known !== undefined) this.#rowCounts.update(known, [hash, Number(known[1]) + 1, known[2]!]);
    else {
      this.#rowCounts.insert([hash, 1, counted.size]);
      const key = this.#keyOf(row, hash);
      for (const { text, position } of words) {
        if (isIndexed(text)) insertOnce(this.#positions, [text, ...key, position]);
      }
      for (const { text, count } of counted.values()) {
        if (isIndexed(text)) insertOnce(this.#documentCounts, [text, ...key, count]);
      }
    }
    this.#count(counted, 1);
  }

  delete(row: Row, hash: string): void {
    const known = this.#rowCounts.get([hash]);
    if (known === undefined) return;
    const words = this.#wordsOf(row);
    const counted = countWords(words, this.#collation);
    const copies = Number(known[1]);
    if (copies > 1) this.#rowCounts.update(known, [hash, copies - 1, known[2]!]);
    else {
      this.#rowCounts.delete(known);
      const key = this.#keyOf(row, hash);
      for (const { text, position } of words) if (isIndexed(text)) this.#positions.delete([text, ...key, position]);
      for (const { text } of counted.values()) if (isIndexed(text)) this.#documentCounts.delete([text, ...key, 0]);
    }
    this.#count(counted, -1);
  }

  #count(words: ReadonlyMap<string, CountedWord>, change: 1 | -1): void {
    for (const [key, word] of words) if (isIndexed(word.text)) this.#globalCounts.add(key, word, change);
  }

  #wordsOf(row: Row): Word[] {
    return wordsOf(joinTexts(this.#index.columns.map((column) => row[column] as string | null)));
  }

  #keyOf(row: Row, hash: string): readonly Value[] {
    const { keyPositions } = this.#index.fullText;
    return keyPositions.length === 0 ? [hash] : keyPositions.map((column) => row[column]!);
  }

  /** A key that counts in the table itself counts nothing here. */
  finish(): (readonly [string, Table])[] {
    const { positionTable, documentCountTable, globalCountTable, rowCountTable } = this.#index.fullText;
    return [
      [positionTable, this.#positions.finish().with({ autoIncrement: 0 })],
      [documentCountTable, this.#documentCounts.finish().with({ autoIncrement: 0 })],
      [globalCountTable, this.#globalCounts.finish()],
      [rowCountTable, this.#rowCounts.finish()],
    ];
  }
}

function insertOnce(editor: TableEditor, row: Row): void {
  try {
    editor.insert(row);
  } catch (error) {
    if (!(error instanceof DuplicateKeyError)) throw error;
  }
}
