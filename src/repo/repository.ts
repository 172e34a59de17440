/**
 * A repository: a folder's `.dolt` with its chunk store, configuration and repo state. Everything versioned is
 * reached through `refs()`, a snapshot, and changed through `update`, one durable store commit. A folder is a
 * repository once its store has a root; `repo_state.json` is written before that.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { abandonTree, type Disk } from '../base/disk.ts';
import type { Clock, Logger, Random, Timers } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import type { Network } from '../base/network.ts';
import type { Threads } from '../base/threads.ts';
import { missingManifest } from '../chunks/manifest.ts';
import { NbsStore } from '../chunks/nbs-store.ts';
import { hasChunkFiles } from '../chunks/open-chunk-file.ts';
import { NodeStore } from '../prolly/node-store.ts';
import { Activity } from './activity.ts';
import { readCommit, writeCommit } from './commit.ts';
import { Config } from './config.ts';
import { recoverRedoLog, redoneRef, redoneUpTo } from './redo/recover.ts';
import { RedoLog } from './redo/redo-log.ts';
import { editsBetween, encodeRedoRecord } from './redo/redo-record.ts';
import { isValidBranchName } from './ref-names.ts';
import { branchRef, INTERNAL, type RefEdits, type RefName, Refs, updateRefs, workingSetRef } from './refs.ts';
import { BranchNotFoundError, NotARepositoryError } from './repo-errors.ts';
import { initialRepoState, type RepoState, readRepoState, writeRepoState } from './repo-state.ts';
import { RootValue } from './root-value.ts';
import { type Steps, waitFor } from './steps.ts';
import { NOTHING_UNWRITTEN, type StoredWorkingSet, UnwrittenWorkingSets } from './unwritten-working-sets.ts';
import {
  cleanWorkingSet,
  readWorkingSet,
  sameWorkingSet,
  type WorkingSet,
  type WorkingSetMeta,
  writeWorkingSet,
} from './working-set.ts';

/** What a repository needs of the world; the edges hand in the real ones. */
export interface Environment {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  /** Where the global configuration lives; undefined when the user has no home. */
  readonly homeDirectory: string | undefined;
  /** Environment variables that Dolt documents (DOLT_AUTHOR_DATE, …), as the edge chose to hand them in. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** How this machine is called where several meet; `localhost` unless told. */
  readonly hostName?: string | undefined;
  /** The branch that repositories are on, whatever is checked out. */
  readonly branch?: string | undefined;
  /** None unless told. */
  readonly threads?: Threads | undefined;
  /** Without it, remotes in folders only. */
  readonly network?: Network | undefined;
}

export interface InitOptions {
  readonly name: string;
  readonly email: string;
  readonly initialBranch: string;
  /** Milliseconds for both dates of the first commit; the clock's when absent. */
  readonly date?: number | undefined;
}

export interface OpenOptions {
  readonly readOnly?: boolean;
  /** Whether several sessions are at work now: `store` lets them share syncs, and go on while one runs. False unless told. */
  readonly sharesSyncs?: () => boolean;
  /** Small changes go to a redo log: for whoever stays for long, and has the lock. */
  readonly redoLog?: boolean;
  /** What runs on it; its own unless told. */
  readonly activity?: Activity;
  /** Size that the journal may reach while it is open; see `NbsOptions`. */
  readonly journalGrowthBytes?: number | undefined;
  /** Size of the cache of opened nodes. */
  readonly nodeCacheBytes?: number | undefined;
  /** The folder is a bare store: it is on this branch, and has no configuration of its own. */
  readonly bareBranch?: string | undefined;
}

/** The refs, and what has taken the place of some branches' working sets since they were written. */
export interface Snapshot {
  readonly refs: Refs;
  readonly unwritten: ReadonlyMap<string, StoredWorkingSet>;
}

/** Beyond this a change is written at once. */
const MOST_REDO_BYTES = 64 << 10;
/** Chunks of trees that are made while the log goes on, beyond which all is written. */
const MOST_BUFFERED_BYTES = 1 << 20;
/** Without a change for so long, what is unwritten is written, for those who read the files. */
const IDLE_MS = 1000;

/** The message of the first commit. */
export const INITIAL_MESSAGE = 'Initialize data repository';

/** The dataset that remembers the first commit (local only). */
const CREATED = `${INTERNAL}create`;

export class Repository {
  readonly environment: Environment;
  /** The folder that holds `.dolt`. */
  readonly directory: string;
  readonly chunks: NbsStore;
  readonly nodes: NodeStore;
  readonly config: Config;
  /** What runs on it, and may hold what no ref leads to. */
  readonly activity: Activity;
  readonly #sharesSyncs: () => boolean;
  #redo: { readonly log: RedoLog; readonly unwritten: UnwrittenWorkingSets } | undefined;
  readonly #closing = new AbortController();
  #isWatching = false;
  #refs: Refs;
  /** Stands in for the branch that is checked out, until another one is. */
  #branch: string | undefined;
  readonly #isBare: boolean;

  private constructor(environment: Environment, directory: string, chunks: NbsStore, options: OpenOptions = {}) {
    this.environment = environment;
    this.directory = directory;
    this.chunks = chunks;
    this.activity = options.activity ?? new Activity();
    this.#sharesSyncs = options.sharesSyncs ?? (() => false);
    this.nodes = new NodeStore(chunks, options.nodeCacheBytes);
    const { bareBranch } = options;
    this.#isBare = bareBranch !== undefined;
    const configured = this.#isBare ? undefined : doltDirectoryIn(directory);
    this.config = new Config(environment.disk, configured, environment.homeDirectory);
    this.#refs = Refs.read(this.nodes, chunks.root());
    this.#branch = bareBranch ?? environment.branch;
  }

  #newRedoLog(): { readonly log: RedoLog; readonly unwritten: UnwrittenWorkingSets } {
    const { chunks, nodes } = this;
    const log = new RedoLog(this.environment.disk, chunks.directory, redoneUpTo(nodes, this.#refs).epoch);
    const unwritten = new UnwrittenWorkingSets(log, (byBranch) => {
      this.#updateLater(() => {
        const edits = new Map<RefName, Address>();
        let root: Address | undefined;
        for (const [branch, stored] of byBranch) {
          stored.address = writeWorkingSet(nodes, stored.workingSet, stored.meta);
          edits.set(workingSetRef(branch), stored.address);
          root = stored.workingSet.working.address;
        }
        return new Map([...edits, redoneRef(nodes, log.position, root)]);
      });
    });
    return { log, unwritten };
  }

  /** Makes `.dolt` in `directory` with an initial commit. Throws `conflict` when there is one already. */
  static init(environment: Environment, directory: string, options: InitOptions): Repository {
    const { name, email, initialBranch } = options;
    const { disk } = environment;
    const existed = disk.stat(doltDirectoryIn(directory)) !== undefined;
    const repository = Repository.create(environment, directory, initialBranch);
    try {
      const now = options.date ?? environment.clock.now();
      const root = RootValue.empty(repository.nodes);
      const identity = { name, email };
      const commit = writeCommit(repository.nodes, root.address, [], {
        author: identity,
        committer: identity,
        authorDate: now,
        committerDate: now,
        message: INITIAL_MESSAGE,
      });
      const meta = { ...identity, description: 'init', seconds: Math.trunc(now / 1000) };
      const workingSet = writeWorkingSet(repository.nodes, cleanWorkingSet(root), meta);
      repository.update(
        () =>
          new Map([
            [CREATED, commit],
            [branchRef(initialBranch), commit],
            [workingSetRef(initialBranch), workingSet],
          ]),
      );
    } catch (error) {
      repository.close();
      if (!existed) abandonTree(disk, 'init:abandon', doltDirectoryIn(directory));
      throw error;
    }
    return repository;
  }

  /**
   * Makes `.dolt` with a store without refs, on the branch `branch`: what a clone fills. The folder is no repository
   * before the first `update`. Throws `conflict` when it is one already.
   */
  static create(
    environment: Environment,
    directory: string,
    branch: string,
    state: RepoState = initialRepoState(branchRef(branch)),
  ): Repository {
    if (!isValidBranchName(branch)) throw new DoltError('invalid', `fatal: '${branch}' is an invalid branch name.`);
    const { disk } = environment;
    const doltDirectory = doltDirectoryIn(directory);
    const existed = disk.stat(doltDirectory) !== undefined;
    let chunks: NbsStore | undefined;
    try {
      disk.makeDirectory('init:directory', nomsIn(directory));
      chunks = openStore(environment, directory, {});
      if (chunks.root() !== EMPTY_ADDRESS) {
        throw new DoltError('conflict', 'This directory has already been initialized.');
      }
      writeRepoState(disk, doltDirectory, state);
      return new Repository(environment, directory, chunks);
    } catch (error) {
      chunks?.close();
      if (!existed) abandonTree(disk, 'init:abandon', doltDirectory);
      throw error;
    }
  }

  /** Throws `NotARepositoryError` when `directory` holds no repository, `BranchNotFoundError` without the environment's branch. */
  static open(environment: Environment, directory: string, options: OpenOptions = {}): Repository {
    const { disk } = environment;
    if (!Repository.isRepository(disk, directory)) {
      Repository.assertNotDamaged(disk, directory);
      throw new NotARepositoryError(directory);
    }
    const chunks = openStore(environment, directory, options);
    if (chunks.root() === EMPTY_ADDRESS) {
      chunks.close();
      throw new NotARepositoryError(
        directory,
        `${nomsIn(directory)} has no content: an init was interrupted here, or its files were emptied.`,
      );
    }
    const repository = new Repository(environment, directory, chunks, options);
    try {
      if (!options.readOnly) recoverRedoLog(repository);
      if (options.redoLog) repository.#redo = repository.#newRedoLog();
      const { branch } = environment;
      if (branch !== undefined && repository.refs().get(branchRef(branch)) === undefined) {
        throw new BranchNotFoundError(branch);
      }
    } catch (error) {
      repository.close();
      throw error;
    }
    return repository;
  }

  /**
   * What a `file://` remote holds, for reading: chunks and refs, without working sets of its own, configuration or state. It
   * is on `branch`, which need not be there: nobody may have pushed yet.
   */
  static openBare(environment: Environment, directory: string, branch: string): Repository {
    const { disk, logger } = environment;
    const chunks = NbsStore.open(disk, directory, { journal: false, readOnly: true, logger });
    return new Repository(environment, directory, chunks, { bareBranch: branch });
  }

  /** Does the folder look like a repository? Cheap: its store is not opened. */
  static isRepository(disk: Disk, directory: string): boolean {
    return disk.stat(`${nomsIn(directory)}/manifest`) !== undefined;
  }

  /** For a folder that is no repository: throws `corrupt` when it was one, and lost its manifest. */
  static assertNotDamaged(disk: Disk, directory: string): void {
    if (hasChunkFiles(disk, nomsIn(directory))) throw missingManifest(nomsIn(directory));
  }

  /** The `.dolt` folder. */
  get doltDirectory(): string {
    return doltDirectoryIn(this.directory);
  }

  /** The refs as of the last open, update or `rebase`. */
  refs(): Refs {
    this.#redo?.unwritten.write();
    return this.#present();
  }

  #present(): Refs {
    if (this.#refs.storeRoot !== this.chunks.root()) this.#refs = Refs.read(this.nodes, this.chunks.root());
    return this.#refs;
  }

  /** Reads again what other processes have committed. */
  rebase(): Refs {
    this.chunks.rebase();
    return this.refs();
  }

  /** What a transaction begins with, without writing what others have stored: working sets in place of those of the refs. */
  snapshot(): Snapshot {
    this.chunks.rebase();
    return { refs: this.#present(), unwritten: this.#redo?.unwritten.byBranch ?? NOTHING_UNWRITTEN };
  }

  /** See `updateRefs`: durable when it returns. */
  update(transform: (refs: Refs) => RefEdits | undefined): Refs {
    this.#redo?.unwritten.write();
    this.#refs = updateRefs(this.chunks, this.nodes, transform);
    return this.#refs;
  }

  /** Like `update`, but durable only when `chunks.durable` says so. */
  updateLater(transform: (refs: Refs) => RefEdits | undefined): Refs {
    this.#redo?.unwritten.write();
    return this.#updateLater(transform);
  }

  #updateLater(transform: (refs: Refs) => RefEdits | undefined): Refs {
    this.#refs = updateRefs(this.chunks, this.nodes, transform, (next, last) => this.chunks.commitLater(next, last));
    return this.#refs;
  }

  /** Like `update`: durable when it has ended. Where sessions share syncs, others see it, and build on it, before that. */
  *store(transform: (refs: Refs) => RefEdits | undefined): Steps<Refs> {
    if (!this.#sharesSyncs()) return this.update(transform);
    const refs = this.updateLater(transform);
    yield* waitFor(this.chunks.durable());
    return refs;
  }

  /** Stores what `make` makes of the working set that a branch has now (undefined: nothing). Durable when it has ended. */
  *storeWorkingSet(branch: string, make: (now: Snapshot) => WorkingSet | undefined, meta: WorkingSetMeta): Steps<Refs> {
    const edits = (refs: Refs, next: WorkingSet | undefined): RefEdits | undefined => {
      if (next === undefined || sameWorkingSet(next, this.workingSet(branch, refs))) return undefined;
      return new Map([[workingSetRef(branch), writeWorkingSet(this.nodes, next, meta)]]);
    };
    if (this.#redo === undefined) {
      return yield* this.store((refs) => edits(refs, make({ refs, unwritten: NOTHING_UNWRITTEN })));
    }
    this.chunks.lock();
    const now = this.snapshot();
    const next = make(now);
    const record = next && this.#redoRecord(branch, now, next, meta);
    if (next === undefined || record === undefined) return yield* this.store((refs) => edits(refs, next));
    if (record.length > 0) yield* this.#addUnwritten(branch, next, meta, record);
    return this.#present();
  }

  /** Without bytes where nothing was changed; undefined where the change is not for the redo log. */
  #redoRecord(
    branch: string,
    { refs, unwritten }: Snapshot,
    next: WorkingSet,
    meta: WorkingSetMeta,
  ): Uint8Array | undefined {
    const address = refs.get(workingSetRef(branch));
    if (address === undefined) return undefined;
    const written = readWorkingSet(this.nodes, address);
    const tables = editsBetween(unwritten.get(branch)?.workingSet ?? written, next);
    if (tables === undefined) return undefined;
    if (tables.length === 0) return new Uint8Array(0);
    const base = written.working.address;
    const record = encodeRedoRecord({ branch, base, meta, tables });
    return record.length > MOST_REDO_BYTES ? undefined : record;
  }

  *#addUnwritten(branch: string, next: WorkingSet, meta: WorkingSetMeta, record: Uint8Array): Steps<void> {
    const { log, unwritten } = this.#redo!;
    if (!log.hasRoom(record.length) || this.chunks.bufferedBytes > MOST_BUFFERED_BYTES) {
      unwritten.write();
      this.chunks.makeDurable();
      log.restart();
    }
    yield* unwritten.add(branch, next, meta, record, this.#sharesSyncs());
    void this.#writeWhenIdle();
  }

  async #writeWhenIdle(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const { log, unwritten } = this.#redo!;
    const { timers } = this.environment;
    try {
      for (let before = -1; before !== log.count; ) {
        before = log.count;
        await timers.sleep(IDLE_MS, this.#closing.signal);
      }
      unwritten.write();
    } catch {
      // It is closed; or the disk failed, which the next change will tell of: what is unwritten stays in the log.
    } finally {
      this.#isWatching = false;
    }
  }

  /** `repo_state.json` as it is on disk now, but for the branch that the environment says. */
  state(): RepoState {
    if (this.#isBare) return initialRepoState(branchRef(this.#branch!));
    const state = readRepoState(this.environment.disk, this.doltDirectory);
    return this.#branch === undefined ? state : { ...state, head: branchRef(this.#branch) };
  }

  updateState(transform: (state: RepoState) => RepoState): RepoState {
    const before = readRepoState(this.environment.disk, this.doltDirectory);
    const after = transform(before);
    if (after.head !== before.head) this.#branch = undefined;
    if (after !== before) writeRepoState(this.environment.disk, this.doltDirectory, after);
    return after;
  }

  root(address: Address): RootValue {
    return RootValue.read(this.nodes, address);
  }

  /** The root value of a commit. */
  rootOfCommit(commit: Address): RootValue {
    return this.root(readCommit(this.nodes, commit).root);
  }

  /** The commit a branch stands on. Throws `BranchNotFoundError`. */
  headOf(branch: string, refs = this.refs()): Address {
    const head = refs.get(branchRef(branch));
    if (head === undefined) throw new BranchNotFoundError(branch);
    return head;
  }

  /** The branch's working set; a clean one on its head when none is stored. */
  workingSet(branch: string, refs = this.refs()): WorkingSet {
    const stored = refs.get(workingSetRef(branch));
    if (stored !== undefined) return readWorkingSet(this.nodes, stored);
    return cleanWorkingSet(this.rootOfCommit(this.headOf(branch, refs)));
  }

  close(): void {
    this.#closing.abort();
    this.#endRedoLog();
    this.chunks.close();
  }

  #endRedoLog(): void {
    if (this.#redo === undefined) return;
    const { log, unwritten } = this.#redo;
    try {
      unwritten.write();
      this.chunks.makeDurable();
      log.remove();
    } catch (error) {
      // The next start makes what is in it.
      if (!(error instanceof DoltError)) throw error;
      log.close();
    }
  }
}

export const doltDirectoryIn = (directory: string): string => `${directory === '/' ? '' : directory}/.dolt`;
/** Where the server of a folder says how it is found. */
export const serverInfoPath = (directory: string): string => `${doltDirectoryIn(directory)}/sql-server.info`;
export const nomsIn = (directory: string): string => `${doltDirectoryIn(directory)}/noms`;

function openStore({ disk, clock, logger }: Environment, directory: string, options: OpenOptions): NbsStore {
  const { readOnly, journalGrowthBytes } = options;
  return NbsStore.open(disk, nomsIn(directory), {
    journal: true,
    readOnly: readOnly ?? false,
    ...(journalGrowthBytes === undefined ? {} : { journalGrowthBytes }),
    logger,
    now: () => Math.trunc(clock.now() / 1000),
  });
}
