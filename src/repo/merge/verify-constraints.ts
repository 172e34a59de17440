/**
 * Looks for rows that violate constraints, in what differs from a base: violations become artifacts, as those of a merge
 * do. The rows stay as they are.
 */
import type { Address } from '../../base/address.ts';
import { diff } from '../../prolly/diff.ts';
import { type Entry, TreeMap } from '../../prolly/tree-map.ts';
import type { Table } from '../../table/table.ts';
import { ArtifactKind } from '../artifacts.ts';
import type { RootValue } from '../root-value.ts';
import { compileChecks, recordViolatedChecks } from './check-violations.ts';
import { recordForeignKeyViolations } from './foreign-key-violations.ts';
import { IndexMerger } from './index-merger.ts';
import type { MergeExpressions } from './merge-expressions.ts';
import { equalSchemas } from './merge-schema.ts';
import { RowMerger } from './row-merger.ts';
import { UniqueChecker } from './unique-violations.ts';
import { ArtifactRecorder } from './violations.ts';

export interface Verification {
  readonly base: RootValue;
  readonly root: RootValue;
  /** Of these tables, by their stored names. */
  readonly tables: readonly string[];
  /** Recorded with each violation as what it came from: a commit or a root. */
  readonly from: Address;
  readonly expressions: MergeExpressions | undefined;
}

/** The root with the violations that were found recorded beside those that were known. */
export function verifyConstraints({ base, root, tables, from, expressions }: Verification): RootValue {
  const edits = new Map<string, Table>();
  for (const name of tables) {
    const table = root.table(name)!;
    const artifacts = verifyRows(name, base.table(name), table, from, expressions);
    if (artifacts !== table.artifacts) edits.set(name, table.with({ artifacts }));
  }
  return recordForeignKeyViolations(base, root.withTables(edits), from, new Set(tables));
}

/** NOT NULL, CHECK and UNIQUE of rows that came or changed since `before`; the address of the artifacts. */
function verifyRows(
  name: string,
  before: Table | undefined,
  table: Table,
  from: Address,
  expressions: MergeExpressions | undefined,
): Address {
  const { schema, store } = table;
  const recorder = new ArtifactRecorder(table, from, from);
  const rows = new RowMerger(name, schema, schema, schema, schema, store, expressions);
  const enforced = schema.checks.filter((check) => check.enforced);
  const checks = compileChecks(name, schema, enforced, expressions);
  const unique = schema.indexes
    .filter((index) => index.unique)
    .map((index) => {
      const merger = new IndexMerger(table, rows, index, false);
      return new UniqueChecker(schema, merger, table.index(index.name), table.rows, recorder);
    });
  for (const { node, index } of newRows(before, table)) {
    const [key, value] = [node.key(index), node.value(index)];
    const nulls = schema.isKeyless ? [] : rows.nulls(value);
    if (nulls.length > 0) {
      const Columns = nulls.map((position) => schema.columns[position]!.name);
      recorder.violation(ArtifactKind.notNull, key, value, { Columns });
    }
    recordViolatedChecks(checks, rows, key, value, recorder);
    for (const checker of unique) checker.checkRow(key, value);
  }
  return recorder.finish();
}

/** Rows that are not in `before` as they are now; all of them where the definition of the table is another one. */
function* newRows(before: Table | undefined, table: Table): Generator<Entry, void, void> {
  const isSame = before !== undefined && equalSchemas(before.schema, table.schema);
  const from = isSame ? before.rows : TreeMap.empty(table.store, table.rows.format);
  for (const { to } of diff(from, table.rows)) if (to !== undefined) yield to;
}
