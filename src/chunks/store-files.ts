/**
 * The files of a store's folder, as its manifest names them: table files, archives, the journal, and those of `oldgen/`
 * (FORMAT.md §2). They are opened when the manifest is read and stay open, so that a reader keeps its state while another
 * process conjoins or collects garbage. Nothing is written but the manifest.
 */
import { type Address, JOURNAL_ADDRESS } from '../base/address.ts';
import { type Disk, DiskError } from '../base/disk.ts';
import type { Logger } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import type { ChunkFile, ChunkFileKind } from './chunk-file.ts';
import type { Conjoinable } from './conjoin.ts';
import { emptiedJournal, isEmptied, Journal } from './journal.ts';
import {
  EMPTY_MANIFEST,
  type FileSpec,
  formatManifest,
  type Manifest,
  namesJournal,
  type PreparedManifest,
  placeManifest,
  readManifest,
  readManifestText,
  writeManifest,
} from './manifest.ts';
import { closeNew, fileNotThere, openChunkFile } from './open-chunk-file.ts';
import type { ScanMemory } from './scan-memory.ts';

export interface StoreFile {
  readonly name: Address;
  readonly kind: ChunkFileKind;
  readonly path: string;
  readonly chunkCount: number;
  readonly byteSize: number;
  readonly generation: 'new' | 'old';
}

const LOAD_ATTEMPTS = 16;

export class StoreFiles {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #hasJournal: boolean;
  readonly #logger: Logger;
  #manifest: Manifest = EMPTY_MANIFEST;
  #manifestText = '';
  #tables: readonly Conjoinable[] = [];
  #journal: Journal | undefined;
  /** Files that are complete and not yet named by the manifest. */
  #unpublished: Conjoinable[] = [];
  #old: StoreFiles | undefined;
  /** What the manifest names could not be opened: it is to be read again, though its text is known. */
  #isStale = false;

  /** `hasJournal`: the folder is that of a repository. */
  constructor(disk: Disk, directory: string, hasJournal: boolean, logger: Logger) {
    this.#disk = disk;
    this.#directory = directory;
    this.#hasJournal = hasJournal;
    this.#logger = logger;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** As it was last read or written; empty without one. */
  get manifestText(): string {
    return this.#manifestText;
  }

  get root(): Address {
    return this.#journal?.root() ?? this.#manifest.root;
  }

  get journal(): Journal | undefined {
    return this.#journal;
  }

  /** The files of the manifest but for the journal, opened. */
  get tables(): readonly Conjoinable[] {
    return this.#tables;
  }

  get unpublished(): readonly Conjoinable[] {
    return this.#unpublished;
  }

  find(key: Uint8Array): ChunkFile | undefined {
    if (this.#journal?.has(key)) return this.#journal;
    for (const file of this.#tables) if (file.has(key)) return file;
    for (const file of this.#unpublished) if (file.has(key)) return file;
    return this.#old?.find(key);
  }

  get(key: Uint8Array, memory: ScanMemory | undefined): Uint8Array | undefined {
    const found = this.#journal?.get(key);
    if (found) return found;
    for (const file of this.#tables) {
      const chunk = file.get(key, memory);
      if (chunk) return chunk;
    }
    for (const file of this.#unpublished) {
      const chunk = file.get(key, memory);
      if (chunk) return chunk;
    }
    return this.#old?.get(key, memory);
  }

  /** The files of both generations. */
  files(): readonly StoreFile[] {
    const own = this.#sources().map(
      (file): StoreFile => ({
        name: file.name,
        kind: file.kind,
        path: file.path,
        chunkCount: file.chunkCount(),
        byteSize: file.byteSize(),
        generation: 'new',
      }),
    );
    const old = this.#old?.files().map((file): StoreFile => ({ ...file, generation: 'old' }));
    return old ? [...own, ...old] : own;
  }

  /** The same, as they are read. */
  chunkFiles(): readonly ChunkFile[] {
    return this.#old ? [...this.#sources(), ...this.#old.chunkFiles()] : this.#sources();
  }

  /** Every stored address, files in the order of the manifest; a chunk stored twice is named twice. */
  *addresses(): Generator<Address, void> {
    for (const file of this.#sources()) yield* file.addresses();
    if (this.#old) yield* this.#old.addresses();
  }

  totalBytes(): number {
    return this.files().reduce((sum, { byteSize }) => sum + byteSize, 0);
  }

  tableSpecs(): readonly FileSpec[] {
    return this.#manifest.files.filter(({ name }) => name !== JOURNAL_ADDRESS);
  }

  /** Takes in complete files of the folder: readable at once, for a manifest to name. */
  addUnpublished(names: Iterable<Address>): void {
    for (const name of names) {
      if ([...this.#tables, ...this.#unpublished].some((file) => file.name === name)) continue;
      const file = openChunkFile(this.#disk, this.#directory, name);
      if (!file) throw new DoltError('notFound', `${this.#directory}: file ${name} is not there`);
      this.#unpublished.push(file);
    }
  }

  /** The manifest names them now. */
  unpublishedAreNamed(): void {
    this.#tables = [...this.#tables, ...this.#unpublished];
    this.#unpublished = [];
  }

  closeUnpublished(): void {
    for (const file of this.#unpublished) file.close();
    this.#unpublished = [];
  }

  /** Puts a manifest in the place of the current one: `prepared`, where that is the same. The caller holds the lock. */
  publish(manifest: Manifest, prepared?: PreparedManifest): void {
    const text = formatManifest(manifest);
    if (prepared?.text === text) placeManifest(this.#disk, this.#directory, prepared.path);
    else writeManifest(this.#disk, this.#directory, randomName(), manifest);
    this.#manifest = manifest;
    this.#manifestText = text;
  }

  setJournal(journal: Journal | undefined): void {
    this.#journal = journal;
  }

  /** A table has taken the journal's place, in the manifest too. */
  replaceJournal(table: Conjoinable): void {
    this.#tables = [...this.#tables, table];
    this.#journal = undefined;
  }

  /** Reads again what other processes have committed. */
  rebase(): void {
    const text = readManifestText(this.#disk, this.#directory) ?? '';
    if (this.#isStale || text !== this.#manifestText || (!this.#journal && this.#hasJournal)) this.load();
    else this.#journal?.refresh();
  }

  /** Reads the manifest and opens what it names, so that all belongs together; again when it changed meanwhile. */
  load(writable = false): void {
    // It is read again from its file.
    this.#journal?.flush();
    this.#isStale = true;
    for (let attempt = 1; ; attempt++) {
      const { manifest, text } = readManifest(this.#disk, this.#directory);
      if (!this.#hasJournal && namesJournal(manifest)) {
        throw new DoltError(
          'invalid',
          `${this.#directory} is the store of a repository, not a remote: it has a journal`,
        );
      }
      const opened = this.open(manifest);
      let journal: Journal | undefined;
      try {
        journal = this.#openJournal(writable);
      } catch (error) {
        closeNew(opened.files, this.#tables);
        throw error;
      }
      const settled = (readManifestText(this.#disk, this.#directory) ?? '') === text;
      const missing = opened.missing ?? (!journal && namesJournal(manifest) ? JOURNAL_ADDRESS : undefined);
      if (settled && !missing) {
        if (journal && isEmptied(journal, manifest)) {
          closeNew(opened.files, this.#tables);
          journal.close();
          throw emptiedJournal(journal);
        }
        const changed = text !== this.#manifestText;
        this.adopt(manifest, text, opened.files, journal);
        // Whoever writes may have published the manifest itself, after it moved chunks there.
        if (changed || writable) this.#openOldGeneration();
        return;
      }
      closeNew(opened.files, this.#tables);
      journal?.close();
      if (settled || attempt === LOAD_ATTEMPTS) {
        if (missing) throw fileNotThere(this.#directory, missing);
        throw new DoltError('unavailable', `${this.#directory}/manifest changes too fast to be read; try again`);
      }
    }
  }

  /** The files of a manifest, those that are open already as they are; up to the first that is not there. */
  open(manifest: Manifest): { files: Conjoinable[]; missing: Address | undefined } {
    const present = new Map(this.#tables.map((file) => [file.name, file]));
    for (const file of this.#unpublished) present.set(file.name, file);
    const files: Conjoinable[] = [];
    for (const { name } of manifest.files) {
      if (name === JOURNAL_ADDRESS) continue;
      const file = present.get(name) ?? openChunkFile(this.#disk, this.#directory, name);
      if (!file) return { files, missing: name };
      files.push(file);
    }
    return { files, missing: undefined };
  }

  /** Goes over to a manifest and its files, and closes what is no longer needed. */
  adopt(manifest: Manifest, text: string, tables: readonly Conjoinable[], journal: Journal | undefined): void {
    const kept = new Set(tables);
    for (const file of this.#tables) if (!kept.has(file)) file.close();
    this.#unpublished = this.#unpublished.filter((file) => !kept.has(file));
    this.#journal?.close();
    this.#manifest = manifest;
    this.#manifestText = text;
    this.#tables = tables;
    this.#journal = journal;
    this.#isStale = false;
  }

  close(): void {
    for (const file of this.#tables) file.close();
    this.#tables = [];
    this.closeUnpublished();
    this.#journal?.close();
    this.#journal = undefined;
    this.#old?.close();
    this.#old = undefined;
  }

  #sources(): readonly ChunkFile[] {
    return this.#journal ? [this.#journal, ...this.#tables] : this.#tables;
  }

  #openJournal(writable: boolean): Journal | undefined {
    if (!this.#hasJournal) return undefined;
    const journal = Journal.openRead(this.#disk, this.#directory, this.#logger);
    if (journal && journal.tornBytes > 0 && !writable && !this.#isLockedElsewhere()) {
      this.#logger.warn(
        `${journal.path}: its last ${journal.tornBytes} bytes are an incomplete write and left out; the last root is ${journal.root() ?? 'none'}`,
      );
    }
    if (!journal || !writable) return journal;
    journal.close();
    return Journal.openWrite(this.#disk, this.#directory, this.#logger);
  }

  /** Is somebody writing, as far as we can tell? */
  #isLockedElsewhere(): boolean {
    try {
      const lock = this.#disk.tryLock(`${this.#directory}/LOCK`);
      lock?.release();
      return lock === undefined;
    } catch (error) {
      if (error instanceof DiskError) return false;
      throw error;
    }
  }

  #openOldGeneration(): void {
    const directory = `${this.#directory}/oldgen`;
    if (this.#old) this.#old.rebase();
    else if (!this.#directory.endsWith('/oldgen') && this.#disk.stat(`${directory}/manifest`)) {
      const old = new StoreFiles(this.#disk, directory, false, this.#logger);
      old.load();
      this.#old = old;
    }
  }
}

export function specOf(file: ChunkFile): FileSpec {
  return { name: file.name, chunkCount: file.chunkCount() };
}
