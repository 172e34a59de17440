/**
 * Chunks that stand behind those that were asked for. What was pushed together stands in one file in the order in which a walk
 * meets it, so the levels that a fetch of a commit would ask for one by one come with its first request. Records say where
 * they end, and a chunk is kept under the address that its bytes have: nothing is taken on trust.
 */
import { type Address, addressOf } from '../base/address.ts';
import { CRC_BYTES, decodeRecord } from '../chunks/record.ts';
import { snappyEnd } from '../chunks/snappy.ts';

/** Bytes that are read along. */
export const AHEAD_BYTES = 32 << 10;
/** Chunks that nobody has asked for are forgotten, the oldest first. */
const MOST_CHUNKS = 256;

export class ReadAhead {
  readonly #chunks = new Map<Address, Uint8Array>();

  /** Takes in the records that `bytes` begin with. */
  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const crcAt = snappyEnd(bytes, at, bytes.length);
      if (crcAt === undefined || crcAt + CRC_BYTES > bytes.length) return;
      const chunk = decodeRecord(bytes, at, crcAt + CRC_BYTES);
      if (typeof chunk === 'string') return;
      this.#chunks.set(addressOf(chunk), chunk);
      at = crcAt + CRC_BYTES;
    }
    for (const oldest of this.#chunks.keys()) {
      if (this.#chunks.size <= MOST_CHUNKS) break;
      this.#chunks.delete(oldest);
    }
  }

  /** A chunk, which is not kept any longer. */
  take(address: Address): Uint8Array | undefined {
    const chunk = this.#chunks.get(address);
    this.#chunks.delete(address);
    return chunk;
  }
}
