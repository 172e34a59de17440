/**
 * A repository: a folder's `.dolt` with its chunk store, configuration and repo state. Everything versioned is
 * reached through `refs()`, a snapshot, and changed through `update`, one durable store commit.
 */
import type { Address } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import type { Clock, Logger, Random, Timers } from '../base/environment.ts';
import { AssertionError } from '../base/errors.ts';
import type { ChunkStore } from '../chunks/chunk-store.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import type { Config } from './config.ts';
import type { RefEdits, Refs } from './refs.ts';
import type { RepoState } from './repo-state.ts';
import type { RootValue } from './root-value.ts';
import type { WorkingSet } from './working-set.ts';

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
}

export class Repository {
  readonly environment: Environment;
  /** The folder that holds `.dolt`. */
  readonly directory: string;
  readonly chunks: ChunkStore;
  readonly nodes: NodeStore;
  readonly config: Config;

  private constructor(
    environment: Environment,
    directory: string,
    chunks: ChunkStore,
    nodes: NodeStore,
    config: Config,
  ) {
    this.environment = environment;
    this.directory = directory;
    this.chunks = chunks;
    this.nodes = nodes;
    this.config = config;
  }

  /** Makes `.dolt` in `directory` with an initial commit. Throws `conflict` when there is one already. */
  static init(_environment: Environment, _directory: string, _options: InitOptions): Repository {
    throw new AssertionError('not built');
  }

  /** Throws `notFound` when `directory` holds no repository. */
  static open(_environment: Environment, _directory: string, _options?: OpenOptions): Repository {
    throw new AssertionError('not built');
  }

  /** The `.dolt` folder. */
  get doltDirectory(): string {
    return `${this.directory}/.dolt`;
  }

  /** The refs as of the last open, update or `rebase`. */
  refs(): Refs {
    throw new AssertionError('not built');
  }

  /** Reads again what other processes have committed. */
  rebase(): Refs {
    throw new AssertionError('not built');
  }

  /** See `updateRefs`. */
  update(_transform: (refs: Refs) => RefEdits | undefined): Refs {
    throw new AssertionError('not built');
  }

  /** `repo_state.json` as it is on disk now. */
  state(): RepoState {
    throw new AssertionError('not built');
  }

  updateState(_transform: (state: RepoState) => RepoState): RepoState {
    throw new AssertionError('not built');
  }

  root(_address: Address): RootValue {
    throw new AssertionError('not built');
  }

  /** The root value of a commit. */
  rootOfCommit(_commit: Address): RootValue {
    throw new AssertionError('not built');
  }

  /** The branch's working set; a clean one on its head when none is stored. */
  workingSet(_branch: string): WorkingSet {
    throw new AssertionError('not built');
  }

  close(): void {
    throw new AssertionError('not built');
  }
}
