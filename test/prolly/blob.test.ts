import { expect, test } from 'vitest';
import { type Address, addressAt, addressOf, EMPTY_ADDRESS } from '../../src/base/address.ts';
import { DoltError } from '../../src/base/errors.ts';
import { readBlob, writeBlob } from '../../src/prolly/blob.ts';
import { readBlobNode } from '../../src/serial/blob-node.ts';
import fc from '../fast-check.ts';
import { bytesOf, newStore } from './random-maps.ts';

test('what was written reads back', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.nat(9000), fc.constantFrom(0, 1, 3999, 4000, 4001, 799_999, 800_000, 800_001, 4_000_000)),
      (length) => {
        const store = newStore();
        const content = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255);
        expect(Buffer.compare(store.readBlob(store.writeBlob(content)), content)).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

test('of a long one no more is read than is wanted', () => {
  const chunks = new Map<Address, Uint8Array>();
  const content = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
  const root = writeBlob((bytes) => {
    chunks.set(addressOf(bytes), bytes);
    return addressOf(bytes);
  }, content);
  let reads = 0;
  const read = (address: Address): Uint8Array => {
    reads++;
    return chunks.get(address)!;
  };
  const beginning = readBlob(read, root, 5000);
  expect(beginning.length).toBe(8000);
  expect(Buffer.compare(beginning, content.subarray(0, 8000))).toBe(0);
  expect(reads).toBeLessThan(6);
  expect(readBlob(read, root, 3_000_001).length).toBe(content.length);
});

test('levels are as many as the length asks for, even where fewer would do', () => {
  // FORMAT.md §4.4: exactly 200 leaves have a root of level 2 with one child.
  const chunks = new Map<Address, Uint8Array>();
  const write = (bytes: Uint8Array) => {
    const address = addressOf(bytes);
    chunks.set(address, bytes);
    return address;
  };
  const rootOf = (length: number) => readBlobNode(chunks.get(writeBlob(write, new Uint8Array(length).fill(7)))!);
  expect(rootOf(4000).level).toBe(0);
  expect(rootOf(4001).level).toBe(1);
  expect(rootOf(799_999).level).toBe(1);
  const root = rootOf(800_000);
  expect(root.level).toBe(2);
  expect(root.addresses.length).toBe(20);
  expect(readBlobNode(chunks.get(addressAt(root.addresses, 0))!).addresses.length).toBe(200 * 20);
});

test('known addresses', () => {
  expect(writeBlob(addressOf, bytesOf('hi'))).toBe('2a8rb6k9i7mhhvhhagel5aa1erohiis2');
  expect(writeBlob(addressOf, new Uint8Array(0))).toBe(EMPTY_ADDRESS);
});

test('a missing leaf is corrupt', () => {
  expect(() => readBlob(newStore().readMessage.bind(newStore()), addressOf(bytesOf('absent')))).toThrow(DoltError);
});
