import { describe, expect, test } from 'vitest';
import { type Address, addressOf, EMPTY_ADDRESS } from '../../src/base/address.ts';
import { readCommit, writeCommit } from '../../src/serial/commit.ts';
import { fileIdOf } from '../../src/serial/flatbuffer-table.ts';
import { readForeignKeyCollection, writeForeignKeyCollection } from '../../src/serial/foreign-key-collection.ts';
import { readStatistic, readTupleMessage, writeStatistic, writeTupleMessage } from '../../src/serial/housekeeping.ts';
import { referencesOf } from '../../src/serial/references.ts';
import { readRootValue, writeRootValue } from '../../src/serial/root-value.ts';
import { readStash, writeStash } from '../../src/serial/stash.ts';
import { readStashList, writeStashList } from '../../src/serial/stash-list.ts';
import { readStoreRoot, writeStoreRoot } from '../../src/serial/store-root.ts';
import { readTable, writeTable } from '../../src/serial/table.ts';
import { readTableSchema, writeTableSchema } from '../../src/serial/table-schema.ts';
import { readTag, writeTag } from '../../src/serial/tag.ts';
import { readWorkingSet, type WorkingSetMessage, writeWorkingSet } from '../../src/serial/working-set.ts';
import { goldenNames, openGolden } from './golden-stores.ts';

const rewrite: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  STRT: (bytes) => writeStoreRoot(readStoreRoot(bytes)),
  DCMT: (bytes) => writeCommit(readCommit(bytes)),
  DTAG: (bytes) => writeTag(readTag(bytes)),
  WRST: (bytes) => writeWorkingSet(readWorkingSet(bytes)),
  RTVL: (bytes) => writeRootValue(readRootValue(bytes)),
  DTBL: (bytes) => writeTable(readTable(bytes)),
  DSCH: (bytes) => writeTableSchema(readTableSchema(bytes)),
  DFKC: (bytes) => writeForeignKeyCollection(readForeignKeyCollection(bytes)),
  STSH: (bytes) => writeStash(readStash(bytes)),
  SLST: (bytes) => writeStashList(readStashList(bytes)),
  STAT: (bytes) => writeStatistic(readStatistic(bytes)),
  TUPL: (bytes) => writeTupleMessage(readTupleMessage(bytes)),
};

const nodes = new Set(['TUPM', 'ADRM', 'CMCL', 'BLOB', 'ARTM']);

describe.each(goldenNames)('%s', (name) => {
  test('every message reads and writes back to the same bytes', () => {
    const store = openGolden(name);
    const seen = new Map<string, number>();
    for (const address of store.addresses()) {
      const bytes = store.get(address)!;
      const kind = fileIdOf(bytes);
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      if (nodes.has(kind)) continue;
      const again = rewrite[kind]!(bytes);
      expect(Buffer.from(again).equals(bytes), `${kind} ${address}`).toBe(true);
    }
    expect(seen.get('STRT')).toBeGreaterThan(0);
    expect(seen.get('DSCH')).toBeGreaterThan(0);
    store.close();
  });

  test('everything that is reachable is there', () => {
    const store = openGolden(name);
    const found = new Set<Address>();
    const waiting = [store.root()];
    while (waiting.length > 0) {
      const address = waiting.pop()!;
      if (found.has(address)) continue;
      found.add(address);
      const bytes = store.get(address);
      expect(bytes, address).toBeDefined();
      waiting.push(...referencesOf(bytes!));
    }
    // All but old refs and roots of a journal.
    expect(found.size).toBeGreaterThan(20);
    store.close();
  });
});

const address = (digit: string): Address => digit.repeat(32) as Address;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('a commit of the specification', () => {
  const commit = writeCommit({
    root: addressFill(0x22),
    height: 1,
    parents: [],
    parentClosure: EMPTY_ADDRESS,
    name: 'n',
    email: 'e',
    description: 'd',
    timestampMillis: 1000,
    userTimestampMillis: 1000,
    signature: '',
    committerName: '',
    committerEmail: '',
  });
  expect(addressOf(commit)).toBe('k1pmang8fvh83621gna1kcprau730sbm');
  expect(referencesOf(commit)).toEqual([addressFill(0x22)]);
});

function addressFill(byte: number): Address {
  const bits = byte.toString(2).padStart(8, '0').repeat(20);
  return Array.from({ length: 32 }, (_, i) => parseInt(bits.slice(5 * i, 5 * i + 5), 2).toString(32)).join(
    '',
  ) as Address;
}

const emptyMap = Buffer.from(
  '1b000034140000004144524d00000a0010000c00080004000a0000000c0000000c0000001000000000000000010000000000000000000000',
  'hex',
);

test('an empty root and an empty store root of the specification', () => {
  const root = writeRootValue({ featureVersion: 7, tables: emptyMap, foreignKeys: EMPTY_ADDRESS, collation: 309 });
  expect(addressOf(root)).toBe('vt5n73lho7q40t91ucetlr9qv4eqhasl');
  expect(addressOf(writeStoreRoot({ refs: emptyMap }))).toBe('dupe7uabnengcnt9le81m0j6qvkvknhn');
});

test('a working set in a merge and in a rebase', () => {
  const set: WorkingSetMessage = {
    working: address('1'),
    staged: address('2'),
    name: 'n',
    email: 'e',
    description: 'sql transaction',
    timestampSeconds: 1700000000,
    merge: {
      preMergeWorking: address('3'),
      fromCommit: address('4'),
      fromSpec: 'feature',
      unmergableTables: ['t', 'u'],
      isCherryPick: false,
      isRevert: true,
      preMergeHead: address('5'),
      pendingCommits: ['x'],
    },
    rebase: {
      preRebaseWorking: address('6'),
      branch: 'b',
      ontoCommit: address('7'),
      emptyCommitHandling: 1,
      becomesEmptyHandling: 2,
      lastStep: 1.5,
      started: true,
      skipVerification: false,
    },
  };
  const bytes = writeWorkingSet(set);
  expect(readWorkingSet(bytes)).toEqual(set);
  expect(referencesOf(bytes)).toEqual([address('1'), address('2'), address('3'), address('4')]);
  const { merge, rebase, ...plain } = set;
  expect(merge && rebase).toBeDefined();
  expect(readWorkingSet(writeWorkingSet(plain))).toEqual({ ...plain, merge: undefined, rebase: undefined });
});

test('messages of another kind and damaged ones are refused', () => {
  expect(() => readCommit(emptyMap)).toThrow(/ADRM/);
  expect(() => referencesOf(Buffer.from('not a message at all'))).toThrow(/serial message/);
  const root = Buffer.from(
    writeRootValue({ featureVersion: 7, tables: emptyMap, foreignKeys: address('1'), collation: 309 }),
  );
  for (let cut = 12; cut < root.length; cut += 7) {
    try {
      referencesOf(root.subarray(0, cut));
    } catch (error) {
      expect(error, `cut at ${cut}`).toMatchObject({ kind: 'corrupt' });
    }
  }
  expect(hex(root).length).toBeGreaterThan(0);
});
