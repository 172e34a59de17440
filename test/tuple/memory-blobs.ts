import { createHash } from 'node:crypto';
import { type Address, addressAt, EMPTY_ADDRESS } from '../../src/base/address.ts';
import type { BlobStore } from '../../src/tuple/blob-store.ts';

/** Blobs in a map, under the hash of their content: the addresses are not those of blob trees. */
export class MemoryBlobs implements BlobStore {
  readonly contents = new Map<Address, Uint8Array>();

  readBlob(address: Address): Uint8Array {
    return this.contents.get(address)!;
  }

  writeBlob(bytes: Uint8Array): Address {
    if (bytes.length === 0) return EMPTY_ADDRESS;
    const address = addressAt(createHash('sha512').update(bytes).digest(), 0);
    this.contents.set(address, bytes.slice());
    return address;
  }

  writeJsonTree(text: Uint8Array): Address {
    return this.writeBlob(text);
  }
}
