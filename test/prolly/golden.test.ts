/** The original's own trees: every node written back byte for byte, every tree rebuilt from its entries. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  ADDRESS_BYTES,
  type Address,
  addressAt,
  addressOf,
  EMPTY_ADDRESS,
  parseAddress,
} from '../../src/base/address.ts';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { AddressMap } from '../../src/prolly/address-map.ts';
import { readBlob, writeBlob } from '../../src/prolly/blob.ts';
import { CommitClosure, type CommitPoint } from '../../src/prolly/commit-closure.ts';
import { writeJsonTree } from '../../src/prolly/json-tree.ts';
import { emptyNode } from '../../src/prolly/node-message.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { TreeBuilder } from '../../src/prolly/tree-builder.ts';
import type { TreeFormat, TreeKind } from '../../src/prolly/tree-format.ts';
import { TreeMap } from '../../src/prolly/tree-map.ts';
import { readAddressMapNode, writeAddressMapNode } from '../../src/serial/address-map-node.ts';
import { readBlobNode, writeBlobInternal, writeBlobLeaf } from '../../src/serial/blob-node.ts';
import { readCommit } from '../../src/serial/commit.ts';
import { readCommitClosureNode, writeCommitClosureNode } from '../../src/serial/commit-closure-node.ts';
import { fileIdOf, openMessage } from '../../src/serial/flatbuffer-table.ts';
import { readMergeArtifactsNode, writeMergeArtifactsNode } from '../../src/serial/merge-artifacts-node.ts';
import { type NodeContent, type NodeLayout, readSubtreeCounts } from '../../src/serial/node-layout.ts';
import { readRootValue } from '../../src/serial/root-value.ts';
import { readStoreRoot } from '../../src/serial/store-root.ts';
import { readTable } from '../../src/serial/table.ts';
import { readTableSchema, type TableSchemaMessage } from '../../src/serial/table-schema.ts';
import { readTreeNode, writeTreeNode } from '../../src/serial/tree-node.ts';
import type { Encoding } from '../../src/tuple/encoding.ts';
import { compareRanges } from '../../src/tuple/range.ts';
import { TupleDescriptor } from '../../src/tuple/tuple-descriptor.ts';
import { goldenFolder, goldenNames, openGolden } from '../serial/golden-stores.ts';

/** The content of a node, taken from its message. */
function contentOf(bytes: Uint8Array, layout: NodeLayout): NodeContent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const offsets = (at: number, count: number) =>
    Array.from({ length: count }, (_, i) => view.getUint16(at + 2 * i, true));
  const { count, level } = layout;
  const keyOffsets = layout.keyOffsetsAt === 0 ? [count * layout.keyWidth] : offsets(layout.keyOffsetsAt, count + 1);
  const valueOffsets =
    layout.valueOffsetsAt === 0 ? [count * layout.valueWidth] : offsets(layout.valueOffsetsAt, count + 1);
  return {
    level,
    count,
    keys: bytes.subarray(layout.keysAt, layout.keysAt + keyOffsets.at(-1)!),
    keyOffsets,
    values: bytes.subarray(layout.valuesAt, layout.valuesAt + valueOffsets.at(-1)!),
    valueOffsets,
    addressOffsets: offsets(layout.addressOffsetsAt, layout.addressOffsetsCount),
    subtreeCounts:
      level === 0 ? [] : [...readSubtreeCounts(bytes, layout.subtreeCountsAt, layout.subtreeCountsLength, count)],
  };
}

function rewriteBlob(bytes: Uint8Array): Uint8Array {
  const { level, payload, addresses } = readBlobNode(bytes);
  if (level === 0) return writeBlobLeaf(payload);
  const coded = openMessage(bytes, 'BLOB', 5).vector(2, 1)!;
  return writeBlobInternal(level, addresses, [
    ...readSubtreeCounts(bytes, coded.start, coded.length, addresses.length / 20),
  ]);
}

const rewrite: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  TUPM: (bytes) => writeTreeNode(contentOf(bytes, readTreeNode(bytes))),
  ADRM: (bytes) => writeAddressMapNode(contentOf(bytes, readAddressMapNode(bytes))),
  CMCL: (bytes) => writeCommitClosureNode(contentOf(bytes, readCommitClosureNode(bytes))),
  ARTM: (bytes) => writeMergeArtifactsNode(contentOf(bytes, readMergeArtifactsNode(bytes))),
  BLOB: rewriteBlob,
};

/** A tree with the entries of another, built anew in a store of its own. */
function rebuild(map: TreeMap): TreeMap {
  const builder = new TreeBuilder(new NodeStore(new MemoryChunkStore()), map.format);
  for (const { node, from, to } of map.scan()) {
    for (let i = from; i < to; i++) {
      builder.append(node.bytes, node.keyStart(i), node.keyEnd(i), node.bytes, node.valueStart(i), node.valueEnd(i));
    }
  }
  return builder.finish();
}

/** Rebuilding looks at no order, only at addresses in values. */
function rowFormat(schema: TableSchemaMessage): TreeFormat {
  const stored = schema.clustered.valueColumns.filter((c) => !schema.columns[c]!.virtual);
  const fields = stored.map((c) => ({ encoding: schema.columns[c]!.encoding as Encoding, nullable: true }));
  const descriptor = new TupleDescriptor(fields);
  return {
    kind: 'rows',
    compare: compareRanges,
    addressOffsets: (bytes, start, end, into) => descriptor.addressOffsets(bytes, start, end, into),
  };
}

const INDEX_FORMAT: TreeFormat = { kind: 'rows', compare: compareRanges };

describe.each(goldenNames)('%s', (name) => {
  const chunks = openGolden(name);
  const store = new NodeStore(chunks);

  test('nodes read and write back to the same bytes', () => {
    let seen = 0;
    for (const address of chunks.addresses()) {
      const bytes = chunks.get(address)!;
      const again = rewrite[fileIdOf(bytes)];
      if (again === undefined) continue;
      seen++;
      expect(addressOf(again(bytes)), `${fileIdOf(bytes)} ${address}`).toBe(address);
    }
    expect(seen).toBeGreaterThan(0);
  });

  test('trees built from their entries have the same roots', () => {
    const seen = new Map<string, number>();
    const check = (what: string, map: TreeMap) => {
      expect(rebuild(map).address, what).toBe(map.address);
      seen.set(what, (seen.get(what) ?? 0) + 1);
    };
    for (const address of chunks.addresses()) {
      const bytes = chunks.get(address)!;
      switch (fileIdOf(bytes)) {
        case 'STRT':
          check('refs', AddressMap.fromBytes(store, readStoreRoot(bytes).refs).tree);
          break;
        case 'RTVL':
          check('tables', AddressMap.fromBytes(store, readRootValue(bytes).tables).tree);
          break;
        case 'DTBL': {
          const table = readTable(bytes);
          const schema = readTableSchema(chunks.get(table.schema)!);
          check('rows', TreeMap.fromBytes(store, rowFormat(schema), table.rows));
          for (const [, root] of AddressMap.fromBytes(store, table.indexes).entries()) {
            check('index', TreeMap.open(store, INDEX_FORMAT, root));
          }
          break;
        }
        case 'DCMT': {
          const { parentClosure, parents } = readCommit(bytes);
          if (parentClosure === EMPTY_ADDRESS) break;
          check('closure', CommitClosure.open(store, parentClosure).tree);
          const closed = parents.map((parent) => {
            const commit = readCommit(chunks.get(parent)!);
            return {
              address: parent,
              height: commit.height,
              closure: CommitClosure.open(new NodeStore(chunks), commit.parentClosure),
            };
          });
          expect(CommitClosure.ofParents(overlay(), closed).address).toBe(parentClosure);
          const points: CommitPoint[] = [...CommitClosure.open(store, parentClosure).descending()];
          expect(points.map((p) => p.height)).toEqual(points.map((p) => p.height).sort((a, b) => b - a));
          for (const parent of closed) expect(CommitClosure.open(store, parentClosure).has(parent)).toBe(true);
          break;
        }
      }
    }
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['refs', 'tables', 'rows']));
  });

  /** Golden stores are read only: a store that keeps what is written to it. */
  function overlay(): NodeStore {
    const memory = new MemoryChunkStore();
    const get = memory.get.bind(memory);
    memory.get = (address) => get(address) ?? chunks.get(address);
    return new NodeStore(memory);
  }

  test('blobs written anew have the same addresses', () => {
    const inner = new Set<Address>();
    const blobs: Address[] = [];
    for (const address of chunks.addresses()) {
      const bytes = chunks.get(address)!;
      if (fileIdOf(bytes) !== 'BLOB') continue;
      blobs.push(address);
      const { addresses } = readBlobNode(bytes);
      for (let i = 0; i < addresses.length; i += 20) inner.add(parseAddress(addressText(addresses, i))!);
    }
    for (const address of blobs) {
      if (inner.has(address)) continue;
      const content = readBlob((child) => chunks.get(child)!, address);
      // Leaves of JSON trees may be longer than a blob's.
      if (readBlobNode(chunks.get(address)!).payload.length > 4000) continue;
      expect(writeBlob(addressOf, content)).toBe(address);
    }
  });
});

test('remote-legacy: JSON trees written anew have the same roots', () => {
  const chunks = openGolden('remote-legacy');
  const children = (address: Address): Address[] => {
    const bytes = chunks.get(address)!;
    if (fileIdOf(bytes) !== 'ADRM') return [];
    const { count, valuesAt } = readAddressMapNode(bytes);
    return Array.from({ length: count }, (_, i) => addressAt(bytes, valuesAt + i * ADDRESS_BYTES));
  };
  const isJson = (address: Address): boolean => {
    const [first] = children(address);
    return first === undefined ? fileIdOf(chunks.get(address)!) === 'BLOB' : isJson(first);
  };
  const nodes = [...chunks.addresses()].filter((address) => children(address).length > 0 && isJson(address));
  const inner = new Set(nodes.flatMap(children));
  const roots = nodes.filter((address) => !inner.has(address));
  expect(roots.length).toBeGreaterThan(0);
  for (const root of roots) {
    const text = readBlob((child) => chunks.get(child)!, root);
    expect(writeJsonTree(new NodeStore(new MemoryChunkStore()), text)).toBe(root);
  }
});

function addressText(bytes: Uint8Array, at: number): string {
  let bits = BigInt(`0x${Buffer.from(bytes.subarray(at, at + 20)).toString('hex')}`);
  let text = '';
  for (let i = 0; i < 32; i++, bits >>= 5n) text = '0123456789abcdefghijklmnopqrstuv'[Number(bits & 31n)]! + text;
  return text;
}

interface ExpectedNode {
  readonly level: number;
  readonly hash: string;
  readonly last_key: string;
  readonly count: number;
}

test('remote-20k: every node has the recorded level, last key and count', () => {
  const text = readFileSync(`${goldenFolder}remote-20k/expected.json`, 'utf8');
  type Trees = Record<string, readonly ExpectedNode[] | { readonly root: string; readonly nodes: readonly string[] }>;
  const trees = (JSON.parse(text) as { readonly nodes: Trees }).nodes;
  const store = new NodeStore(openGolden('remote-20k'));
  let seen = 0;
  for (const tree of Object.values(trees)) {
    if ('root' in tree) {
      const root = store.read(parseAddress(tree.root)!);
      const below = new Set<string>();
      for (let node = root, i = 0; i < node.count && node.level > 0; i++) below.add(node.childAddress(i));
      for (const address of below) expect(tree.nodes).toContain(address);
      seen += below.size;
      continue;
    }
    for (const { hash, level, last_key, count } of tree) {
      const node = store.read(parseAddress(hash)!);
      expect(node.level).toBe(level);
      expect(node.treeCount).toBe(count);
      expect(Buffer.from(node.key(node.count - 1)).toString('hex')).toBe(last_key);
      seen++;
    }
  }
  expect(seen).toBeGreaterThan(490);
});

test('empty roots', () => {
  const roots: Readonly<Partial<Record<TreeKind, string>>> = {
    rows: '52qkcc17dcqtblc9aml4so2jrooun338',
    addresses: 'o0te4bsh307ieff51bhqo7omuobm5cdc',
  };
  for (const [kind, address] of Object.entries(roots)) expect(addressOf(emptyNode(kind as TreeKind))).toBe(address);
});
