/** A file of which only the end is here: enough for its index, and all of a small one. */
import type { DiskFile } from '../../base/disk.ts';
import { AssertionError } from '../../base/errors.ts';

export class TailFile implements DiskFile {
  readonly #size: number;
  #bytes: Uint8Array;
  /** The first position that was asked for and is not here. */
  missed: number | undefined;

  constructor(bytes: Uint8Array, size: number) {
    this.#bytes = bytes;
    this.#size = size;
  }

  /** Where in the file its bytes begin. */
  get start(): number {
    return this.#size - this.#bytes.length;
  }

  get byteSize(): number {
    return this.#bytes.length;
  }

  /** Lets go what comes before the last bytes. */
  keepLast(length: number): void {
    this.#bytes = this.#bytes.slice(-length);
  }

  /** These bytes, if they are here. */
  slice(offset: number, length: number): Uint8Array | undefined {
    const at = offset - this.start;
    return at < 0 || at + length > this.#bytes.length ? undefined : this.#bytes.subarray(at, at + length);
  }

  read(target: Uint8Array, offset: number, length: number, position: number): number {
    if (position < this.start) {
      this.missed ??= position;
      return 0;
    }
    const from = position - this.start;
    const found = this.#bytes.subarray(from, from + length);
    target.set(found, offset);
    return found.length;
  }

  size(): number {
    return this.#size;
  }

  close(): void {}

  write(): never {
    throw new AssertionError('an object is written by its client');
  }

  truncate(): never {
    return this.write();
  }

  sync(): never {
    return this.write();
  }

  syncLater(): never {
    return this.write();
  }
}
