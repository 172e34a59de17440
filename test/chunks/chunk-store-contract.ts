/** What every chunk store promises; run over each implementation. */
import { describe, expect, test } from 'vitest';
import { type Address, addressOf, EMPTY_ADDRESS } from '../../src/base/address.ts';
import type { ChunkStore } from '../../src/chunks/chunk-store.ts';

/** One store on a backing that outlives it: each call opens it again. */
export type OpenStore = () => ChunkStore;

export function textChunk(text: string): { address: Address; bytes: Uint8Array } {
  const bytes = new TextEncoder().encode(text);
  return { address: addressOf(bytes), bytes };
}

/** Puts a chunk of this text, commits it as the root, answers its address. */
export function commitText(store: ChunkStore, text: string, last: Address = store.root()): Address {
  const { address, bytes } = textChunk(text);
  store.put(address, bytes);
  if (!store.commit(address, last)) throw new Error(`lost the race at ${text}`);
  return address;
}

export function chunkStoreContract(name: string, backing: () => { open: OpenStore; durable: boolean }): void {
  describe(`${name} as a chunk store`, () => {
    test('is empty when new', () => {
      const store = backing().open();
      expect(store.root()).toBe(EMPTY_ADDRESS);
      expect(store.get(textChunk('absent').address)).toBeUndefined();
      expect(store.has(textChunk('absent').address)).toBe(false);
      store.close();
    });

    test('reads what it buffers at once, and after the commit', () => {
      const store = backing().open();
      const { address, bytes } = textChunk('one');
      store.put(address, bytes);
      expect(store.has(address)).toBe(true);
      expect(store.get(address)).toEqual(bytes);
      expect(store.commit(address, EMPTY_ADDRESS)).toBe(true);
      expect(store.root()).toBe(address);
      expect(store.get(address)).toEqual(bytes);
      store.close();
    });

    test('refuses a swap from another root, and keeps what was buffered', () => {
      const store = backing().open();
      const first = commitText(store, 'first');
      const { address, bytes } = textChunk('second');
      store.put(address, bytes);
      expect(store.commit(address, address)).toBe(false);
      expect(store.root()).toBe(first);
      expect(store.commit(address, first)).toBe(true);
      expect(store.get(address)).toEqual(bytes);
      store.close();
    });

    test('keeps every commit over being opened again', () => {
      const { open, durable } = backing();
      if (!durable) return;
      const texts: string[] = [];
      for (let round = 0; round < 7; round++) {
        const store = open();
        for (const text of texts) expect(store.has(textChunk(text).address)).toBe(true);
        if (texts.length > 0) expect(store.root()).toBe(textChunk(texts.at(-1)!).address);
        for (let n = 0; n < 9; n++) {
          texts.push(`round ${round} commit ${n} ${'x'.repeat(n * 500)}`);
          commitText(store, texts.at(-1)!);
        }
        for (const text of texts) expect(store.get(textChunk(text).address)).toEqual(textChunk(text).bytes);
        store.close();
      }
    });

    test('takes chunks of every size', () => {
      const { open, durable } = backing();
      const sizes = [1, 2, 15, 16, 17, 59, 60, 61, 255, 256, 257, 65_535, 65_536, 65_537, 1_000_000, 6_000_000];
      const chunks = sizes.map((size) => {
        const bytes = Uint8Array.from({ length: size }, (_, i) => (i * i + size) % 251);
        return { address: addressOf(bytes), bytes };
      });
      let store = open();
      for (const { address, bytes } of chunks) store.put(address, bytes);
      expect(store.commit(chunks[0]!.address, EMPTY_ADDRESS)).toBe(true);
      if (durable) {
        store.close();
        store = open();
      }
      for (const { address, bytes } of chunks) expect(Buffer.compare(store.get(address)!, bytes)).toBe(0);
      store.close();
    });

    test('sees the commits of another after a rebase', () => {
      const { open, durable } = backing();
      if (!durable) return;
      const reader = open();
      const writer = open();
      const first = commitText(writer, 'first');
      expect(reader.root()).toBe(EMPTY_ADDRESS);
      reader.rebase();
      expect(reader.root()).toBe(first);
      const second = commitText(writer, 'second');
      expect(reader.root()).toBe(first);
      reader.rebase();
      expect(reader.root()).toBe(second);
      expect(reader.get(first)).toEqual(textChunk('first').bytes);
      expect(reader.get(second)).toEqual(textChunk('second').bytes);
      reader.close();
      writer.close();
    });
  });
}
