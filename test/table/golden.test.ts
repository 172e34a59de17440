/**
 * The tables of the golden stores: every row decodes, and encoding the decoded rows again gives the same trees, index by
 * index, the same schema messages, and the same table hashes that the original printed.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { NodeDisk } from '../../src/base/node-disk.ts';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { AddressMap } from '../../src/prolly/address-map.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { TreeBuilder } from '../../src/prolly/tree-builder.ts';
import { TreeMap } from '../../src/prolly/tree-map.ts';
import { readCommit } from '../../src/serial/commit.ts';
import { readRootValue } from '../../src/serial/root-value.ts';
import { readStoreRoot } from '../../src/serial/store-root.ts';
import { newColumnTags } from '../../src/table/column-tags.ts';
import { IndexKeyEncoder } from '../../src/table/index-key-encoder.ts';
import { cardinalityDecoder, decodeRowAt, rowColumnDecoder } from '../../src/table/row-codec.ts';
import { RowEncoder } from '../../src/table/row-encoder.ts';
import { readSchema, writeSchema } from '../../src/table/schema-message.ts';
import { indexFormat, rowFormat, Table } from '../../src/table/table.ts';
import { Encoding } from '../../src/tuple/encoding.ts';
import type { Value } from '../../src/tuple/value.ts';
import { goldenFolder, goldenNames, openGolden } from '../serial/golden-stores.ts';

interface Expected {
  readonly dolt?: Readonly<
    Record<string, { readonly tables: Readonly<Record<string, { readonly hash: string; readonly rows: number }>> }>
  >;
}

/** What SQL would compute for virtual columns. */
const computed: Readonly<Record<string, (row: Value[]) => void>> = {
  child: (row) => {
    row[2] = (row[1] as number) * 2;
  },
};

const readExpected = (golden: string): Expected =>
  JSON.parse(readFileSync(`${goldenFolder}${golden}/expected.json`, 'utf8')) as Expected;

function openTables(): NbsStore {
  const folder = fileURLToPath(new URL('../../fixtures/tables/remote', import.meta.url));
  return NbsStore.open(new NodeDisk(), folder, { journal: false, readOnly: true });
}

/** A copy that takes writes. */
function inMemory(stored: NbsStore): MemoryChunkStore {
  const chunks = new MemoryChunkStore();
  for (const address of stored.addresses()) chunks.put(address, stored.get(address)!);
  chunks.commit(stored.root(), chunks.root());
  stored.close();
  return chunks;
}

interface Found {
  readonly branch: string;
  readonly name: string;
  readonly address: Address;
}

function tablesOf(store: NodeStore): { readonly tables: Found[]; readonly roots: Map<string, Address> } {
  const refs = AddressMap.fromBytes(store, readStoreRoot(store.readMessage(store.chunks.root())).refs);
  const tables: Found[] = [];
  const roots = new Map<string, Address>();
  for (const [ref, head] of refs.entries('refs/heads/')) {
    const branch = ref.slice('refs/heads/'.length);
    const { root } = readCommit(store.readMessage(head));
    roots.set(branch, root);
    const map = AddressMap.fromBytes(store, readRootValue(store.readMessage(root)).tables);
    for (const [name, address] of map.entries()) tables.push({ branch, name, address });
  }
  return { tables, roots };
}

describe.each([...goldenNames, 'tables'])('%s', (golden) => {
  const store = new NodeStore(inMemory(golden === 'tables' ? openTables() : openGolden(golden)));
  const { tables } = tablesOf(store);
  const expected: Expected = golden === 'tables' ? {} : readExpected(golden);
  expect(tables.length).toBeGreaterThan(0);

  for (const { branch, name, address } of tables) {
    test(`${branch} ${name}`, () => {
      const table = Table.open(store, address);
      const { schema } = table;
      const known = expected.dolt?.[branch]?.tables[name];
      if (known) expect(address).toBe(known.hash);
      expect(table.with({}).write()).toBe(address);
      const schemaBytes = store.readMessage(table.schemaAddress);
      expect(Buffer.from(writeSchema(readSchema(schemaBytes))).equals(schemaBytes)).toBe(true);

      const encoder = new RowEncoder(schema, store);
      const rows = new TreeBuilder(store, rowFormat(schema));
      const encoders = schema.indexes.map((index) => new IndexKeyEncoder(schema, index, store));
      const keys: { fromRow: Uint8Array[]; fromTuples: Uint8Array[] }[] = encoders.map(() => ({
        fromRow: [],
        fromTuples: [],
      }));
      let count = 0;
      let previous: Uint8Array = new Uint8Array(0);
      for (const { node, from, to } of table.rows.scan()) {
        const columns = schema.columns.map((_, c) => {
          const into: Value[] = [];
          rowColumnDecoder(schema, c, store)(node, from, to, into);
          return into;
        });
        const cardinalities: Value[] = [];
        if (schema.isKeyless) cardinalityDecoder(schema)(node, from, to, cardinalities);
        for (let i = from; i < to; i++) {
          const row = decodeRowAt(schema, node, i, store);
          expect(columns.map((column) => column[i - from])).toEqual(row);
          computed[name]?.(row);
          count += schema.isKeyless ? (cardinalities[i - from] as number) : 1;
          encoder.encode(row);
          if (previous.length > 0) {
            const order = rowFormat(schema).compare(
              previous,
              0,
              previous.length,
              node.bytes,
              node.keyStart(i),
              node.keyEnd(i),
            );
            expect(order).toBeLessThan(0);
          }
          previous = node.key(i);
          const value = encoder.valueBytes.slice(0, encoder.valueLength);
          if (schema.isKeyless) Buffer.from(value.buffer).writeUInt32LE(cardinalities[i - from] as number, 0);
          rows.append(encoder.keyBytes, 0, encoder.keyLength, value, 0, value.length);
          encoders.forEach((index, k) => {
            index.encode(row, encoder.keyBytes);
            keys[k]!.fromRow.push(index.bytes.slice(0, index.length));
            if (index.hasVirtual) return;
            index.encodeStored(
              node.bytes,
              node.keyStart(i),
              node.keyEnd(i),
              node.bytes,
              node.valueStart(i),
              node.valueEnd(i),
            );
            keys[k]!.fromTuples.push(index.bytes.slice(0, index.length));
          });
        }
      }
      if (known) expect(count).toBe(known.rows);
      // Long documents of legacy JSON columns are trees, which are read only: they are written as blobs.
      const legacyJson = schema.columns.some((column) => column.encoding === Encoding.jsonAddress);
      if (!legacyJson) expect(rows.finish().address).toBe(table.rows.address);
      encoders.forEach((index, k) => {
        if (index.index.fullText) return;
        const built = (tuples: Uint8Array[]): Address => {
          const format = indexFormat(store, schema, index.index);
          const builder = new TreeBuilder(store, format);
          const empty = new Uint8Array(2);
          tuples.sort((a, b) => format.compare(a, 0, a.length, b, 0, b.length));
          for (const key of tuples) builder.append(key, 0, key.length, empty, 0, 2);
          return builder.finish().address;
        };
        expect(built(keys[k]!.fromRow), index.index.name).toBe(table.index(index.index.name).address);
        if (!index.hasVirtual)
          expect(built(keys[k]!.fromTuples), index.index.name).toBe(table.index(index.index.name).address);
      });
      expect(TreeMap.open(store, rowFormat(schema), table.rows.address).count).toBe(table.entryCount);
    });
  }

  test('column tags', () => {
    let checked = 0;
    for (const { name, address } of tables) {
      const { columns } = Table.open(store, address).schema;
      if (columns.some((column) => column.tag > 2 ** 50)) continue;
      // What was there before the table: some subset of the others; without it only collisions could differ.
      const tags = newColumnTags(name, [], columns, []);
      const equal = tags.filter((tag, i) => tag === columns[i]!.tag).length;
      checked += equal;
      expect(columns.length - equal, `${name}: at most a column added later or a collision`).toBeLessThanOrEqual(
        name === 'nums' ? 2 : 1,
      );
    }
    expect(checked).toBeGreaterThan(0);
  });
});
