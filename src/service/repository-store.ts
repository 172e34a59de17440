/**
 * The repository of a running server as ChunkStoreService serves it. Its files are read as they are, the journal among them.
 * A push does not swap the root: what it changes, branches and tags, moves as any session's change does, through the gate of
 * replication, and a branch's working set goes along, which has to be clean but for tables that `dolt_ignore` names: they
 * stay.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { Journal } from '../chunks/journal.ts';
import type { UploadedFile } from '../remote/remote-store.ts';
import type { Span } from '../remote/spans.ts';
import { ignoredTables, onlyIgnoredTables, withTablesOf } from '../repo/carry-over.ts';
import { isAncestor } from '../repo/commit.ts';
import type { RefIntent } from '../repo/commit-hook.ts';
import { type HeadUpdate, RefMovedError } from '../repo/head-update.ts';
import { isValidBranchName } from '../repo/ref-names.ts';
import { HEADS, type RefName, Refs, TAGS, WORKING_SETS, workingSetRef } from '../repo/refs.ts';
import { nomsIn, type Repository } from '../repo/repository.ts';
import type { RootValue } from '../repo/root-value.ts';
import { cleanWorkingSet, type WorkingSet } from '../repo/working-set.ts';
import { JournalCopy } from './journal-copy.ts';
import { ReceivedFiles } from './received-files.ts';
import { assertStoreRoot } from './root-moves.ts';
import { ServedFiles } from './served-files.ts';
import type { AnnouncedFile, ChunkPlace, ServedFile, ServedStore } from './served-store.ts';

/** Its files would make a repository with holes. */
function shallow(): DoltError {
  const what = 'this database is a shallow clone, and lacks commits that a clone of it would need';
  return new DoltError('conflict', `${what}; clone from where it was cloned from`);
}

/** Moves refs as a session does. Throws `RefMovedError` where one is not where it was any more, `denied` on a replica. */
export type MoveHeads = (update: HeadUpdate) => Promise<void>;

/** Below the repository's `.dolt`: uploads that are not committed yet. */
const RECEIVED_FOLDER = 'temptf';
/** How old an upload must be to be no part of a push under way. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

export class RepositoryStore implements ServedStore {
  readonly #repository: Repository;
  readonly #move: MoveHeads;
  readonly #files: ServedFiles;
  readonly #received: ReceivedFiles;
  readonly #receivedFolder: string;
  readonly #journalCopy: JournalCopy;

  constructor(repository: Repository, move: MoveHeads) {
    const { environment, directory, doltDirectory } = repository;
    this.#repository = repository;
    this.#move = move;
    this.#files = new ServedFiles(environment.disk, environment.clock, nomsIn(directory));
    this.#receivedFolder = `${doltDirectory}/${RECEIVED_FOLDER}`;
    this.#received = new ReceivedFiles(environment, this.#receivedFolder);
    this.#journalCopy = new JournalCopy(environment, this.#receivedFolder);
  }

  async root(): Promise<Address> {
    return this.#current().storeRoot;
  }

  async locate(addresses: readonly Address[]): Promise<readonly (ChunkPlace | undefined)[]> {
    this.#current();
    return this.#files.locate(this.#repository.chunks, addresses);
  }

  async files(): Promise<{ root: Address; files: readonly ServedFile[] }> {
    const { storeRoot } = this.#current();
    if (this.#repository.chunks.isShallow) throw shallow();
    const files: ServedFile[] = [];
    for (const file of this.#repository.chunks.chunkFiles()) {
      const served = file instanceof Journal ? this.#journalCopy.of(file, (table) => this.#files.serve(table)) : file;
      if (served) files.push(this.#files.serve(served));
    }
    return { root: storeRoot, files };
  }

  async byteSize(): Promise<number> {
    return this.#repository.chunks.files().reduce((sum, { byteSize }) => sum + byteSize, 0);
  }

  async fileSize(name: Address, suffix: string): Promise<number | undefined> {
    return this.#files.size(name, suffix);
  }

  read(name: Address, suffix: string, span: Span): AsyncIterable<Uint8Array> {
    return this.#files.read(name, suffix, span);
  }

  async receive(announced: AnnouncedFile, body: AsyncIterable<Uint8Array>): Promise<void> {
    const { disk } = this.#repository.environment;
    disk.makeDirectory('receive:make', this.#receivedFolder);
    this.#removeAbandoned();
    await this.#received.receive(announced, body);
  }

  async addFiles(files: readonly UploadedFile[]): Promise<void> {
    await this.#repository.activity.during(() => this.#take(files));
  }

  async commit(next: Address, last: Address, files: readonly UploadedFile[]): Promise<boolean> {
    const repository = this.#repository;
    return await repository.activity.during(async () => {
      await this.#take(files);
      const refs = this.#current();
      if (refs.storeRoot !== last) return false;
      if (next === last) return true;
      try {
        await this.#move(this.#updateOf(refs, next));
        return true;
      } catch (error) {
        // Whoever pushes looks again, and decides again.
        if (error instanceof RefMovedError) return false;
        throw error;
      }
    });
  }

  close(): void {
    this.#files.close();
    this.#journalCopy.close();
  }

  /** What is served is durable: nobody is to have from here what could still be lost here. */
  #current(): Refs {
    const refs = this.#repository.refs();
    this.#repository.chunks.makeDurable();
    return refs;
  }

  /** Makes uploaded files part of the store, once they are complete; the next record names them. */
  async #take(files: readonly UploadedFile[]): Promise<void> {
    const { chunks, environment, directory } = this.#repository;
    const { disk } = environment;
    const named = new Set([...chunks.files(), ...chunks.addedFiles()].map(({ name }) => name));
    const added = files.filter(({ name }) => !named.has(name));
    if (added.length === 0) return;
    const opened = await this.#received.openComplete(chunks, added);
    const noms = nomsIn(directory);
    try {
      for (const { path } of opened)
        disk.rename('receive:take', path, `${noms}/${path.slice(this.#receivedFolder.length + 1)}`);
      disk.syncDirectory('receive:sync-taken', noms);
      chunks.addFiles(added);
      this.#received.forget(added);
    } finally {
      for (const file of opened) file.close();
    }
  }

  /** What a swap of roots comes to. Throws `denied` for what no push changes, `conflict` for a branch with local changes. */
  #updateOf(refs: Refs, next: Address): HeadUpdate {
    const { nodes, chunks } = this.#repository;
    assertStoreRoot(next, chunks.get(next));
    const wanted = Refs.read(nodes, next);
    const intents: RefIntent[] = [];
    const workingSets = new Map<string, WorkingSet | undefined>();
    const others: RefName[] = [];
    const names = new Set([...refs.entries(), ...wanted.entries()].map(([name]) => name));
    for (const name of names) {
      const old = refs.get(name);
      const value = wanted.get(name);
      if (old === value) continue;
      if (name.startsWith(HEADS)) {
        const branch = name.slice(HEADS.length);
        // Who replaces it has seen it in the root that they start from, and means to: a forced push.
        const isReplaced = refs.get(workingSetRef(branch)) !== wanted.get(workingSetRef(branch));
        if (old !== undefined && !isReplaced) this.#assertClean(refs, branch);
        intents.push(this.#branchIntent(branch, old, value));
        workingSets.set(branch, value && this.#workingSetAt(value, old && this.#repository.workingSet(branch, refs)));
      } else if (name.startsWith(TAGS)) intents.push({ ref: name, old, new: value, forced: old !== undefined });
      else others.push(name);
    }
    const belongs = (name: RefName): boolean =>
      name.startsWith(WORKING_SETS) && [...workingSets.keys()].some((branch) => workingSetRef(branch) === name);
    const other = others.find((name) => !belongs(name));
    if (other !== undefined) throw new DoltError('denied', `a push changes branches and tags, not ${other}`);
    return { refs: intents, workingSets };
  }

  #branchIntent(branch: string, old: Address | undefined, value: Address | undefined): RefIntent {
    const repository = this.#repository;
    const ref = HEADS + branch;
    if (value === undefined) {
      if (repository.state().head === ref) throw new DoltError('denied', `'${branch}' is checked out here`);
      return { ref, old, new: undefined, forced: true };
    }
    if (!isValidBranchName(branch)) throw new DoltError('invalid', `'${branch}' is an invalid branch name`);
    const goesForward = old === undefined || isAncestor(repository.nodes, old, value);
    return { ref, old, new: value, forced: !goesForward };
  }

  #assertClean(refs: Refs, branch: string): void {
    const { working, staged, merge } = this.#repository.workingSet(branch, refs);
    const head = this.#repository.rootOfCommit(this.#repository.headOf(branch, refs));
    if (staged.equals(head) && merge === undefined && onlyIgnoredTables(head, working) !== undefined) return;
    throw new DoltError(
      'conflict',
      `branch '${branch}' has uncommitted changes on the server; commit them there first`,
    );
  }

  /** Nothing changed but that the ignored tables of `before` are there, as far as the commit has none of their names. */
  #workingSetAt(commit: Address, before: WorkingSet | undefined): WorkingSet {
    const head = this.#rootOf(commit);
    if (before === undefined) return cleanWorkingSet(head);
    const { working, staged } = before;
    return { working: withTablesOf(head, working, ignoredTables(staged, working)), staged: head };
  }

  #rootOf(commit: Address): RootValue {
    try {
      return this.#repository.rootOfCommit(commit);
    } catch (cause) {
      if (!(cause instanceof DoltError) || cause.kind !== 'notFound') throw cause;
      throw new DoltError('invalid', `chunk ${commit} is no commit`, { cause });
    }
  }

  /** Of pushes that were never committed. */
  #removeAbandoned(): void {
    const { disk, clock } = this.#repository.environment;
    const before = clock.now() - ABANDONED_AFTER_MS;
    for (const name of disk.list(this.#receivedFolder) ?? []) {
      const path = `${this.#receivedFolder}/${name}`;
      const isOld = (disk.stat(path)?.modifiedMs ?? before) < before;
      if (isOld) disk.remove('receive:remove-abandoned', path);
    }
  }
}
