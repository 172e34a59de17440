/**
 * A repository: a folder's `.dolt` with its chunk store, configuration and repo state. Everything versioned is
 * reached through `refs()`, a snapshot, and changed through `update`, one durable store commit. A folder is a
 * repository once its store has a root; `repo_state.json` is written before that.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { abandonTree, type Disk } from '../base/disk.ts';
import type { Clock, Gpg, Logger, Random, Timers } from '../base/environment.ts';
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
import { recoverRedoLog, redoneUpTo, refsWithRedoLog, type ServedRefs } from './redo/recover.ts';
import { redoLogPath } from './redo/redo-log.ts';
import { NOTHING_UNWRITTEN, type StoredWorkingSet, UnwrittenWorkingSets } from './redo/unwritten-working-sets.ts';
import { isValidBranchName } from './ref-names.ts';
import { branchRef, INTERNAL, type RefEdits, Refs, updateRefs, workingSetRef } from './refs.ts';
import { BranchNotFoundError, NotARepositoryError } from './repo-errors.ts';
import { initialRepoState, type RepoState, readRepoState, writeRepoState } from './repo-state.ts';
import { RootValue } from './root-value.ts';
import { type Steps, waitFor } from './steps.ts';
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
  /** In whose `.dolt` the global configuration lives; undefined when the user has no home. */
  readonly homeDirectory: string | undefined;
  /** Environment variables that Dolt documents (DOLT_AUTHOR_DATE, …), as the edge chose to hand them in. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** How this machine is called where several meet; `localhost` unless told. */
  readonly hostName?: string | undefined;
  /** The branch that repositories are on, whatever is checked out. */
  readonly branch?: string | undefined;
  /** None unless told. */
  readonly threads?: Threads | undefined;
  /** Without it, no commit is signed. */
  readonly gpg?: Gpg | undefined;
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
  #unwritten: UnwrittenWorkingSets | undefined;
  #refs: Refs;
  /** Where another process has the repository: what its redo log makes of the store's root. */
  #served: ServedRefs | undefined;
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

  /**
   * Throws `NotARepositoryError` when `directory` holds no repository, `BranchNotFoundError` without the environment's
   * branch.
   */
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
      if (disk.stat(redoLogPath(chunks.directory)) !== undefined) {
        if (!options.readOnly) recoverRedoLog(repository);
        repository.#look();
      }
      if (options.redoLog) repository.#deferWorkingSets();
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

  #deferWorkingSets(): void {
    this.#unwritten = new UnwrittenWorkingSets({
      environment: this.environment,
      chunks: this.chunks,
      nodes: this.nodes,
      lastEpoch: redoneUpTo(this.nodes, this.#refs).epoch,
      sharesSyncs: this.#sharesSyncs,
      updateAlong: (transform) => {
        const { chunks, nodes } = this;
        this.#refs = updateRefs(chunks, nodes, transform, (next, last) => chunks.commitAlong(next, last));
      },
    });
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
    this.#unwritten?.write();
    return this.#present();
  }

  #present(): Refs {
    if (this.#served?.root === this.chunks.root()) return this.#served.refs;
    if (this.#refs.storeRoot !== this.chunks.root()) this.#refs = Refs.read(this.nodes, this.chunks.root());
    return this.#refs;
  }

  /** Reads again what other processes have committed. */
  rebase(): Refs {
    this.#look();
    return this.refs();
  }

  /** Takes in what other processes have stored. */
  #look(): void {
    this.chunks.rebase();
    if (this.#isBare || this.chunks.isLocked) {
      this.#served = undefined;
      return;
    }
    this.#served = refsWithRedoLog(this, this.#served);
  }

  /** What a transaction begins with, without writing what others have stored: working sets in place of those of the refs. */
  snapshot(): Snapshot {
    this.#look();
    return { refs: this.#present(), unwritten: this.#unwritten?.byBranch ?? NOTHING_UNWRITTEN };
  }

  /** See `updateRefs`: durable when it returns. */
  update(transform: (refs: Refs) => RefEdits | undefined): Refs {
    this.#unwritten?.write();
    this.#refs = updateRefs(this.chunks, this.nodes, transform);
    return this.#refs;
  }

  /** Like `update`, but durable only when `chunks.durable` says so. */
  updateLater(transform: (refs: Refs) => RefEdits | undefined): Refs {
    this.#unwritten?.write();
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
    if (this.#unwritten === undefined) {
      return yield* this.store((refs) => edits(refs, make({ refs, unwritten: NOTHING_UNWRITTEN })));
    }
    this.chunks.lock();
    const now = this.snapshot();
    const next = make(now);
    if (next === undefined || (yield* this.#unwritten.store(branch, now, next, meta))) return this.#present();
    return yield* this.store((refs) => edits(refs, next));
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
    this.#unwritten?.close();
    this.chunks.close();
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
