/** Every store that the original wrote: each chunk is read, its address computed, and files copied by conjoin and gc. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Address, addressOf } from '../../src/base/address.ts';
import { DoltError } from '../../src/base/errors.ts';
import { NodeDisk } from '../../src/base/node-disk.ts';
import { formatManifest, manifestLock, parseManifest, readManifest, writeManifest } from '../../src/chunks/manifest.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { checkStore } from '../../src/chunks/store-check.ts';
import { seeded } from '../replication/world.ts';
import { collectGarbage } from './collect-garbage.ts';
import { copyOfGolden, golden } from './golden-copy.ts';

const remotes = ['remote-small', 'remote-20k', 'remote-plain', 'remote-legacy'];

interface Expected {
  readonly manifest: { readonly root: string; readonly lock: string; readonly specs: readonly [string, number][] };
  readonly effective_root: string;
  readonly files: Readonly<Record<string, { readonly kind: string; readonly chunks: number }>>;
  readonly chunk_types: Readonly<Record<string, number>>;
  readonly journal: { readonly chunks: number; readonly bytes: number };
}

function expected(name: string): Expected {
  return JSON.parse(readFileSync(join(golden, name, 'expected.json'), 'utf8')) as Expected;
}

/** Every address with the type of its message; that the bytes fit the address is checked here. */
function contentOf(store: NbsStore): Map<Address, string> {
  const content = new Map<Address, string>();
  for (const address of store.addresses()) {
    const chunk = store.get(address)!;
    if (addressOf(chunk) !== address || !store.has(address)) throw new Error(`wrong bytes for ${address}`);
    content.set(address, new TextDecoder('latin1').decode(chunk.subarray(8, 12)));
  }
  return content;
}

describe.each(remotes)('%s', (name) => {
  test('holds the chunks that it should', () => {
    const store = NbsStore.open(new NodeDisk(), join(golden, name), { journal: false, readOnly: true });
    const { manifest, files, chunk_types } = expected(name);
    expect(store.root()).toBe(manifest.root);
    const content = contentOf(store);
    const types: Record<string, number> = {};
    for (const type of content.values()) {
      types[type] = (types[type] ?? 0) + 1;
    }
    expect(types).toEqual(chunk_types);
    expect(Object.fromEntries(store.files().map((file) => [file.name, [file.kind, file.chunkCount]]))).toEqual(
      Object.fromEntries(Object.entries(files).map(([file, { kind, chunks }]) => [file, [kind, chunks]])),
    );
    expect([...checkStore(new NodeDisk(), join(golden, name), false)]).toEqual([]);
    store.close();
  });

  test('has a manifest that we would write', () => {
    const text = readFileSync(join(golden, name, 'manifest'), 'utf8');
    const manifest = parseManifest(text, 'manifest');
    expect(formatManifest(manifest)).toBe(text);
    expect(manifestLock(manifest.root, manifest.files)).toBe(manifest.lock);
  });

  test.each([false, true])(
    'is the same after conjoining and after a commit on top (files in the other order: %s)',
    (reversed) => {
      const disk = copyOfGolden(name);
      if (reversed) {
        const { manifest } = readManifest(disk, '/store');
        const files = manifest.files.toReversed();
        writeManifest(disk, '/store', 'reversed', { ...manifest, files, lock: manifestLock(manifest.root, files) });
      }
      const store = NbsStore.open(disk, '/store', { journal: false });
      const before = contentOf(store);
      const manyFiles = store.files().length > 1;
      expect(store.conjoin(2)).toBe(manyFiles);
      if (manyFiles) expect(store.files().some(({ kind }) => kind === 'archive')).toBe(true);
      expect(contentOf(store)).toEqual(before);
      const reopened = NbsStore.open(disk, '/store', { journal: false });
      expect(contentOf(reopened)).toEqual(before);
      expect([...checkStore(disk, '/store', false)]).toEqual([]);
      expect(reopened.root()).toBe(store.root());
    },
  );

  test('names the damaged chunk, whichever byte is damaged', () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const disk = copyOfGolden(name);
      const file = disk.list('/store')!.filter((entry) => /^[0-9a-v]{32}/.test(entry))[0]!;
      const size = disk.stat(`/store/${file}`)!.size;
      const at = Math.floor((size * 0.8 * seed) / 8);
      const handle = disk.openWrite('', `/store/${file}`);
      const byte = new Uint8Array(1);
      handle.read(byte, 0, 1, at);
      handle.write('', Uint8Array.of(byte[0]! ^ 0x10), at);
      expect([...checkStore(disk, '/store', false)].length, `byte ${at} of ${file}`).toBeGreaterThan(0);
    }
  });
});

test.each(remotes)(
  '%s: whichever byte is damaged, no chunk is read as another',
  (name) => {
    const pristine = copyOfGolden(name);
    const store = NbsStore.open(pristine, '/store', { journal: false });
    const chunks = new Map(Array.from(store.addresses(), (address) => [address, addressOf(store.get(address)!)]));
    const random = seeded(name.length);
    for (let n = 0; n < (chunks.size > 1000 ? 20 : 150); n++) {
      const disk = copyOfGolden(name);
      const files = disk.list('/store')!.filter((entry) => /^[0-9a-v]{32}/.test(entry));
      const path = `/store/${files[Math.floor(random() * files.length)]!}`;
      const bytes = disk.readFile(path)!;
      // Half of them near the end, where the index is.
      const reach = n % 2 === 0 ? bytes.length : Math.min(bytes.length, 240 + chunks.size * 40);
      const at = bytes.length - 1 - Math.floor(random() * reach);
      disk.openWrite('', path).write('', Uint8Array.of(bytes[at]! ^ (1 << Math.floor(random() * 8))), at);
      const damaged = NbsStore.open(disk, '/store', { journal: false });
      for (const [address, expected] of chunks) {
        let found: Uint8Array | undefined;
        try {
          found = damaged.get(address);
        } catch (error) {
          expect(error, `byte ${at} of ${path}`).toBeInstanceOf(DoltError);
        }
        if (found) expect(addressOf(found), `byte ${at} of ${path}`).toBe(expected);
      }
    }
  },
  120_000,
);

describe('local-journal', () => {
  const directory = join(golden, 'local-journal');

  test('is read as the original reads it', () => {
    const store = NbsStore.open(new NodeDisk(), directory, { journal: true, readOnly: true });
    const { effective_root, journal } = expected('local-journal');
    expect(store.root()).toBe(effective_root);
    expect(store.files()).toMatchObject([{ kind: 'journal', chunkCount: journal.chunks, byteSize: journal.bytes }]);
    contentOf(store);
    expect([...checkStore(new NodeDisk(), directory, true)]).toEqual([]);
    store.close();
  });

  test('is the same after it rolled over and after gc', () => {
    const disk = copyOfGolden('local-journal');
    const store = NbsStore.open(disk, '/store', { journal: true, journalRollBytes: 1000 });
    const before = contentOf(store);
    const root = store.root();
    const extra = new TextEncoder().encode('extra..');
    store.put(addressOf(extra), extra);
    expect(store.commit(root, root)).toBe(true);
    expect(store.files().map(({ kind }) => kind)).toEqual(['table']);
    before.set(addressOf(extra), '');
    expect(contentOf(store)).toEqual(before);
    const addresses = [...before.keys()];
    const half = addresses.length >> 1;
    collectGarbage(store, addresses.slice(0, half), addresses.slice(half, -1));
    expect(new Set(store.addresses())).toEqual(new Set(addresses.slice(0, -1)));
    expect(store.files().map(({ kind, generation }) => `${kind} ${generation}`)).toEqual(['table new', 'table old']);
    store.close();
    const reopened = NbsStore.open(disk, '/store', { journal: true });
    expect(reopened.root()).toBe(root);
    expect(contentOf(reopened).size).toBe(addresses.length - 1);
    expect([...checkStore(disk, '/store', true)]).toEqual([]);
  });

  test('is refused as a remote', () => {
    expect(() => NbsStore.open(new NodeDisk(), directory, { journal: false })).toThrow(/store of a repository/);
  });
});
