/**
 * A remote as the pushing and the pulling side see it, whatever carries it (a folder, a hub, an object store): chunks
 * by address, and one root that is swapped by comparison. Everything is asynchronous, everything may fail: a call that
 * cannot reach the remote throws `unavailable`, one that was refused `denied`; a swap whose answer was lost throws
 * `unknown`, because it may have happened.
 */
import type { Address } from '../base/address.ts';
import type { RecentMap } from '../base/recent-map.ts';

export interface RemoteRoot {
  /** The address of the StoreRoot; EMPTY_ADDRESS of a remote that nobody has pushed to. */
  readonly root: Address;
  /** Equal versions, equal root and files: what a cheap check compares. */
  readonly version: string;
}

/** A complete file of the remote, for a clone that copies files. */
export interface RemoteFile {
  readonly name: Address;
  /** `''` or `.darc`. The journal of a running server is a file, too, of the name JOURNAL_ADDRESS. */
  readonly suffix: string;
  readonly chunkCount: number;
  /** 0 where it is not known. */
  readonly byteSize: number;
}

/** A complete file on the remote that its manifest does not name yet; durable at the latest when it does. */
export interface UploadedFile {
  readonly name: Address;
  readonly chunkCount: number;
}

/** A table file on this disk, finished, to be uploaded. */
export interface LocalTableFile {
  readonly path: string;
  readonly name: Address;
  readonly chunkCount: number;
  readonly byteSize: number;
}

/** The chunks of maps of refs, by the roots that name them: what was read or swapped in lately need not be read again. */
export type KnownMaps = RecentMap<Address, ReadonlyMap<Address, Uint8Array>>;

/** What a prune has removed. */
export interface Pruned {
  readonly files: number;
  readonly bytes: number;
  /** The file that kept it from removing anything, and how long ago that was written. */
  readonly written?: { readonly name: string; readonly sinceMs: number } | undefined;
}

export interface RemoteStore {
  /** For messages: as the user wrote it, without a password. */
  readonly url: string;
  /** Where reading takes a way there and back. */
  readonly knownMaps?: KnownMaps | undefined;
  /** The root now; each call asks the remote. */
  root(): Promise<RemoteRoot>;
  /**
   * The root as it was last seen, where asking takes a way there and back: for who tries a swap on it, which fails where it has
   * moved.
   */
  lastSeen?(): Promise<RemoteRoot | undefined>;
  /**
   * Makes what `root` answered survive a power cut: for who goes by what is there without a swap of its own, since whoever
   * swapped it in may have been killed before it was durable. Throws `unknown` when it is not known whether it does.
   */
  settle(): Promise<void>;
  /** Those of `addresses` that the remote lacks. */
  absent(addresses: readonly Address[]): Promise<readonly Address[]>;
  /**
   * Chunks by address, in the order of `addresses`, each checked against its address; throws `corrupt` for a damaged and
   * `notFound` for a missing one.
   */
  chunks(addresses: readonly Address[]): Promise<ReadonlyMap<Address, Uint8Array>>;
  /** Takes the file over: it may be moved, and is not to be used afterwards. */
  upload(file: LocalTableFile): Promise<UploadedFile>;
  /** Uploads a few chunks that are in memory, and some that are in their stored form already, as one file. */
  uploadChunks(
    chunks: Iterable<readonly [Address, Uint8Array]>,
    records?: Iterable<readonly [Address, Uint8Array]>,
  ): Promise<UploadedFile>;
  /**
   * Names `files` in the manifest and swaps the root from `last` to `next`, together; false when the root is not `last`
   * any more. The gc generation stays as it is. Not before `ready` has come; throws what it rejects with, and `unknown` when
   * the answer was lost.
   */
  swap(next: Address, last: Address, files: readonly UploadedFile[], ready?: Promise<void>): Promise<boolean>;
  /** Whether a branch has to be moved together with its working set, because people work there; not unless told. */
  assertsWorkingSet?(): Promise<boolean>;
  files(): Promise<readonly RemoteFile[]>;
  /**
   * Copies a file of `files()` to `path`, unchanged, and syncs it. What an earlier call has left there may be gone on from; what
   * a failed one leaves is a beginning of the file. `progress` is told how many more bytes can be read there, in the end of all.
   */
  download(file: RemoteFile, path: string, progress?: (bytes: number) => void): Promise<void>;
  /** The last bytes of a file of `files()` whose size is known, for who does not wait for it. */
  end(file: RemoteFile, length: number): Promise<Uint8Array>;
  /** Conjoins when the manifest names 24 files or more; what is no longer needed goes, and what killed pushes left a day ago. */
  tidy(): Promise<void>;
  /** Removes at once what syncs that were killed have left, where nobody has written for `graceMs`; not there but in folders. */
  prune?(graceMs: number): Pruned;
  close(): void;
}
