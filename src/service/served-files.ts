/**
 * The files of a store's folder as others read them. Whoever was told of a file may come for it as long as their URL is
 * valid, whatever is conjoined and removed meanwhile: so it stays open for that time, here, though its name is gone.
 */
import type { Address } from '../base/address.ts';
import type { Disk, DiskFile } from '../base/disk.ts';
import type { Clock } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import { ARCHIVE_SUFFIX } from '../chunks/archive-file.ts';
import type { ChunkFile } from '../chunks/chunk-file.ts';
import type { NbsStore } from '../chunks/nbs-store.ts';
import type { Span } from '../remote/spans.ts';
import { URL_LIFETIME_MS } from './data-urls.ts';
import type { ChunkPlace, ServedFile } from './served-store.ts';

/** Files that are kept open at a time; of more, the one that was named longest ago is closed. */
const MOST_OPEN = 256;
const PIECE_BYTES = 256 << 10;

interface OpenFile {
  readonly file: DiskFile;
  /** What it was opened for: another one of its name is another file. */
  readonly source: ChunkFile | undefined;
  /** When everybody's URL has expired. */
  until: number;
  readers: number;
  /** It is closed when nobody reads it any more. */
  isLeft: boolean;
}

export class ServedFiles {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #directory: string;
  /** By name with suffix, the one that was named longest ago first. */
  readonly #open = new Map<string, OpenFile>();
  #journal: ChunkFile | undefined;
  #journals = 0;

  constructor(disk: Disk, clock: Clock, directory: string) {
    this.#disk = disk;
    this.#clock = clock;
    this.#directory = directory;
  }

  /** The places of chunks in `store`, undefined for those that are not there. */
  locate(store: NbsStore, addresses: readonly Address[]): readonly (ChunkPlace | undefined)[] {
    const files = new Map<ChunkFile, ServedFile>();
    return addresses.map((address) => {
      const found = store.locate(address);
      if (!found) return undefined;
      let file = files.get(found.file);
      if (!file) {
        file = this.serve(found.file);
        files.set(found.file, file);
      }
      return { file, ...found.place };
    });
  }

  files(store: NbsStore): readonly ServedFile[] {
    return store.chunkFiles().map((file) => this.serve(file));
  }

  /** Keeps a file open, from now on, for who is told of it. */
  serve(source: ChunkFile): ServedFile {
    const suffix = this.#suffixOf(source);
    this.#keep(source.name + suffix, source, source.path);
    return {
      name: source.name,
      suffix,
      chunkCount: source.chunkCount(),
      byteSize: source.byteSize(),
      splitOffset: source.recordBytes(),
    };
  }

  size(name: Address, suffix: string): number | undefined {
    const open = this.#find(name + suffix);
    // What a journal was given room for, and does not have yet, is no content.
    return open?.source?.kind === 'journal' ? open.source.byteSize() : open?.file.size();
  }

  /** Each piece is valid until the next is asked for. Throws `notFound`. */
  async *read(name: Address, suffix: string, { offset, length }: Span): AsyncGenerator<Uint8Array, void> {
    const open = this.#find(name + suffix);
    if (!open) throw new DoltError('notFound', `there is no file ${name}${suffix}`);
    open.readers++;
    try {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, length));
      for (let done = 0; done < length; ) {
        const count = open.file.read(piece, 0, Math.min(piece.length, length - done), offset + done);
        if (count === 0) throw new DoltError('corrupt', `file ${name}${suffix} ends too early`);
        yield piece.subarray(0, count);
        done += count;
      }
    } finally {
      open.readers--;
      if (open.isLeft && open.readers === 0) open.file.close();
    }
  }

  close(): void {
    for (const [key, open] of this.#open) this.#leave(key, open);
  }

  /** All journals have the same name: what follows tells one from those that took its place. */
  #suffixOf(source: ChunkFile): string {
    if (source.kind !== 'journal') return source.kind === 'archive' ? ARCHIVE_SUFFIX : '';
    if (this.#journal !== source) {
      this.#journal = source;
      this.#journals++;
    }
    return `.${this.#journals}`;
  }

  #find(key: string): OpenFile | undefined {
    const open = this.#open.get(key);
    if (open) return open;
    // Named by another process, or before this one began.
    for (const directory of [this.#directory, `${this.#directory}/oldgen`]) {
      const found = this.#keep(key, undefined, `${directory}/${key}`);
      if (found) return found;
    }
    return undefined;
  }

  #keep(key: string, source: ChunkFile | undefined, path: string): OpenFile | undefined {
    const now = this.#clock.monotonic();
    let open = this.#open.get(key);
    if (open && source && open.source !== source) {
      this.#leave(key, open);
      open = undefined;
    }
    if (!open) {
      const file = this.#disk.openRead(path);
      if (!file) return undefined;
      open = { file, source, until: 0, readers: 0, isLeft: false };
    }
    open.until = now + URL_LIFETIME_MS;
    this.#open.delete(key);
    this.#open.set(key, open);
    this.#sweep(now);
    return open;
  }

  #sweep(now: number): void {
    for (const [key, open] of this.#open) {
      if (open.until > now && this.#open.size <= MOST_OPEN) return;
      this.#leave(key, open);
    }
  }

  #leave(key: string, open: OpenFile): void {
    this.#open.delete(key);
    open.isLeft = true;
    if (open.readers === 0) open.file.close();
  }
}
