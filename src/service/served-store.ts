/**
 * A chunk store as ChunkStoreService serves it: where chunks lie in complete files, those files' bytes, files that arrive,
 * and one root that is swapped by comparison. One implementation serves a folder, one a bucket, one the repository of a
 * running server.
 */
import type { Address } from '../base/address.ts';
import type { RemoteFile, UploadedFile } from '../remote/remote-store.ts';
import type { Span } from '../remote/spans.ts';

/** Where a chunk lies, in its stored form: a snappy record with its checksum, or with a dictionary a zstd frame. */
export interface ChunkPlace extends Span {
  readonly file: ServedFile;
  readonly dictionary?: Span | undefined;
}

export interface ServedFile extends RemoteFile {
  /** `''`, `.darc`, or what tells a journal from the ones before. */
  readonly suffix: string;
  /** Length of what comes before the index. */
  readonly splitOffset: number;
}

/** A file that somebody uploads, as they announced it. */
export interface AnnouncedFile extends UploadedFile {
  /** `''` or `.darc`. */
  readonly suffix: string;
  readonly byteSize: number;
  /** MD5 of its bytes. */
  readonly md5: Uint8Array;
}

export interface ServedStore {
  /** The address of the StoreRoot now; EMPTY_ADDRESS of a store that nobody has pushed to. */
  root(): Promise<Address>;
  /** The places of chunks, undefined for those that are not here; in the order of `addresses`. */
  locate(addresses: readonly Address[]): Promise<readonly (ChunkPlace | undefined)[]>;
  /** Root and files, of one moment. */
  files(): Promise<{ readonly root: Address; readonly files: readonly ServedFile[] }>;
  /** Of all files; the sum over `files` where it is not given. */
  byteSize?(): Promise<number>;
  /** The size of a complete file, named by the manifest or not yet; undefined when there is none. */
  fileSize(name: Address, suffix: string): Promise<number | undefined>;
  /** Bytes of a complete file, in pieces, each valid until the next is asked for. Throws `notFound`. */
  read(name: Address, suffix: string, span: Span): AsyncIterable<Uint8Array>;
  /**
   * Takes a file in; complete and durable when it returns, named by nothing yet. Throws `invalid`, and keeps nothing, when
   * the bytes are more, fewer or other than announced, or are no file of chunks with that name.
   */
  receive(file: AnnouncedFile, body: AsyncIterable<Uint8Array>): Promise<void>;
  /** Names files in the manifest, where they are not named yet. Throws `notFound` for one that was not received. */
  addFiles(files: readonly UploadedFile[]): Promise<void>;
  /**
   * Names `files` and swaps the root; false when the root is not `last` any more. Throws `conflict` when `next` refers to
   * chunks that are not here, and `denied` where this root may not be moved so.
   */
  commit(next: Address, last: Address, files: readonly UploadedFile[]): Promise<boolean>;
  close(): void;
}
