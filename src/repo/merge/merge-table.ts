/**
 * Three-way merge of one table that both sides changed. What only they changed is applied to our tree and our indexes, so
 * the cost follows the changes; only when our rows do not fit the merged schema are all rows written anew.
 *
 * Rows that cannot be merged stay as ours and become conflicts; rows of theirs that violate NOT NULL stay out, and other
 * violations stay in, as artifacts both.
 */
import { type Address, EMPTY_ADDRESS } from '../../base/address.ts';
import { mergeMaps, type SideBySide } from '../../prolly/merge.ts';
import { MutableMap } from '../../prolly/mutable-map.ts';
import { TreeBuilder } from '../../prolly/tree-builder.ts';
import { TreeMap } from '../../prolly/tree-map.ts';
import type { CheckDefinition, TableSchema } from '../../table/schema.ts';
import { rowFormat, type Table } from '../../table/table.ts';
import { ArtifactKind, artifactsFormat } from '../artifacts.ts';
import { type Check, compileChecks, recordViolatedChecks } from './check-violations.ts';
import { IndexMerger } from './index-merger.ts';
import { isSame as isSameCheck } from './merge-checks.ts';
import { UnmergeableError } from './merge-error.ts';
import type { MergeExpressions } from './merge-expressions.ts';
import { changesOf, keyOf, type MergeSides, rowFate } from './row-fate.ts';
import { RowMerger } from './row-merger.ts';
import { UniqueChecker } from './unique-violations.ts';
import { ArtifactRecorder } from './violations.ts';

export interface TableMergeInput extends MergeSides {
  readonly name: string;
  /** The merged schema. */
  readonly schema: TableSchema;
  readonly rebuildsIndexes: boolean;
  readonly baseAddress: Address;
  readonly theirsAddress: Address;
  readonly expressions: MergeExpressions | undefined;
}

export function mergeTables(input: TableMergeInput): Table {
  return new TableMerger(input).run();
}

/** A row of the merged table that theirs had a part in. */
interface TouchedRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

class TableMerger {
  readonly #input: TableMergeInput;
  readonly #ours: Table;
  readonly #rows: RowMerger;
  readonly #recorder: ArtifactRecorder;
  readonly #indexes: readonly IndexMerger[];
  /** Takes the edits of our rows; undefined where all rows are written anew. */
  readonly #edited: MutableMap | undefined;
  readonly #rebuilt: TreeBuilder | undefined;
  readonly #touched: TouchedRow[] = [];
  readonly #hasUnique: boolean;
  /** Checks that rows of ours, of theirs, or merged ones may violate. */
  readonly #checks: Readonly<Record<'ours' | 'theirs' | 'merged', readonly Check[]>>;

  constructor(input: TableMergeInput) {
    const { name, base, theirs, schema, expressions } = input;
    this.#input = input;
    this.#ours = input.ours.with({ artifacts: mergedArtifacts(input) });
    const { store } = this.#ours;
    this.#rows = new RowMerger(name, schema, base.schema, this.#ours.schema, theirs.schema, store, expressions);
    this.#recorder = new ArtifactRecorder(this.#ours, input.theirsAddress, input.baseAddress);
    const inPlace = this.#rows.ours.matches;
    const rebuild = input.rebuildsIndexes || !inPlace;
    this.#indexes = schema.indexes.map((index) => new IndexMerger(this.#ours, this.#rows, index, rebuild));
    this.#hasUnique = schema.indexes.some(({ unique }) => unique);
    if (inPlace) this.#edited = new MutableMap(new TreeMap(store, rowFormat(schema), this.#ours.rows.root));
    else this.#rebuilt = new TreeBuilder(store, rowFormat(schema));
    const enforced = schema.checks.filter((check) => check.enforced);
    const missingIn = (own: TableSchema) =>
      enforced.filter((check) => !own.checks.some((other) => other.enforced && isSameCheck(other, check)));
    const compiled = (checks: readonly CheckDefinition[]) => compileChecks(name, schema, checks, expressions);
    this.#checks = {
      ours: compiled(missingIn(this.#ours.schema)),
      theirs: compiled(missingIn(theirs.schema)),
      merged: compiled(enforced),
    };
  }

  run(): Table {
    const { schema, theirs } = this.#input;
    for (const change of changesOf(this.#rows, this.#input)) this.#row(change);
    const rows = this.#edited?.flush() ?? this.#rebuilt!.finish();
    const indexes = new Map(this.#indexes.map((merger) => [merger.index.name, merger.finish(rows)]));
    for (const merger of this.#indexes) {
      if (!merger.index.unique) continue;
      const checker = new UniqueChecker(schema, merger, indexes.get(merger.index.name)!, rows, this.#recorder);
      if (merger.isIncremental) for (const { key, value } of this.#touched) checker.checkRow(key, value);
      else checker.checkAll();
    }
    const counts = [this.#ours.autoIncrement, theirs.autoIncrement] as const;
    const autoIncrement =
      schema.columns.some((column) => column.autoIncrement) && counts[1] > counts[0] ? counts[1] : counts[0];
    return this.#ours.with({ schema, rows, indexes, autoIncrement, artifacts: this.#recorder.finish() });
  }

  #row(change: SideBySide): void {
    const fate = rowFate(this.#rows, change);
    if (fate === 'keep') this.#keep(change);
    else if (fate === 'conflict') this.#conflict(change);
    else this.#take(change, fate.value, fate.source);
  }

  #conflict(change: SideBySide): void {
    this.#recorder.conflict(keyOf(change));
    if (change.left !== undefined) this.#rebuilt && this.#append(keyOf(change), this.#ourValue(change)!);
  }

  #ourValue({ left }: SideBySide): Uint8Array | undefined {
    return left && this.#rows.mapped(this.#rows.ours, left);
  }

  /** Our row stays. One that we changed may violate what they added. */
  #keep(change: SideBySide): void {
    const { left: ours } = change;
    if (ours === undefined || this.#rows.schema.isKeyless) return;
    const key = keyOf(change);
    const mayViolate = change.leftChanged && (this.#checks.ours.length > 0 || this.#addsNotNull());
    if (this.#rebuilt === undefined && !mayViolate) return;
    const value = this.#ourValue(change)!;
    if (change.leftChanged) {
      const nulls = this.#rows.nulls(value);
      if (nulls.length > 0) {
        this.#notNull(key, ours.node.value(ours.index), nulls);
        this.#remove(key, value);
        return;
      }
      this.#check(key, value, this.#checks.ours);
    }
    if (this.#rebuilt !== undefined) this.#append(key, value);
  }

  /** The row becomes `value`, or goes where that is undefined. */
  #take(change: SideBySide, value: Uint8Array | undefined, source: 'theirs' | 'merged'): void {
    const key = keyOf(change);
    const before = this.#ourValue(change);
    if (value === undefined) {
      this.#remove(key, before);
      return;
    }
    const nulls = this.#rows.schema.isKeyless ? [] : this.#rows.nulls(value);
    if (nulls.length > 0) {
      const { right: theirs } = change;
      const shown = source === 'theirs' ? theirs!.node.value(theirs!.index) : value;
      this.#notNull(key, shown, nulls);
      if (source === 'merged') this.#remove(key, before);
      return;
    }
    this.#check(key, value, this.#checks[source]);
    if (this.#hasUnique) this.#touched.push({ key, value });
    if (this.#rebuilt !== undefined) {
      this.#append(key, value);
      return;
    }
    this.#edited!.put(key, 0, key.length, value, 0, value.length);
    if (before !== undefined && Buffer.compare(before, value) === 0) return;
    for (const index of this.#indexes) index.edit(key, before, value);
  }

  #remove(key: Uint8Array, before: Uint8Array | undefined): void {
    if (this.#edited === undefined || before === undefined) return;
    this.#edited.delete(key);
    for (const index of this.#indexes) index.edit(key, before, undefined);
  }

  #append(key: Uint8Array, value: Uint8Array): void {
    this.#rebuilt!.append(key, 0, key.length, value, 0, value.length);
  }

  /** Whether a column that may be NULL in ours may not in the merged schema. */
  #addsNotNull(): boolean {
    const own = new Map(this.#ours.schema.columns.map(({ tag, nullable }) => [tag, nullable]));
    return this.#rows.schema.columns.some(({ tag, nullable }) => !nullable && own.get(tag) !== false);
  }

  #notNull(key: Uint8Array, value: Uint8Array, nulls: readonly number[]): void {
    const names = nulls.map((position) => this.#rows.schema.columns[position]!.name);
    this.#recorder.violation(ArtifactKind.notNull, key, value, { Columns: names });
  }

  #check(key: Uint8Array, value: Uint8Array, checks: readonly Check[]): void {
    recordViolatedChecks(checks, this.#rows, key, value, this.#recorder);
  }
}

/** What earlier merges left open on either side. */
function mergedArtifacts({ name, base, ours, theirs }: TableMergeInput): Address {
  if (theirs.artifacts === base.artifacts || theirs.artifacts === ours.artifacts) return ours.artifacts;
  if (ours.artifacts === base.artifacts) return theirs.artifacts;
  const open = ({ store, artifacts }: Table) => {
    const format = artifactsFormat(ours.schema);
    return artifacts === EMPTY_ADDRESS ? TreeMap.empty(store, format) : TreeMap.open(store, format, artifacts);
  };
  const merged = mergeMaps(open(base), open(ours), open(theirs), () => {
    throw new UnmergeableError(name, `encountered a key collision when merging the artifacts for table ${name}`);
  });
  return merged.count === 0 ? EMPTY_ADDRESS : merged.address;
}
