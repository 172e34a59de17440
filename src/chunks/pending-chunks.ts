/** Chunks that wait for their commit: each as bytes, or as the record it came in. */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { decodeRecord, recordBound, recordOf } from './record.ts';
import type { TableFileWriter } from './table-file-writer.ts';

type Pending =
  | { readonly chunk: Uint8Array; readonly record?: undefined }
  | { readonly record: Uint8Array; readonly chunk?: undefined };

export class PendingChunks {
  readonly #chunks = new Map<Address, Pending>();
  #bytes = 0;

  get size(): number {
    return this.#chunks.size;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  has(address: Address): boolean {
    return this.#chunks.has(address);
  }

  put(address: Address, chunk: Uint8Array): void {
    this.#chunks.set(address, { chunk });
    this.#bytes += chunk.length;
  }

  putRecord(address: Address, record: Uint8Array): void {
    this.#chunks.set(address, { record });
    this.#bytes += record.length;
  }

  get(address: Address): Uint8Array | undefined {
    const pending = this.#chunks.get(address);
    if (!pending) return undefined;
    if (pending.chunk) return pending.chunk;
    const chunk = decodeRecord(pending.record, 0, pending.record.length);
    if (typeof chunk === 'string') throw new DoltError('corrupt', `chunk ${address} is damaged: ${chunk}`);
    return chunk;
  }

  getRecord(address: Address): Uint8Array | undefined {
    const pending = this.#chunks.get(address);
    return pending && (pending.record ?? recordOf(pending.chunk));
  }

  /** Visits all in the order in which they came: as a chunk or as a record. */
  each(visit: (address: Address, chunk: Uint8Array | undefined, record: Uint8Array | undefined) => void): void {
    for (const [address, { chunk, record }] of this.#chunks) visit(address, chunk, record);
  }

  /** Whether a record may be longer than `limit`. */
  someExceeds(limit: number): boolean {
    if (this.#bytes * 2 < limit) return false;
    for (const { chunk, record } of this.#chunks.values()) {
      if ((record ? record.length : recordBound(chunk!.length)) > limit) return true;
    }
    return false;
  }

  /** Moves all into a table file; what a failure leaves out stays. */
  moveTo(writer: TableFileWriter): void {
    for (const [address, { chunk, record }] of this.#chunks) {
      if (record) writer.addRecord(address, record);
      else writer.add(address, chunk);
      this.#chunks.delete(address);
    }
    this.#bytes = 0;
  }

  /** Forgets what is not kept. */
  keep(isKept: (address: Address) => boolean): void {
    for (const [address, { chunk, record }] of this.#chunks) {
      if (isKept(address)) continue;
      this.#chunks.delete(address);
      this.#bytes -= (chunk ?? record!).length;
    }
  }

  clear(): void {
    this.#chunks.clear();
    this.#bytes = 0;
  }
}
