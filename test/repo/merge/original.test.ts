/**
 * Merges give the roots that Dolt 2.3.1 gave, conflicts and violations included: `fixtures/merges` holds the three commits
 * of each case in one store, and what the original's merge made of them.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Address } from '../../../src/base/address.ts';
import { NodeDisk } from '../../../src/base/node-disk.ts';
import { MemoryChunkStore } from '../../../src/chunks/memory-chunk-store.ts';
import { NbsStore } from '../../../src/chunks/nbs-store.ts';
import { NodeStore } from '../../../src/prolly/node-store.ts';
import { readCommit } from '../../../src/repo/commit.ts';
import type { MergeExpressions, RowValues } from '../../../src/repo/merge/merge-expressions.ts';
import { mergeRoots } from '../../../src/repo/merge/merge-roots.ts';
import { previewConflicts } from '../../../src/repo/merge/preview-conflicts.ts';
import type { RootSides } from '../../../src/repo/merge/table-plan.ts';
import { RootValue } from '../../../src/repo/root-value.ts';
import { completeNow } from '../../../src/repo/steps.ts';
import type { TableSchema } from '../../../src/table/schema.ts';
import type { Value } from '../../../src/tuple/value.ts';

interface Expected {
  readonly base: Address;
  readonly ours: Address;
  readonly theirs: Address;
  readonly root: string;
  readonly tables: Readonly<Record<string, string>>;
  readonly conflicts: Readonly<Record<string, number>>;
  readonly violations: Readonly<Record<string, number>>;
  readonly schemaConflicts: readonly (readonly [table: string, description: string])[];
  readonly error: string;
}

const folder = fileURLToPath(new URL('../../../fixtures/merges/', import.meta.url));
const cases = Object.entries(JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as Record<string, Expected>);

/** Where we do better, with the reason; then only counts are compared. */
const DIFFERENT: Readonly<Record<string, string>> = {
  unique_move: 'the original reports a violation against a value that the same merge replaces',
  theirs_add_unique_null: 'the original leaves rows with NULL out of a unique index that a merge builds',
  comment: "the original loses the table's comment when a merge changes its schema",
};

/** The few expressions of the cases, as JavaScript: SQL lies above this layer. */
const expressions: MergeExpressions = {
  columnValue: (_table, schema, column) => {
    const { generated, defaultValue } = schema.columns[column]!;
    return evaluator(schema, generated === '' ? defaultValue : generated);
  },
  check: (_table, schema, { expression }) => {
    const evaluate = evaluator(schema, expression);
    return (row) => Boolean(evaluate(row));
  },
};

function evaluator(schema: TableSchema, text: string): (row: RowValues) => Value {
  const script = text.replaceAll(/`(\w+)`/g, (_, name: string) => `row[${schema.columnPosition(name)}]`);
  return new Function('row', `return ${script}`) as (row: RowValues) => Value;
}

const stored = NbsStore.open(new NodeDisk(), `${folder}store`, { journal: false, readOnly: true });

/** The three commits of a case, in a store whose writes stay in memory. */
function sidesOf({ base, ours, theirs }: Expected): RootSides {
  const memory = new MemoryChunkStore();
  const get = memory.get.bind(memory);
  memory.get = (address) => get(address) ?? stored.get(address);
  const nodes = new NodeStore(memory);
  const rootOf = (commit: Address) => RootValue.read(nodes, readCommit(nodes, commit).root);
  return { base: rootOf(base), ours: rootOf(ours), theirs: rootOf(theirs) };
}

const positive = (map: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(map).filter(([, count]) => count > 0));

test.each(cases)('%s', (name, expected) => {
  const { base: baseAddress, theirs: theirsAddress } = expected;
  const merge = () => completeNow(mergeRoots({ ...sidesOf(expected), baseAddress, theirsAddress, expressions }));
  if (expected.error !== '') {
    expect(merge).toThrow(expected.error.slice(expected.error.indexOf('error: cannot')));
    return;
  }
  const merged = merge();
  const tables = Object.fromEntries(
    Object.keys(expected.tables).map((table) => [table, merged.root.table(table)?.write()]),
  );
  const isDifferent = name in DIFFERENT;
  const counts = (map: ReadonlyMap<string, number>) => Object.fromEntries(map);
  expect({
    conflicts: counts(merged.conflicts),
    violations: counts(merged.violations),
    schemaConflicts: merged.schemaConflicts.map(({ table }) => table),
    ...(isDifferent ? {} : { tables, root: merged.root.address }),
  }).toEqual({
    conflicts: positive(expected.conflicts),
    violations: name === 'unique_move' ? {} : positive(expected.violations),
    schemaConflicts: expected.schemaConflicts.map(([table]) => table),
    ...(isDifferent ? {} : { tables: expected.tables, root: expected.root }),
  });
});

test.each(cases)('%s, previewed', (_, expected) => {
  const preview = () => [...previewConflicts({ ...sidesOf(expected), expressions })];
  if (expected.error !== '') {
    expect(preview).toThrow(expected.error.slice(expected.error.indexOf('error: cannot')));
    return;
  }
  if (expected.schemaConflicts.some(([, description]) => description.includes('table deletion'))) {
    expect(preview).toThrow(/^conflict: table with same name deleted and (its schema )?modified$/);
    return;
  }
  const found = preview();
  expect(found.filter(({ of }) => of === 'schema').map(({ table }) => table)).toEqual(
    expected.schemaConflicts.map(([table]) => table),
  );
  const rows = found.filter(({ of }) => of === 'rows').map(({ table, count }) => [table, count]);
  expect(Object.fromEntries(rows)).toEqual(positive(expected.conflicts));
});
