/**
 * Rows of a merged table that have equal values in a unique index. Each side alone has none, so it is enough to look at
 * rows that came from theirs or were merged; of an index that was built anew all entries are looked at.
 */
import { equalRange } from '../../prolly/key-range.ts';
import type { TreeMap } from '../../prolly/tree-map.ts';
import { fieldEnd, fieldStart } from '../../tuple/tuple.ts';
import { TupleBuilder } from '../../tuple/tuple-builder.ts';
import { ArtifactKind } from '../artifacts.ts';
import type { IndexMerger } from './index-merger.ts';
import type { RowMerger } from './row-merger.ts';
import type { ArtifactRecorder, ViolationInfo } from './violations.ts';

export class UniqueChecker {
  readonly #merger: IndexMerger;
  readonly #tree: TreeMap;
  readonly #rows: TreeMap;
  readonly #recorder: ArtifactRecorder;
  readonly #info: ViolationInfo;
  readonly #rowKey: TupleBuilder;
  /** Where the fields of a row's key are in a key of the index. */
  readonly #rowKeyFields: readonly number[];
  readonly #width: number;

  constructor(
    schema: RowMerger['schema'],
    merger: IndexMerger,
    tree: TreeMap,
    rows: TreeMap,
    recorder: ArtifactRecorder,
  ) {
    this.#merger = merger;
    this.#tree = tree;
    this.#rows = rows;
    this.#recorder = recorder;
    const { index, encoder } = merger;
    this.#width = index.columns.length;
    this.#info = { Columns: index.columns.map((column) => schema.columns[column]!.name), Name: index.name };
    this.#rowKey = new TupleBuilder(schema.keyDescriptor, rows.store);
    this.#rowKeyFields = (schema.isKeyless ? [-1] : schema.primaryKey).map((c) => encoder.columns.indexOf(c));
  }

  /** Looks for other rows with the values of this one, given in the merged layout. */
  checkRow(key: Uint8Array, value: Uint8Array): void {
    const { encoder } = this.#merger;
    this.#merger.encode(key, value);
    const own = encoder.bytes.slice(0, encoder.length);
    if (this.#hasNull(own, 0, own.length)) return;
    const compare = encoder.descriptor.comparePrefix(this.#width);
    const range = equalRange(own, compare);
    if (this.#tree.countRange(range) < 2) return;
    for (const { node, from, to } of this.#tree.scan(range)) {
      for (let i = from; i < to; i++) this.#record(node.bytes, node.keyStart(i), node.keyEnd(i));
    }
  }

  /** Looks at neighbours among all entries. */
  checkAll(): void {
    const compare = this.#merger.encoder.descriptor.comparePrefix(this.#width);
    let previous: Uint8Array | undefined;
    for (const { node, from, to } of this.#tree.scan()) {
      for (let i = from; i < to; i++) {
        const [bytes, start, end] = [node.bytes, node.keyStart(i), node.keyEnd(i)];
        if (
          previous !== undefined &&
          compare(previous, 0, previous.length, bytes, start, end) === 0 &&
          !this.#hasNull(bytes, start, end)
        ) {
          this.#record(previous, 0, previous.length);
          this.#record(bytes, start, end);
        }
        previous = node.key(i);
      }
    }
  }

  #hasNull(bytes: Uint8Array, start: number, end: number): boolean {
    for (let i = 0; i < this.#width; i++) if (fieldStart(bytes, start, end, i) < 0) return true;
    return false;
  }

  /** Records the row that a key of the index belongs to. */
  #record(bytes: Uint8Array, start: number, end: number): void {
    this.#rowKeyFields.forEach((from, to) => {
      this.#rowKey.putRaw(to, bytes, fieldStart(bytes, start, end, from), fieldEnd(bytes, start, end, from));
    });
    const key = this.#rowKey.build();
    const row = this.#rows.get(key);
    if (row === undefined) return;
    const { node, index } = row;
    this.#recorder.violation(ArtifactKind.unique, node.key(index), node.value(index), this.#info);
  }
}
