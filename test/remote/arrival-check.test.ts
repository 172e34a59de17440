/** A clone that is large enough for a second thread is checked as one that is not. */
import { afterAll, describe, expect, test } from 'vitest';
import { type Address, addressOf } from '../../src/base/address.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { tableIndexBytes } from '../../src/chunks/table-index.ts';
import { writeBlob } from '../../src/prolly/blob.ts';
import { ArrivalCheck } from '../../src/remote/arrival-check.ts';
import { writeBlobLeaf } from '../../src/serial/blob-node.ts';
import { builtThreads } from '../base/threads-of-test.ts';
import { seeded } from '../replication/world.ts';

const threads = builtThreads();
afterAll(() => threads.remove());

const random = seeded(5);
const content = Uint8Array.from({ length: 9 << 20 }, () => random() * 256);
/** A chunk that is larger than what is handed to a thread at once. */
const large = writeBlobLeaf(content.subarray(0, 300_000));

interface Made {
  readonly root: Address;
  readonly chunks: ReadonlyMap<Address, Uint8Array>;
}

function blob(): Made {
  const chunks = new Map<Address, Uint8Array>([[addressOf(large), large]]);
  const write = (bytes: Uint8Array): Address => {
    const address = addressOf(bytes);
    chunks.set(address, bytes);
    return address;
  };
  return { root: writeBlob(write, content), chunks };
}
const { root, chunks } = blob();
const leaves = [...chunks].filter(([, { length }]) => length > 4000 && length < 10_000).map(([address]) => address);

/** A store into which a file with the chunks has been copied. */
const arrived = (given: ReadonlyMap<Address, Uint8Array>): NbsStore => arrivedOn(given).store;

function arrivedOn(given: ReadonlyMap<Address, Uint8Array>) {
  const disk = new MemoryDisk();
  const store = NbsStore.open(disk, '/store', { journal: true });
  const writer = store.tableWriter();
  for (const [address, chunk] of given) writer.add(address, chunk);
  store.addFiles([writer.finish()]);
  return { disk, store };
}

const without = (address: Address): ReadonlyMap<Address, Uint8Array> =>
  new Map([...chunks].filter(([each]) => each !== address));
function forged(address: Address): ReadonlyMap<Address, Uint8Array> {
  const other = Uint8Array.from(chunks.get(address)!);
  other[100]! ^= 1;
  return new Map([...chunks, [address, other]]);
}

describe.each([
  ['alone', undefined],
  ['with a thread', threads],
] as const)('%s', (_, given) => {
  const check = (store: NbsStore): void => {
    const { started } = threads;
    const arrival = new ArrivalCheck('file:///remote', given);
    try {
      arrival.expect(content.length);
      expect(threads.started - started).toBe(given ? 1 : 0);
      arrival.run(store, [root]);
    } finally {
      arrival.close();
    }
  };

  test('what is whole passes', () => check(arrived(chunks)));

  test.each([
    ['the first', leaves[0]!],
    ['one in the middle', leaves[1234]!],
    ['the last', leaves.at(-1)!],
    ['a large one', addressOf(large)],
    ['one that refers to others', root],
  ])('%s with other bytes is named', (_, address) => {
    const reason = 'its bytes belong to another address';
    expect(() => check(arrived(forged(address)))).toThrow(
      new RegExp(`remote file:///remote is damaged: .*${address}: ${reason}`),
    );
  });

  test('one that is missing is named', () => {
    const address = leaves[777]!;
    expect(() => check(arrived(without(address)))).toThrow(`chunk ${address} is missing`);
  });

  test('one that is missing and not wanted does not matter', () => {
    const store = arrived(without(leaves[777]!));
    const arrival = new ArrivalCheck('file:///remote', given);
    arrival.expect(content.length);
    arrival.run(store, [addressOf(large)]);
    arrival.close();
  });
});

describe.each([
  ['alone', undefined],
  ['with a thread', threads],
] as const)('while it comes, %s', (_, given) => {
  /** The chunks come in pieces, after the index of `ahead`. */
  const check = (sent: ReadonlyMap<Address, Uint8Array>, ahead = sent): void => {
    const { disk, store } = arrivedOn(sent);
    const [file] = store.addedFiles();
    const bytes = disk.readFile(file!.path)!;
    const other = arrivedOn(ahead);
    const end = other.disk.readFile(other.store.addedFiles()[0]!.path)!.slice(-tableIndexBytes(ahead.size));
    const part = disk.create('test', '/store/part');
    const arrival = new ArrivalCheck('file:///remote', given);
    try {
      arrival.expect(bytes.length);
      arrival.begin(disk, file!.path, '/store/part', bytes.length, end);
      for (let at = 0; at < bytes.length; at += 1_000_000) {
        part.write('test', bytes.subarray(at, at + 1_000_000), at);
        arrival.grown(file!.path, Math.min(bytes.length, at + 1_000_000));
      }
      arrival.catchUp();
      arrival.run(store, [root]);
    } finally {
      arrival.close();
    }
  };

  test('what is whole passes', () => check(chunks));

  test('a chunk with other bytes is named', () => {
    const address = leaves[1234]!;
    expect(() => check(forged(address))).toThrow(`${address}: its bytes belong to another address`);
  });

  test('one that is missing is named', () => {
    expect(() => check(without(leaves[777]!))).toThrow(`chunk ${leaves[777]} is missing`);
  });

  test('an index that is not that of the file is refused', () => {
    const swapped = new Map([...chunks].toReversed());
    expect(() => check(chunks, swapped)).toThrow(/is damaged: .*: (chunk|its index)/);
  });
});

test('a thread is not started for little', () => {
  const { started } = threads;
  const arrival = new ArrivalCheck('file:///remote', threads);
  arrival.expect(1 << 20);
  arrival.close();
  expect(threads.started).toBe(started);
});
