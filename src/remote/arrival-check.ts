/**
 * What a clone checks of the files it has copied, in one pass in their order: that each chunk is what its address says,
 * whoever wrote the remote, and that what it refers to has arrived too.
 */
import { type Address, addressAt, addressOf, writeAddress } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { ChunkFile } from '../chunks/chunk-file.ts';
import type { NbsStore } from '../chunks/nbs-store.ts';
import { CorruptChunkError, decodeCheckedRecord } from '../chunks/record.ts';
import { TableFile } from '../chunks/table-file.ts';
import { Node } from '../prolly/node.ts';
import { walkReachable } from '../repo/reachable.ts';
import { fileIdOf } from '../serial/flatbuffer-table.ts';
import { referencesOf } from '../serial/references.ts';
import { TREE_NODE } from '../serial/tree-node.ts';
import { refersToNothing } from './leaf-peek.ts';

/** `roots`: what must be whole. Throws `corrupt`, naming the remote, the file and the chunk. */
export function checkArrived(url: string, chunks: NbsStore, roots: Iterable<Address>): void {
  let complete = true;
  for (const file of chunks.addedFiles()) {
    try {
      for (const chunk of checkedChunks(file)) complete &&= hasReferences(chunks, chunk);
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

/** Reads all of the file; yields the chunks that may refer to others. */
function* checkedChunks(file: ChunkFile): Generator<Uint8Array, void> {
  if (!(file instanceof TableFile)) {
    const key = new Uint8Array(20);
    for (const address of file.addresses()) {
      writeAddress(address, key, 0);
      const chunk = file.get(key);
      if (chunk) yield ofAddress(chunk, address, file);
    }
    return;
  }
  const keys = file.keys();
  let ordinal = 0;
  for (const record of file.records()) {
    const address = addressAt(keys, ordinal * 20);
    const chunk = ofAddress(decodeCheckedRecord(record, address), address, file);
    if (!refersToNothing(record)) yield chunk;
    ordinal++;
  }
}

function ofAddress(chunk: Uint8Array, address: Address, { path }: ChunkFile): Uint8Array {
  if (addressOf(chunk) === address) return chunk;
  throw new CorruptChunkError(path, address, 'its bytes belong to another address');
}

function hasReferences(chunks: NbsStore, chunk: Uint8Array): boolean {
  if (fileIdOf(chunk) === TREE_NODE) {
    const node = Node.read(chunk);
    if (!node.isLeaf) {
      for (let i = 0; i < node.count; i++) if (!chunks.hasStored(chunk, node.valueStart(i))) return false;
      return true;
    }
  }
  return referencesOf(chunk).every((address) => chunks.has(address));
}

function reasonOf(error: DoltError): string {
  if (!(error instanceof CorruptChunkError)) return error.message;
  return error.address ? `chunk ${error.address}: ${error.reason}` : error.reason;
}

function damaged(url: string, what: string, cause: unknown): DoltError {
  return new DoltError('corrupt', `remote ${url} is damaged: ${what}; nothing was cloned`, { cause });
}
