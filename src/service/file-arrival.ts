/**
 * What is asked of a file before it is taken in: that its index can be read, that it bears its name, and that every chunk is
 * what its address says, whoever sends it. On the way it is found out to which chunks of elsewhere it refers. A large file is
 * checked in slices, between which others have their turn.
 */
import { type Address, addressOf, hasAddress, writeAddress } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { Threads } from '../base/threads.ts';
import type { ArchiveFile } from '../chunks/archive-file.ts';
import type { Conjoinable } from '../chunks/conjoin.ts';
import { CorruptChunkError } from '../chunks/record.ts';
import { TableFile } from '../chunks/table-file.ts';
import { OTHER_ADDRESS } from '../remote/record-check.ts';
import { fileToCheck, referringChunks, TableCheck } from '../remote/table-check.ts';
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
 * The chunks of a file that may refer to others, after all have been checked; undefined where time has passed. What takes
 * long, decoding and SHA-512, a second thread does half of.
 */
function* tableChunks(file: TableFile, threads: Threads | undefined): Generator<Uint8Array | undefined, void> {
  const check = new TableCheck(file.byteSize() < ALONE_BYTES ? undefined : threads);
  try {
    const table = check.begin(fileToCheck(file));
    for (const _ of check.finish(table)) yield undefined;
    yield* referringChunks(table);
  } finally {
    check.close();
  }
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
  new CorruptChunkError(file.path, address, OTHER_ADDRESS);

/** What is damaged on arrival was sent so. */
export function asInvalid<T>(name: Address, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DoltError) || error.kind === 'unavailable') throw error;
    const reason = error instanceof CorruptChunkError ? error.finding : error.message;
    throw new DoltError('invalid', `file ${name} is damaged: ${reason}`, { cause: error });
  }
}
