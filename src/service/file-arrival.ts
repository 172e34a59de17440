/**
 * What is asked of a file before it is taken in: that its index can be read, that it bears its name, and that every chunk is
 * what its address says, whoever sends it. On the way it is found out to which chunks of elsewhere it refers. A large file is
 * checked in slices, between which others have their turn.
 */
import { ADDRESS_BYTES, type Address, addressAt, addressOf, hasAddress, writeAddress } from '../base/address.ts';
import { BlockQueue } from '../base/block-queue.ts';
import { DoltError } from '../base/errors.ts';
import type { Threads } from '../base/threads.ts';
import type { ArchiveFile } from '../chunks/archive-file.ts';
import type { Conjoinable } from '../chunks/conjoin.ts';
import { CorruptChunkError, decodeCheckedRecord } from '../chunks/record.ts';
import {
  addToRecordBlock,
  checkedRecords,
  checkRecords,
  emptyRecordBlock,
  recordBlockBytes,
} from '../chunks/record-check.ts';
import { TableFile } from '../chunks/table-file.ts';
import { refersToNothing } from '../remote/leaf-peek.ts';
import type { Environment } from '../repo/repository.ts';
import { referencesOf } from '../serial/references.ts';

/** How long a check keeps others waiting. */
const SLICE_MS = 5;
/** What is checked faster than a thread starts. */
const ALONE_BYTES = 8 << 20;

/** Throws `invalid` when the file is damaged. `whole`: the address of all its bytes. */
export function checkName(file: Conjoinable, name: Address, whole: () => Address): void {
  if (namesOf(file, whole).includes(name)) return;
  throw new DoltError('invalid', `file ${name} has the name of another`);
}

function namesOf(file: Conjoinable, whole: () => Address): readonly Address[] {
  if (file instanceof TableFile) {
    const keys = file.keys();
    const suffixes = new Uint8Array((keys.length / 20) * 12);
    for (let i = 0; i * 20 < keys.length; i++) suffixes.set(keys.subarray(i * 20 + 8, i * 20 + 20), i * 12);
    return [addressOf(suffixes)];
  }
  // One that was written at once bears that of all its bytes, one that was made of several that of its index.
  return [whole(), addressOf(indexOf(file))];
}

function indexOf(file: ArchiveFile): Uint8Array {
  const start = file.recordBytes();
  return file.copyRange(start, file.byteSize() - start);
}

/** The addresses outside of the file that its chunks refer to. Throws `invalid` for a chunk that is not what its address says. */
export async function checkChunks(environment: Environment, file: Conjoinable): Promise<readonly Address[]> {
  const { clock, timers } = environment;
  const referred = new Set<Address>();
  const check = file instanceof TableFile ? tableChunks(file, environment.threads) : archiveChunks(file);
  let since = clock.monotonic();
  for (;;) {
    const { done, value: chunk } = asInvalid(file.name, () => check.next());
    if (done) break;
    if (chunk) for (const address of asInvalid(file.name, () => referencesOf(chunk))) referred.add(address);
    if (clock.monotonic() - since < SLICE_MS) continue;
    await timers.sleep(0);
    since = clock.monotonic();
  }
  const key = new Uint8Array(20);
  return [...referred].filter((address) => {
    writeAddress(address, key, 0);
    return !file.has(key);
  });
}

/**
 * The chunks of a file, each checked; undefined where there is none that refers to anything. What takes long, decoding and
 * SHA-512, a second thread does half of.
 */
function* tableChunks(file: TableFile, threads: Threads | undefined): Generator<Uint8Array | undefined, void> {
  const keys = file.keys();
  let checked: Uint8Array[] = [];
  const take = (block: Uint8Array): void => {
    for (const { matches, record, keyAt } of checkedRecords(block)) {
      const address = addressAt(block, keyAt);
      if (!matches) throw otherAddress(file, address);
      if (!refersToNothing(record)) checked.push(decodeCheckedRecord(record, address));
    }
  };
  const queue = new BlockQueue(
    checkRecords,
    take,
    'check-records',
    file.byteSize() < ALONE_BYTES ? undefined : threads,
  );
  try {
    let block = queue.next();
    emptyRecordBlock(block);
    let keyAt = 0;
    for (const record of file.records()) {
      if (!addToRecordBlock(block, record, keys, keyAt)) {
        queue.submit();
        block = queue.next();
        emptyRecordBlock(block);
        if (!addToRecordBlock(block, record, keys, keyAt)) take(checkedAlone(record, keys, keyAt));
        yield* checked;
        checked = [];
        yield undefined;
      }
      keyAt += ADDRESS_BYTES;
    }
    queue.submit();
    queue.drain();
    yield* checked;
  } finally {
    queue.close();
  }
}

/** A block for one record that no block of the queue has room for. */
function checkedAlone(record: Uint8Array, keys: Uint8Array, keyAt: number): Uint8Array {
  const block = new Uint8Array(recordBlockBytes(record.length));
  emptyRecordBlock(block);
  addToRecordBlock(block, record, keys, keyAt);
  checkRecords(block);
  return block;
}

function* archiveChunks(file: ArchiveFile): Generator<Uint8Array | undefined, void> {
  const key = new Uint8Array(20);
  for (const address of file.addresses()) {
    writeAddress(address, key, 0);
    const chunk = file.get(key);
    if (!chunk) throw new CorruptChunkError(file.path, address, 'its index does not find it');
    // With a dictionary reading it has compared the address.
    const isCompared = file.place(key)!.dictionary !== undefined;
    if (!isCompared && !hasAddress(chunk, key, 0)) throw otherAddress(file, address);
    yield chunk;
  }
}

const otherAddress = (file: Conjoinable, address: Address): CorruptChunkError =>
  new CorruptChunkError(file.path, address, `the bytes of chunk ${address} belong to another address`);

/** What is damaged on arrival was sent so. */
export function asInvalid<T>(name: Address, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DoltError) || error.kind === 'unavailable') throw error;
    const reason = error instanceof CorruptChunkError ? error.reason : error.message;
    throw new DoltError('invalid', `file ${name} is damaged: ${reason}`, { cause: error });
  }
}
