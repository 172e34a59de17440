/**
 * What a clone checks of the files it has copied, in one pass in their order: that each chunk is what its address says,
 * whoever wrote the remote, and that what it refers to has arrived too. A large clone is checked by two threads.
 */
import { type Address, addressAt, hasAddress, writeAddress } from '../base/address.ts';
import { BlockQueue } from '../base/block-queue.ts';
import { DoltError } from '../base/errors.ts';
import type { Threads } from '../base/threads.ts';
import type { ChunkFile } from '../chunks/chunk-file.ts';
import type { NbsStore } from '../chunks/nbs-store.ts';
import { CorruptChunkError, decodeCheckedRecord } from '../chunks/record.ts';
import {
  addToRecordBlock,
  checkedRecords,
  checkRecords,
  emptyRecordBlock,
  recordBlockBytes,
} from '../chunks/record-check.ts';
import { TableFile } from '../chunks/table-file.ts';
import { Node } from '../prolly/node.ts';
import { walkReachable } from '../repo/reachable.ts';
import { fileIdOf } from '../serial/flatbuffer-table.ts';
import { referencesOf } from '../serial/references.ts';
import { TREE_NODE } from '../serial/tree-node.ts';
import { refersToNothing } from './leaf-peek.ts';

/** What is checked faster than a thread starts. */
const ALONE_BYTES = 8 << 20;

export class ArrivalCheck {
  readonly #url: string;
  readonly #threads: Threads | undefined;
  #queue: BlockQueue | undefined;
  /** What the blocks in the queue come from. */
  #store: NbsStore | undefined;
  #file: ChunkFile | undefined;
  #complete = true;

  constructor(url: string, threads: Threads | undefined) {
    this.#url = url;
    this.#threads = threads;
  }

  /** Says how much there will be to check, so that a thread can start while it is copied. */
  expect(bytes: number): void {
    this.#queue ??= this.#newQueue(bytes >= ALONE_BYTES ? this.#threads : undefined);
  }

  /** `roots`: what must be whole. Throws `corrupt`, naming the remote, the file and the chunk. */
  run(chunks: NbsStore, roots: Iterable<Address>): void {
    this.#store = chunks;
    for (const file of chunks.addedFiles()) {
      this.#file = file;
      try {
        if (file instanceof TableFile) this.#checkTable(file);
        else this.#checkOther(file);
      } catch (error) {
        if (!(error instanceof DoltError)) throw error;
        throw this.#damaged(`${file.name}: ${reasonOf(error)}`, error);
      }
    }
    if (this.#complete) return;
    // Rubbish may refer to what was collected long ago.
    const onDamage = (address: Address, cause: unknown): never => {
      throw this.#damaged(`chunk ${address} is missing`, cause);
    };
    for (const chunk of walkReachable(chunks, roots, new Set(), onDamage)) void chunk;
  }

  close(): void {
    this.#queue?.close();
  }

  #newQueue(threads: Threads | undefined): BlockQueue {
    return new BlockQueue(checkRecords, (block) => this.#takeBlock(block), 'check-records', threads);
  }

  #checkTable(file: TableFile): void {
    this.#queue ??= this.#newQueue(undefined);
    const keys = file.keys();
    let block = this.#queue.next();
    emptyRecordBlock(block);
    let keyAt = 0;
    for (const record of file.records()) {
      if (!addToRecordBlock(block, record, keys, keyAt)) {
        this.#queue.submit();
        block = this.#queue.next();
        emptyRecordBlock(block);
        if (!addToRecordBlock(block, record, keys, keyAt)) this.#checkLarge(record, keys, keyAt);
      }
      keyAt += 20;
    }
    this.#queue.submit();
    this.#queue.drain();
  }

  /** A record that no block of the queue has room for. */
  #checkLarge(record: Uint8Array, keys: Uint8Array, keyAt: number): void {
    const block = new Uint8Array(recordBlockBytes(record.length));
    emptyRecordBlock(block);
    addToRecordBlock(block, record, keys, keyAt);
    checkRecords(block);
    this.#takeBlock(block);
  }

  #takeBlock(block: Uint8Array): void {
    for (const { matches, record, keyAt } of checkedRecords(block)) {
      if (matches && (!this.#complete || refersToNothing(record))) continue;
      const chunk = decodeCheckedRecord(record, addressAt(block, keyAt));
      if (!matches) throw this.#otherAddress(block, keyAt);
      this.#complete &&= hasReferences(this.#store!, chunk);
    }
  }

  #checkOther(file: ChunkFile): void {
    const key = new Uint8Array(20);
    for (const address of file.addresses()) {
      writeAddress(address, key, 0);
      const chunk = file.get(key);
      if (!chunk) continue;
      if (!hasAddress(chunk, key, 0)) throw this.#otherAddress(key, 0);
      this.#complete &&= hasReferences(this.#store!, chunk);
    }
  }

  #otherAddress(bytes: Uint8Array, at: number): CorruptChunkError {
    return new CorruptChunkError(this.#file!.path, addressAt(bytes, at), 'its bytes belong to another address');
  }

  #damaged(what: string, cause: unknown): DoltError {
    return new DoltError('corrupt', `remote ${this.#url} is damaged: ${what}; nothing was cloned`, { cause });
  }
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
