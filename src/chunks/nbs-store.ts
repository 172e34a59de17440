/** skeleton: the store of a folder; see chunk-store.ts */
import type { Address } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import type { Logger } from '../base/environment.ts';
import { AssertionError } from '../base/errors.ts';
import type { ChunkStore } from './chunk-store.ts';

export interface NbsOptions {
  /** True for the store of a repository, false for a `file://` remote. */
  readonly journal: boolean;
  readonly readOnly?: boolean;
  /** Bytes of decoded chunks kept; 8 MiB unless told. */
  readonly cacheBytes?: number;
  /** Buffered bytes beyond which a transaction is streamed into a table file. */
  readonly spillBytes?: number;
  /** Files above which a commit conjoins. */
  readonly conjoinAt?: number;
  readonly journalRollBytes?: number;
  readonly logger?: Logger;
  /** Seconds since 1970 for the journal's root records; 0 when left out. */
  readonly now?: () => number;
}

export interface StoreFile {
  readonly name: Address;
  readonly kind: 'table' | 'archive' | 'journal';
  readonly path: string;
  readonly chunkCount: number;
  readonly bytes: number;
  readonly generation: 'new' | 'old';
}

export interface StoreProblem {
  readonly kind: 'manifest' | 'index' | 'checksum' | 'address';
  readonly path: string;
  readonly address?: Address;
  readonly message: string;
}

export interface GarbageResult {
  readonly chunksKept: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export declare class NbsStore implements ChunkStore {
  static open(disk: Disk, directory: string, options: NbsOptions): NbsStore;
  root(): Address;
  has(address: Address): boolean;
  get(address: Address): Uint8Array | undefined;
  put(address: Address, bytes: Uint8Array): void;
  commit(next: Address, last: Address): boolean;
  rebase(): void;
  close(): void;
  /** Takes the store's lock now (a journaling store takes it with its first commit); throws `unavailable` naming the holder. */
  lock(): void;
  /** The chunk's stored form: a snappy record with its CRC, for copying without decoding. */
  getRecord(address: Address): Uint8Array | undefined;
  putRecord(address: Address, record: Uint8Array, size: number): void;
  files(): readonly StoreFile[];
  conjoin(): boolean;
  /** Keeps exactly the chunks of `old` (moved to oldgen) and `young`; their order is the order of reading. */
  collectGarbage(old: Iterable<Address>, young: Iterable<Address>): GarbageResult;
  verify(): Generator<StoreProblem, void>;
}
void AssertionError;
