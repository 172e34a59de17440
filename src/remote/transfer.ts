/**
 * Moving chunks: whatever is reachable from some addresses and not there yet goes from one store to the other, level by
 * level, with batched questions of what is there, several on their way at a time. A chunk that is there is taken to be there
 * with all it refers to. Memory is bounded by addresses, not by content; every chunk that arrives is checked against its
 * address, every one that is sent against its checksum.
 */
import type { Address } from '../base/address.ts';
import { AddressQueue } from '../base/address-queue.ts';
import { abandonFile } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import { decodeCheckedRecord } from '../chunks/record.ts';
import { TableFileWriter, type WrittenTable } from '../chunks/table-file-writer.ts';
import type { Repository } from '../repo/repository.ts';
import { referencesOf } from '../serial/references.ts';
import { refersToNothing } from './leaf-peek.ts';
import { pipelined } from './parallel.ts';
import type { RemoteStore, UploadedFile } from './remote-store.ts';
import { smallChange } from './small-change.ts';

export interface TransferProgress {
  /** Chunks that are to be moved, as far as is known by now. */
  readonly chunksFound: number;
  readonly chunksDone: number;
  readonly bytes: number;
}
export type ReportProgress = (progress: TransferProgress) => void;

/** Addresses in one question of what is there, and of what is to come: whose content is in memory. */
const UPLOAD_BATCH = 4096;
export const DOWNLOAD_BATCH = 512;
/** Questions on their way at a time. */
const AHEAD = 4;
const NO_CHUNKS: ReadonlyMap<Address, Uint8Array> = new Map();
/** Fetched chunks up to this size are kept in memory, to go into the journal; more go into a table file. */
const HELD_BYTES = 4 << 20;
/** Chunks to send up to this size go along with the swap, in its file; more go into files of their own. */
const PASSED_BYTES = 256 << 10;
const FILE_BYTES = 256 << 20;

/** What was uploaded, and what is small enough to go along with the swap. */
export interface Upload {
  /** Durable on the remote, named by nothing yet. */
  readonly files: readonly UploadedFile[];
  /** Chunks in their stored form that are still to be uploaded. */
  readonly held: ReadonlyMap<Address, Uint8Array>;
}

export interface TransferOptions {
  readonly progress?: ReportProgress | undefined;
  /** A file beyond this size is finished and another one begun; 256 MB unless told. */
  readonly fileBytes?: number;
}

export interface UploadOptions extends TransferOptions {
  /** Nobody has pushed to the remote: it need not be asked what is there. */
  readonly isEmpty?: boolean;
  /** Values of refs of the remote as it is when the targets are swapped in: they are there with all that they refer to. */
  readonly known?: readonly Address[];
}

export const NOTHING_UPLOADED: Upload = { files: [], held: new Map() };

/** Uploads what `targets` need: all of it into files, or, where it is little, nothing yet. */
export async function uploadMissing(
  from: Repository,
  remote: RemoteStore,
  targets: readonly Address[],
  { isEmpty = false, known = [], progress, fileBytes = FILE_BYTES }: UploadOptions = {},
): Promise<Upload> {
  const change =
    known.length > 0 ? await absentOf(from, remote, targets, known, Math.min(PASSED_BYTES, fileBytes)) : undefined;
  if (change) {
    const size = [...change.values()].reduce((sum, record) => sum + record.length, 0);
    if (change.size > 0) progress?.({ chunksFound: change.size, chunksDone: change.size, bytes: size });
    return { files: [], held: change };
  }
  const { disk } = from.environment;
  const directory = `${from.doltDirectory}/temptf`;
  const files: UploadedFile[] = [];
  const held = new Map<Address, Uint8Array>();
  let writer: TableFileWriter | undefined;
  let chunksDone = 0;
  let chunksThere = 0;
  let bytes = 0;
  /** One file is on its way while the next one is written. */
  let uploading: Promise<void> = Promise.resolve();
  const upload = async (): Promise<void> => {
    if (!writer) return;
    const file = writer.finish();
    writer = undefined;
    const send = async (): Promise<void> => {
      try {
        files.push(await remote.upload(file));
      } catch (error) {
        abandonFile(disk, 'push:abandon', file.path);
        throw error;
      }
    };
    const before = uploading;
    uploading = before.then(send, (error: unknown) => {
      abandonFile(disk, 'push:abandon', file.path);
      throw error;
    });
    uploading.catch(() => {});
    await before;
  };
  const startFile = (): TableFileWriter => {
    disk.makeDirectory('push:make-temporary', directory);
    const started = new TableFileWriter(disk, directory, randomName());
    for (const [address, record] of held) started.addRecord(address, record);
    held.clear();
    return started;
  };
  try {
    const ask = async (batch: readonly Address[]): Promise<readonly Address[]> =>
      isEmpty ? batch : await remote.absent(batch);
    await walkLevels(targets, UPLOAD_BATCH, ask, async (absent, batch, found) => {
      const references: Address[] = [];
      chunksThere += batch.length - absent.length;
      for (const address of absent) {
        const record = from.chunks.getRecord(address);
        if (!record) throw from.chunks.isGhost(address) ? shallowPush() : missing(from.directory, address);
        chunksDone++;
        bytes += record.length;
        if (!writer && bytes > Math.min(PASSED_BYTES, fileBytes)) writer = startFile();
        if (writer) writer.addRecord(address, record);
        else held.set(address, record);
        if (!refersToNothing(record)) references.push(...referencesOf(decodeCheckedRecord(record, address)));
      }
      if (writer && writer.byteSize > fileBytes) await upload();
      progress?.({ chunksFound: found - chunksThere, chunksDone, bytes });
      return references;
    });
    await upload();
    await uploading;
    return { files, held };
  } finally {
    writer?.abandon();
    await uploading.catch(() => {});
  }
}

/** A small change, without what is there all the same. Where commits of the remote are not here, that is asked, once. */
async function absentOf(
  from: Repository,
  remote: RemoteStore,
  targets: readonly Address[],
  known: readonly Address[],
  mostBytes: number,
): Promise<ReadonlyMap<Address, Uint8Array> | undefined> {
  const change = smallChange(from, targets, known, mostBytes);
  if (change === undefined || change.size === 0 || known.every((address) => from.chunks.has(address))) return change;
  const absent = await remote.absent([...change.keys()]);
  return new Map(absent.map((address) => [address, change.get(address)!]));
}

export interface DownloadOptions extends TransferOptions {
  /**
   * What is there is not taken to have all it refers to, and complete files stay when it fails: for a repository that is no
   * one's yet, and a download that is gone on with later.
   */
  readonly isGoingOn?: boolean;
}

/**
 * Puts what `targets` need into the repository's store: durable with the commit that makes refs point to it. All or
 * nothing: a chunk without what it refers to would pass for complete the next time. Of ghosts only targets are asked for.
 */
export async function downloadMissing(
  remote: RemoteStore,
  to: Repository,
  targets: readonly Address[],
  { progress, fileBytes = FILE_BYTES, isGoingOn = false }: DownloadOptions = {},
): Promise<void> {
  const held = new Map<Address, Uint8Array>();
  const files: WrittenTable[] = [];
  const asked = new Set(targets);
  const isWanted = (address: Address): boolean =>
    !to.chunks.has(address) && (asked.has(address) || !to.chunks.isGhost(address));
  let writer: TableFileWriter | undefined;
  let chunksDone = 0;
  let chunksThere = 0;
  let bytes = 0;
  try {
    const ask = async (batch: readonly Address[]): Promise<ReadonlyMap<Address, Uint8Array>> => {
      const wanted = batch.filter(isWanted);
      return wanted.length === 0 ? NO_CHUNKS : await remote.chunks(wanted);
    };
    await walkLevels(targets, DOWNLOAD_BATCH, ask, (chunks, batch, found) => {
      chunksThere += batch.length - chunks.size;
      const references: Address[] = [];
      for (const [address, chunk] of chunks) {
        references.push(...referencesOf(chunk));
        if (writer) writer.add(address, chunk);
        else held.set(address, chunk);
        chunksDone++;
        bytes += chunk.length;
      }
      if (isGoingOn)
        for (const address of batch) if (!chunks.has(address)) references.push(...referencesHere(to, address));
      if (!writer && bytes > Math.min(HELD_BYTES, fileBytes)) {
        writer = to.chunks.tableWriter();
        for (const [address, chunk] of held) writer.add(address, chunk);
        held.clear();
      }
      if (writer && writer.byteSize > fileBytes) {
        files.push(writer.finish());
        writer = undefined;
      }
      progress?.({ chunksFound: found - chunksThere, chunksDone, bytes });
      return references;
    });
    for (const [address, chunk] of held) to.chunks.put(address, chunk);
    if (writer) files.push(writer.finish());
    writer = undefined;
    if (files.length > 0) to.chunks.addFiles(files);
  } catch (error) {
    writer?.abandon();
    if (!isGoingOn) for (const { path } of files) abandonFile(to.environment.disk, 'fetch:abandon', path);
    throw error;
  }
}

/** What a chunk of the store refers to; a ghost to nothing. */
function referencesHere({ chunks }: Repository, address: Address): readonly Address[] {
  const record = chunks.getRecord(address);
  return record === undefined || refersToNothing(record) ? [] : referencesOf(decodeCheckedRecord(record, address));
}

/**
 * Visits everything from `targets` on, nearer before farther, each address once: `ask` gets what is needed of a batch, several
 * at a time, and `visit`, called in order, answers what to go on with.
 */
async function walkLevels<T>(
  targets: readonly Address[],
  batchSize: number,
  ask: (batch: readonly Address[]) => Promise<T>,
  visit: (answer: T, batch: readonly Address[], found: number) => readonly Address[] | Promise<readonly Address[]>,
): Promise<void> {
  const queue = new AddressQueue();
  for (const address of targets) queue.add(address);
  await pipelined<readonly Address[], T>({
    most: AHEAD,
    next: (isIdle) => (queue.waiting >= (isIdle ? 1 : batchSize) ? queue.take(batchSize) : undefined),
    ask,
    async take(answer, batch) {
      for (const address of await visit(answer, batch, queue.count)) queue.add(address);
    },
  });
}

/** Dolt's words, and what to do. */
function shallowPush(): DoltError {
  const hint = 'push to the remote that it was cloned from, or make a full clone';
  return new DoltError('invalid', `shallow repository missing chunks to complete push; ${hint}`);
}

function missing(directory: string, address: Address): DoltError {
  return new DoltError('corrupt', `${directory}: chunk ${address} is missing; run "dolt fsck"`);
}
