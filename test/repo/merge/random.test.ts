/** Merges of random tables against a naive merge of row maps: cells, conflicts, indexes; and what they cost. */

import { describe, expect, test } from 'vitest';
import { addressOf, EMPTY_ADDRESS } from '../../../src/base/address.ts';
import { MemoryChunkStore } from '../../../src/chunks/memory-chunk-store.ts';
import { NodeStore } from '../../../src/prolly/node-store.ts';
import { artifactsOf } from '../../../src/repo/artifacts.ts';
import { mergeTables } from '../../../src/repo/merge/merge-table.ts';
import { buildIndex } from '../../../src/table/index-builder.ts';
import { decodeRowAt } from '../../../src/table/row-codec.ts';
import { type ColumnDefinition, TableSchema } from '../../../src/table/schema.ts';
import { Table } from '../../../src/table/table.ts';
import { TableEditor } from '../../../src/table/table-editor.ts';
import { Encoding } from '../../../src/tuple/encoding.ts';
import type { Value } from '../../../src/tuple/value.ts';
import fc from '../../fast-check.ts';

const BASE = addressOf(new Uint8Array([1]));
const THEIRS = addressOf(new Uint8Array([2]));

function column(name: string, tag: number, sqlType: string, encoding: Encoding, nullable = true): ColumnDefinition {
  return {
    name,
    tag,
    sqlType,
    encoding,
    nullable,
    autoIncrement: false,
    defaultValue: '',
    onUpdate: '',
    generated: '',
    virtual: false,
    comment: '',
    hidden: false,
  };
}

const COLUMNS = [
  column('id', 1, 'int', Encoding.int32, false),
  column('a', 2, 'int', Encoding.int32),
  column('b', 3, 'varchar(200)', Encoding.string),
  column('c', 4, 'text', Encoding.stringAdaptive),
];
const INDEX = {
  comment: '',
  systemDefined: false,
  prefixLengths: [],
  spatial: false,
  predicate: '',
  unique: false,
};
const SCHEMA = new TableSchema({
  columns: COLUMNS,
  primaryKey: [0],
  indexes: [
    { ...INDEX, name: 'ia', columns: [1] },
    { ...INDEX, name: 'ib', columns: [2, 1] },
  ],
  checks: [],
  collation: 309,
  comment: '',
});

type Row = readonly Value[];
type Rows = ReadonlyMap<number, Row>;

function tableOf(store: NodeStore, rows: Rows): Table {
  const editor = new TableEditor(Table.create(store, SCHEMA));
  for (const row of rows.values()) editor.insert(row);
  return editor.finish();
}

function rowsOf(table: Table): Map<number, Row> {
  const rows = new Map<number, Row>();
  for (const { node, from, to } of table.rows.scan()) {
    for (let i = from; i < to; i++) {
      const row = decodeRowAt(table.schema, node, i, table.store);
      rows.set(row[0] as number, row);
    }
  }
  return rows;
}

const cells = {
  a: fc.option(fc.nat(3), { nil: null }),
  b: fc.option(fc.constantFrom('', 'x', 'some longer text that fills nodes'.repeat(4)), { nil: null }),
  c: fc.option(fc.constantFrom('', 'short', 'l'.repeat(1500), 'out of band '.repeat(300)), { nil: null }),
};
const edits = fc.array(
  fc.record({ id: fc.nat(400), change: fc.constantFrom('a', 'b', 'c', 'row', 'delete'), ...cells }),
  { maxLength: 40 },
);

function edited(rows: Rows, changes: readonly { id: number; change: string; a: Value; b: Value; c: Value }[]): Rows {
  const result = new Map(rows);
  for (const { id, change, a, b, c } of changes) {
    const row = result.get(id);
    if (change === 'delete') result.delete(id);
    else if (row === undefined || change === 'row') result.set(id, [id, a, b, c]);
    else {
      const at = ['a', 'b', 'c'].indexOf(change) + 1;
      result.set(
        id,
        row.map((value, i) => (i === at ? [a, b, c][at - 1]! : value)),
      );
    }
  }
  return result;
}

const same = (a: Row | undefined, b: Row | undefined) =>
  a === b || (a !== undefined && b !== undefined && a.every((value, i) => value === b[i]));

function naiveMerge(base: Rows, ours: Rows, theirs: Rows): { rows: Rows; conflicts: number[] } {
  const rows = new Map(ours);
  const conflicts: number[] = [];
  for (const id of [...new Set([...base.keys(), ...theirs.keys()])].sort((x, y) => x - y)) {
    const [was, mine, their] = [base.get(id), ours.get(id), theirs.get(id)];
    if (same(was, their) || same(mine, their)) continue;
    if (same(was, mine)) {
      if (their === undefined) rows.delete(id);
      else rows.set(id, their);
      continue;
    }
    const merged =
      mine &&
      their &&
      mine.map((value, i) => {
        if (value === their[i]) return value;
        if (was === undefined) return undefined;
        return was[i] === value ? their[i]! : was[i] === their[i] ? value : undefined;
      });
    if (merged === undefined || merged.includes(undefined as unknown as Value)) conflicts.push(id);
    else rows.set(id, merged as Row);
  }
  return { rows, conflicts };
}

function merge(base: Table, ours: Table, theirs: Table): Table {
  return mergeTables({
    name: 't',
    base,
    ours,
    theirs,
    schema: SCHEMA,
    rebuildsIndexes: false,
    baseAddress: BASE,
    theirsAddress: THEIRS,
    expressions: undefined,
  });
}

describe('random tables', () => {
  test('merge as row maps do', () => {
    const initial = fc.record({ count: fc.nat(300), seed: fc.nat(1000) }).map(
      ({ count, seed }) =>
        new Map(
          Array.from({ length: count }, (_, i): [number, Row] => {
            const n = (i * 7 + seed) % 400;
            return [
              n,
              [n, n % 5, n % 3 === 0 ? null : `text ${n} `.repeat(1 + (n % 9)), n % 40 === 0 ? 'z'.repeat(2500) : null],
            ];
          }),
        ),
    );
    let conflicting = 0;
    fc.assert(
      fc.property(initial, edits, edits, (base, mine, their) => {
        const store = new NodeStore(new MemoryChunkStore());
        const [ours, theirs] = [edited(base, mine), edited(base, their)];
        const expected = naiveMerge(base, ours, theirs);
        const merged = merge(tableOf(store, base), tableOf(store, ours), tableOf(store, theirs));
        expect([...rowsOf(merged)]).toEqual([...expected.rows].sort(([a], [b]) => a - b));
        expect([...artifactsOf(merged)].map(({ rowKey }) => Buffer.from(rowKey).readInt32LE(0))).toEqual(
          expected.conflicts,
        );
        // The same table as one written at once, and every index as one built from the rows.
        expect(merged.with({ artifacts: EMPTY_ADDRESS }).write()).toBe(tableOf(store, expected.rows).write());
        for (const index of SCHEMA.indexes) {
          expect(merged.index(index.name).address).toBe(buildIndex(store, SCHEMA, index, merged.rows).address);
        }
        conflicting += expected.conflicts.length;
      }),
      { numRuns: 150 },
    );
    expect(conflicting).toBeGreaterThan(0);
  });
});

test('the cost of a merge follows the changes', () => {
  const chunks = new MemoryChunkStore();
  const store = new NodeStore(chunks);
  const rows = new Map(
    Array.from({ length: 20_000 }, (_, i): [number, Row] => [i, [i, i % 97, `row ${i} of the table`, null]]),
  );
  const base = tableOf(store, rows);
  const change = (ids: readonly number[], at: number, value: Value) => {
    const editor = new TableEditor(base);
    for (const id of ids) {
      const row = rows.get(id)!;
      editor.update(
        row,
        row.map((old, i) => (i === at ? value : old)),
      );
    }
    return editor.finish().write();
  };
  const [ours, theirs] = [change([10, 9_000], 1, 500), change([10, 15_000], 2, 'theirs')];
  let reads = 0;
  const counted = new MemoryChunkStore();
  counted.get = (address) => {
    reads++;
    return chunks.get(address);
  };
  counted.put = (address, bytes) => chunks.put(address, bytes);
  const fresh = new NodeStore(counted);
  const merged = merge(Table.open(fresh, base.write()), Table.open(fresh, ours), Table.open(fresh, theirs));
  expect(reads).toBeLessThan(120);
  expect(rowsOf(merged).get(10)).toEqual([10, 500, 'theirs', null]);
});
