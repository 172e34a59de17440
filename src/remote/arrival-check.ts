/**
 * What a clone checks of the files that it copies: that each chunk is what its address says, whoever wrote the remote, and
 * that what it refers to has arrived too. A large clone is checked by two threads, and while it comes: of a table file whose
 * index is known ahead, as far as it is there.
 */
import { type Address, addressBytes, addressOf, hasAddress, writeAddress } from '../base/address.ts';
import type { Disk, DiskFile } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import type { Threads } from '../base/threads.ts';
import type { ChunkFile } from '../chunks/chunk-file.ts';
import type { NbsStore } from '../chunks/nbs-store.ts';
import { CorruptChunkError } from '../chunks/record.ts';
import { TableFile } from '../chunks/table-file.ts';
import { keysOf, lengthsOf, readTableIndex } from '../chunks/table-index.ts';
import { Node } from '../prolly/node.ts';
import { walkReachable } from '../repo/reachable.ts';
import { fileIdOf } from '../serial/flatbuffer-table.ts';
import { referencesOf } from '../serial/references.ts';
import { TREE_NODE } from '../serial/tree-node.ts';
import { isPlainLeaf } from './leaf-peek.ts';
import { OTHER_ADDRESS } from './record-check.ts';
import { StoredAddresses } from './stored-addresses.ts';
import { fileToCheck, referringChunks, TableCheck, type TableProgress } from './table-check.ts';

/** What is checked faster than a thread starts. */
const ALONE_BYTES = 8 << 20;

/** A table file on its way. */
interface Arrival {
  readonly table: TableProgress;
  /** Of the end of the file, its index. */
  readonly indexAddress: Address;
  readonly file: DiskFile;
  /** How many of its bytes are there. */
  bytes: number;
}

export class ArrivalCheck {
  readonly #url: string;
  readonly #threads: Threads | undefined;
  #tables: TableCheck | undefined;
  /** By the path that the file will have. */
  readonly #arrivals = new Map<string, Arrival>();

  constructor(url: string, threads: Threads | undefined) {
    this.#url = url;
    this.#threads = threads;
  }

  /** Says how much there will be to check, so that a thread can start while it is copied; whether one does. */
  expect(bytes: number): boolean {
    const isLarge = bytes >= ALONE_BYTES && this.#threads !== undefined;
    this.#tables ??= new TableCheck(isLarge ? this.#threads : undefined);
    return isLarge;
  }

  /** Begins with a file that comes to `part` and will stand at `path`; `end` are its last bytes, with the index. */
  begin(disk: Disk, path: string, part: string, size: number, end: Uint8Array): void {
    const file = disk.openRead(part);
    if (!file) return;
    try {
      const start = size - end.length;
      const index = readTableIndex(path, size, (offset, length) =>
        Uint8Array.from(end.subarray(offset - start, offset - start + length)),
      );
      const read = (target: Uint8Array, at: number, offset: number, length: number): void => {
        if (file.read(target, at, length, offset) !== length)
          throw new CorruptChunkError(path, undefined, 'it ends too early');
      };
      const table = this.#checkOfTables().begin({
        path,
        keys: keysOf(index, path),
        offsets: index.offsets,
        lengths: lengthsOf(index),
        read,
      });
      this.#arrivals.set(path, { table, indexAddress: addressOf(end), file, bytes: 0 });
    } catch (error) {
      file.close();
      // What is wrong with it will be seen, and said, when it is here.
      if (!(error instanceof CorruptChunkError)) throw error;
    }
  }

  /** The first `bytes` of the file that will stand at `path` are there. Throws as `run` does. */
  grown(path: string, bytes: number): void {
    const arrival = this.#arrivals.get(path);
    if (!arrival) return;
    arrival.bytes = bytes;
    this.#named(path, () => this.#tables!.goOn(arrival.table, bytes));
  }

  /** All files are there, though not synced yet. Throws as `run` does. */
  catchUp(): void {
    for (const [path, { table }] of this.#arrivals) this.#named(path, () => this.#finish(table));
  }

  /** What was begun is begun again. */
  forget(): void {
    for (const { file } of this.#arrivals.values()) file.close();
    this.#arrivals.clear();
    this.#tables?.close();
    this.#tables = undefined;
  }

  /** `roots`: what must be whole. Throws `corrupt`, naming the remote, the file and the chunk. */
  run(chunks: NbsStore, roots: readonly Address[]): void {
    const there = new StoredAddresses(chunks);
    const files = chunks.addedFiles().map((file) => {
      const check = (): Iterable<Uint8Array> => {
        if (!(file instanceof TableFile)) return checkOther(file);
        const table = this.#checkTable(file);
        there.addTable(file, table.file.keys);
        return referringChunks(table);
      };
      return { path: file.path, referring: this.#named(file.path, check) };
    });
    const isComplete = files.every(({ path, referring }) =>
      this.#named(path, () => {
        for (const chunk of referring) if (!hasReferences(there, chunk)) return false;
        return true;
      }),
    );
    const onDamage = (address: Address, cause?: unknown): never => {
      throw this.#damaged(`chunk ${address} is missing`, cause);
    };
    const missing = roots.find((root) => !chunks.has(root));
    if (missing !== undefined) onDamage(missing);
    if (isComplete) return;
    // Rubbish may refer to what was collected long ago.
    for (const chunk of walkReachable(chunks, roots, new Set(), onDamage)) void chunk;
  }

  close(): void {
    this.forget();
  }

  #checkOfTables(): TableCheck {
    this.#tables ??= new TableCheck(undefined);
    return this.#tables;
  }

  #finish(table: TableProgress): void {
    for (const step of this.#checkOfTables().finish(table)) void step;
  }

  #checkTable(file: TableFile): TableProgress {
    const arrival = this.#arrivals.get(file.path);
    const { table, indexAddress } = arrival ?? {
      table: this.#checkOfTables().begin(fileToCheck(file)),
      indexAddress: undefined,
    };
    const start = file.recordBytes();
    if (indexAddress !== undefined && addressOf(file.copyRange(start, file.byteSize() - start)) !== indexAddress)
      throw new CorruptChunkError(file.path, undefined, 'its index is not the one that was sent ahead');
    this.#finish(table);
    return table;
  }

  /** What `work` finds to be damaged is told of the remote's file. */
  #named<T>(path: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      const finding = error instanceof CorruptChunkError ? error.finding : error.message;
      throw this.#damaged(`${path.slice(path.lastIndexOf('/') + 1)}: ${finding}`, error);
    }
  }

  #damaged(what: string, cause: unknown): DoltError {
    return new DoltError('corrupt', `remote ${this.#url} is damaged: ${what}; nothing was cloned`, { cause });
  }
}

/** Checks a file in another form; its chunks that may refer to others. */
function checkOther(file: ChunkFile): Iterable<Uint8Array> {
  const referring: Uint8Array[] = [];
  const key = new Uint8Array(20);
  for (const address of file.addresses()) {
    writeAddress(address, key, 0);
    const chunk = file.get(key);
    if (!chunk) continue;
    if (!hasAddress(chunk, key, 0)) throw new CorruptChunkError(file.path, address, OTHER_ADDRESS);
    if (!isPlainLeaf(chunk)) referring.push(addressBytes(address));
  }
  return chunksOf(file, referring);
}

function* chunksOf(file: ChunkFile, keys: readonly Uint8Array[]): Generator<Uint8Array, void> {
  for (const key of keys) yield file.get(key)!;
}

function hasReferences(there: StoredAddresses, chunk: Uint8Array): boolean {
  if (fileIdOf(chunk) === TREE_NODE) {
    const node = Node.read(chunk);
    if (!node.isLeaf) {
      for (let i = 0; i < node.count; i++) if (!there.has(chunk, node.valueStart(i))) return false;
      return true;
    }
  }
  return referencesOf(chunk).every((address) => there.has(addressBytes(address), 0));
}
