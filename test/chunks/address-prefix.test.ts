/** Chunks whose addresses begin alike: an index finds the first eight bytes by search, and the rest by looking on. */
import { expect, test } from 'vitest';
import { type Address, addressAt } from '../../src/base/address.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { copyOfGolden } from './golden-copy.ts';

/** Of three each the first eight bytes are equal; the others differ from them in the last bits of those only. */
function alike(last: number, suffix: number): Address {
  return addressAt(
    Uint8Array.from({ length: 20 }, (_, i) => (i === 7 ? last : i === 19 ? suffix : i)),
    0,
  );
}

const chunks = [5, 0, 7, 3, 255, 254].flatMap((last) =>
  [2, 0, 1].map((suffix): readonly [Address, Uint8Array] => [
    alike(last, suffix),
    new TextEncoder().encode(`chunk ${last} ${suffix}`),
  ]),
);

function check(store: NbsStore): void {
  for (const [address, bytes] of chunks) {
    expect(store.has(address)).toBe(true);
    expect(store.get(address, false)).toEqual(bytes);
  }
  for (const absent of [alike(5, 3), alike(4, 0), alike(6, 2)]) {
    expect(store.has(absent)).toBe(false);
    expect(store.get(absent)).toBeUndefined();
  }
}

test('in a table file', () => {
  const disk = new MemoryDisk();
  const store = NbsStore.open(disk, '/store', { journal: false });
  for (const [address, bytes] of chunks) store.put(address, bytes);
  expect(store.commit(chunks[0]![0], store.root())).toBe(true);
  check(store);
  check(NbsStore.open(disk, '/store', { journal: false }));
});

test('in an archive that was made of an archive and a table file', () => {
  const disk = copyOfGolden('remote-small');
  const store = NbsStore.open(disk, '/store', { journal: false });
  for (const [address, bytes] of chunks) store.put(address, bytes);
  expect(store.commit(store.root(), store.root())).toBe(true);
  while (store.conjoin()) expect(store.files().length).toBeGreaterThan(0);
  expect(store.files().map(({ kind }) => kind)).toEqual(['archive']);
  check(NbsStore.open(disk, '/store', { journal: false }));
});
