/**
 * What a clone checks of the files it has copied, in one pass in their order: that each chunk is as it was written (its
 * checksum; its address where it has none), and that what it refers to has arrived too. Leaves of tables, nearly all of
 * a clone, are neither decoded nor hashed for that.
 */
import { type Address, writeAddress } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { ChunkFile } from '../chunks/chunk-file.ts';
import type { NbsStore } from '../chunks/nbs-store.ts';
import { CorruptChunkError, decodeCheckedRecord } from '../chunks/record.ts';
import { walkReachable } from '../repo/reachable.ts';
import { referencesOf } from '../serial/references.ts';
import { refersToNothing } from './leaf-peek.ts';

/** `roots`: what must be whole. Throws `corrupt`, naming the remote, the file and the chunk. */
export function checkArrived(url: string, chunks: NbsStore, roots: Iterable<Address>): void {
  let complete = true;
  for (const file of chunks.addedFiles()) {
    try {
      for (const reference of referencesIn(file)) complete &&= chunks.has(reference);
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      throw damaged(url, `${file.name}: ${reasonOf(error)}`, error);
    }
  }
  if (complete) return;
  // Rubbish may refer to what was collected long ago.
  const onDamage = (address: Address, cause: unknown): never => {
    throw damaged(url, `chunk ${address} is missing`, cause);
  };
  for (const chunk of walkReachable(chunks, roots, new Set(), onDamage)) void chunk;
}

function* referencesIn(file: ChunkFile): Generator<Address, void> {
  const key = new Uint8Array(20);
  for (const address of file.addresses()) {
    writeAddress(address, key, 0);
    const chunk = file.kind === 'archive' ? file.get(key) : innerChunk(file, key, address);
    if (chunk) yield* referencesOf(chunk);
  }
}

function innerChunk(file: ChunkFile, key: Uint8Array, address: Address): Uint8Array | undefined {
  const record = file.getRecord(key);
  return record && !refersToNothing(record) ? decodeCheckedRecord(record, address) : undefined;
}

function reasonOf(error: DoltError): string {
  if (!(error instanceof CorruptChunkError)) return error.message;
  return error.address ? `chunk ${error.address}: ${error.reason}` : error.reason;
}

function damaged(url: string, what: string, cause: unknown): DoltError {
  return new DoltError('corrupt', `remote ${url} is damaged: ${what}; nothing was cloned`, { cause });
}
