/**
 * Reads ranges of one file through a small window. A read that follows the last one closely fetches a larger piece, so
 * that a scan in file order costs a system call for many chunks and a lookup here and there fetches no more than it
 * asked for. The bytes of a range stay valid until the next call.
 */
import type { DiskFile } from '../base/disk.ts';
import { CorruptChunkError } from './record.ts';

const AHEAD = 128 << 10;
const NEAR = 64 << 10;

export class WindowReader {
  readonly path: string;
  readonly #file: DiskFile;
  #buffer = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #lastEnd = -1;

  constructor(file: DiskFile, path: string) {
    this.#file = file;
    this.path = path;
  }

  /** The buffer that holds the range; the range begins there at `at()`. Throws `corrupt` when the file is too short. */
  fetch(offset: number, length: number): Uint8Array {
    if (offset < this.#start || offset + length > this.#end) this.#fill(offset, length);
    this.#lastEnd = offset + length;
    return this.#buffer;
  }

  /** Where in the buffer the file's `offset` stands. */
  at(offset: number): number {
    return offset - this.#start;
  }

  /** The range in an array of its own. */
  copy(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.read(bytes, 0, offset, length);
    return bytes;
  }

  /** The range, into `target` at `at`. */
  read(target: Uint8Array, at: number, offset: number, length: number): void {
    if (this.#file.read(target, at, length, offset) !== length) throw this.#short();
  }

  size(): number {
    return this.#file.size();
  }

  close(): void {
    this.#file.close();
  }

  /** Forgets what was read: the file may have grown or changed. */
  forget(): void {
    this.#end = this.#start;
  }

  #fill(offset: number, length: number): void {
    const following = offset >= this.#lastEnd && offset - this.#lastEnd <= NEAR;
    const wanted = following ? Math.max(length, AHEAD) : length;
    if (this.#buffer.length < wanted) this.#buffer = new Uint8Array(Math.max(wanted, 16 << 10));
    this.#start = offset;
    this.#end = offset;
    this.#end = offset + this.#file.read(this.#buffer, 0, wanted, offset);
    if (this.#end - offset < length) throw this.#short();
  }

  #short(): CorruptChunkError {
    return new CorruptChunkError(this.path, undefined, 'it ends too early');
  }
}
