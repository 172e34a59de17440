/**
 * One file of a store: an immutable set of chunks that is found by address. Table files, archives and the journal are
 * the three kinds. A lookup takes the address as its 20 raw bytes (`key`), made once for all files of a store.
 */
import { type Address, addressOf, writeAddress } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { CorruptChunkError } from './record.ts';
import type { ScanMemory } from './scan-memory.ts';

export type ChunkFileKind = 'table' | 'archive' | 'journal';

export interface StoreProblem {
  readonly kind: 'manifest' | 'journal' | 'index' | 'checksum' | 'address';
  readonly path: string;
  readonly address?: Address;
  readonly message: string;
}

/** Where in its file a chunk's stored form lies: a snappy record, or with a dictionary a zstd frame. */
export interface StoredPlace {
  readonly offset: number;
  readonly length: number;
  /** A zstd frame with the dictionary itself. */
  readonly dictionary?: { readonly offset: number; readonly length: number } | undefined;
}

export interface ChunkFile {
  readonly name: Address;
  readonly kind: ChunkFileKind;
  readonly path: string;
  chunkCount(): number;
  byteSize(): number;
  /** End of the chunks: where the index begins. */
  recordBytes(): number;
  has(key: Uint8Array): boolean;
  /** The chunk, checked, perhaps in `memory`; undefined when it is not here. Throws `CorruptChunkError`. */
  get(key: Uint8Array, memory?: ScanMemory): Uint8Array | undefined;
  /** The chunk's snappy record, checksum checked, in an array of its own. */
  getRecord(key: Uint8Array): Uint8Array | undefined;
  /** Where the chunk lies, as the index has it. */
  place(key: Uint8Array): StoredPlace | undefined;
  /** Every address, in the order of the file. A chunk stored twice is named twice. */
  addresses(): Generator<Address, void>;
  /** Reads everything and names what is not as it should be. */
  verify(): Generator<StoreProblem, void>;
  close(): void;
}

/** Reads every chunk of a file and compares its address. */
export function* verifyChunks(file: ChunkFile): Generator<StoreProblem, void> {
  const { path } = file;
  const key = new Uint8Array(20);
  try {
    for (const address of file.addresses()) {
      writeAddress(address, key, 0);
      const problem = verifyChunk(file, address, key);
      if (problem) yield problem;
    }
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    yield { kind: 'index', path, message: error.message };
  }
}

function verifyChunk(file: ChunkFile, address: Address, key: Uint8Array): StoreProblem | undefined {
  const { path } = file;
  try {
    const chunk = file.get(key);
    if (!chunk) return { kind: 'index', path, address, message: `${path}: its index does not find chunk ${address}` };
    const found = addressOf(chunk);
    if (found === address) return undefined;
    return {
      kind: 'address',
      path,
      address,
      message: `${path}: the bytes stored as chunk ${address} are those of ${found}`,
    };
  } catch (error) {
    if (!(error instanceof CorruptChunkError)) throw error;
    return { kind: 'checksum', path, address, message: error.message };
  }
}
