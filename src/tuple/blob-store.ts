/** Where values too long for their tuple are kept: blob trees (FORMAT.md §4.4), JSON trees of older versions (§4.5). */
import type { Address } from '../base/address.ts';

export interface BlobStore {
  /** The whole content; of a JSON tree its text. Empty for the empty address. Throws `corrupt` when a chunk is missing. */
  readBlob(address: Address): Uint8Array;
  /** The empty address for empty content. */
  writeBlob(bytes: Uint8Array): Address;
  /** A stored JSON text as a tree of older versions. */
  writeJsonTree(text: Uint8Array): Address;
}
