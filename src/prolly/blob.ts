/**
 * Blobs: long values cut into leaves of 4000 bytes under nodes of up to 200 addresses (FORMAT.md §4.4), and JSON
 * documents that older versions cut at JSON locations (§4.5).
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';

/** The content below `root`, read through `read`; empty for the empty address. */
export function readBlob(_read: (address: Address) => Uint8Array, _root: Address): Uint8Array {
  throw new AssertionError('not built');
}

/** Cuts and writes `content` through `write`; the empty address for empty content. */
export function writeBlob(_write: (bytes: Uint8Array) => Address, _content: Uint8Array): Address {
  throw new AssertionError('not built');
}
