/**
 * Chunk records that are not in the journal's file yet, as they will stand there, with one root behind them all: what of a
 * journal is not synced must not hold two roots, since damage before a root that something follows is loss (journal-record.ts).
 */
import type { Address } from '../base/address.ts';
import {
  CHUNK_OVERHEAD,
  completeChunkRecord,
  PAYLOAD_OFFSET,
  putRootRecord,
  ROOT_RECORD_BYTES,
} from './journal-record.ts';
import { encodeRecord, recordBound } from './record.ts';

const FIRST_BYTES = 64 << 10;

export class JournalTail {
  #bytes = new Uint8Array(FIRST_BYTES);
  #size = 0;

  /** Bytes of the chunk records. */
  get size(): number {
    return this.#size;
  }

  add(address: Address, chunk: Uint8Array): void {
    this.#reserve(CHUNK_OVERHEAD + recordBound(chunk.length));
    const end = encodeRecord(chunk, this.#bytes, this.#size + PAYLOAD_OFFSET);
    this.#size = completeChunkRecord(this.#bytes, this.#size, address, end);
  }

  addRecord(address: Address, record: Uint8Array): void {
    this.#reserve(CHUNK_OVERHEAD + record.length);
    const start = this.#size + PAYLOAD_OFFSET;
    this.#bytes.set(record, start);
    this.#size = completeChunkRecord(this.#bytes, this.#size, address, start + record.length);
  }

  /** Holds the records from its start on; valid until the next `add`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** All of it with the root record that ends it; valid until the next `add`. */
  withRoot(root: Address, seconds: number): Uint8Array {
    this.#reserve(ROOT_RECORD_BYTES);
    return this.#bytes.subarray(0, putRootRecord(this.#bytes, this.#size, root, seconds));
  }

  /** Takes back what was added since it had `size` bytes. */
  cut(size: number): void {
    this.#size = size;
    if (size === 0 && this.#bytes.length > FIRST_BYTES) this.#bytes = new Uint8Array(FIRST_BYTES);
  }

  #reserve(length: number): void {
    const wanted = this.#size + length;
    if (wanted <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(wanted, this.#bytes.length * 4));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }
}
