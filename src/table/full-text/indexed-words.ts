/** What the tables of a full-text index know of its words: which rows have them, and how many. */
import { equalRange, type KeyRange } from '../../prolly/key-range.ts';
import type { LeafRun } from '../../prolly/tree-map.ts';
import type { Collation } from '../../tuple/collation.ts';
import { TupleBuilder } from '../../tuple/tuple-builder.ts';
import type { Value } from '../../tuple/value.ts';
import type { Table } from '../table.ts';
import { TableEditor } from '../table-editor.ts';
import { partOf, type TableOf, wordCollation } from './full-text-editor.ts';
import type { FullTextIndex } from './full-text-tables.ts';

/** Values that tell a row: those of its key, or a hash. */
export type RowKey = readonly Value[];

export class IndexedWords {
  readonly collation: Collation;
  readonly #documentCounts: Table;
  readonly #globalCounts: Table;
  readonly #counts: TableEditor;

  constructor(index: FullTextIndex, tableOf: TableOf) {
    this.#documentCounts = partOf(index, index.fullText.documentCountTable, tableOf);
    this.#globalCounts = partOf(index, index.fullText.globalCountTable, tableOf);
    this.#counts = new TableEditor(this.#globalCounts);
    this.collation = wordCollation(index, this.#documentCounts);
  }

  /** How many rows have a word; equal rows count each. */
  rowCount(word: string): number {
    return Number(this.#counts.get([word])?.[1] ?? 0);
  }

  /** How many keys `keysOf` gives. */
  keyCount(word: string): number {
    return this.#documentCounts.rows.countRange(this.#rangeOf(this.#documentCounts, word));
  }

  /** The keys of the rows that have a word. */
  *keysOf(word: string): Generator<RowKey, void, void> {
    const { rows } = this.#documentCounts;
    for (const run of rows.scan(this.#rangeOf(this.#documentCounts, word))) {
      for (let i = run.from; i < run.to; i++) yield this.#keyAt(run, i).slice(1);
    }
  }

  /** Every word with the key of every row that has it. */
  *entries(): Generator<{ readonly word: string; readonly key: RowKey }, void, void> {
    for (const run of this.#documentCounts.rows.scan()) {
      for (let i = run.from; i < run.to; i++) {
        const [word, ...key] = this.#keyAt(run, i);
        yield { word: word as string, key };
      }
    }
  }

  /** The words that begin with a text: they stand one behind the other, as collations order texts character by character. */
  *beginningWith(prefix: string): Generator<string, void, void> {
    const { schema, rows, store } = this.#globalCounts;
    const { keyDescriptor } = schema;
    const length = [...prefix].length;
    const { low } = this.#rangeOf(this.#globalCounts, prefix);
    for (const { node, from, to } of rows.scan({ low })) {
      for (let i = from; i < to; i++) {
        const word = keyDescriptor.decode(node.bytes, node.keyStart(i), node.keyEnd(i), 0, store) as string;
        if (this.collation.compare(headOf(word, length), prefix) !== 0) return;
        yield word;
      }
    }
  }

  #keyAt({ node }: LeafRun, at: number): Value[] {
    const { schema, store } = this.#documentCounts;
    const { keyDescriptor } = schema;
    const start = node.keyStart(at);
    const end = node.keyEnd(at);
    return keyDescriptor.fields.map((_, field) => keyDescriptor.decode(node.bytes, start, end, field, store));
  }

  #rangeOf({ schema, store }: Table, word: string): KeyRange {
    const builder = new TupleBuilder(schema.keyDescriptor, store);
    builder.put(0, word);
    return equalRange(builder.build(), schema.keyDescriptor.comparePrefix(1));
  }
}

/** The first characters of a word. */
export function headOf(word: string, length: number): string {
  if (word.length <= length) return word;
  return Array.from(word).slice(0, length).join('');
}
