/**
 * Repositories as the page and the API read them: bare stores in folders, opened when somebody asks, a bounded number of
 * them, each with an engine for read-only SQL. Every request looks at the refs of one moment: the manifest is compared
 * first, so what was pushed before the request is seen by it. What is being read stays open, however many there are.
 */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import { openGate } from '../../repo/commit-hook.ts';
import { findRef, resolveCommit } from '../../repo/ref-spec.ts';
import { HEADS, type Refs, TAGS } from '../../repo/refs.ts';
import { type Environment, Repository } from '../../repo/repository.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { Engine } from '../../sql/engine.ts';
import type { Database, DatabaseProvider } from '../../sql/session/database.ts';

export interface ReadingOptions {
  /** Repositories that stay open while nobody reads them; 32 unless told. */
  readonly keptOpen?: number | undefined;
}

/** A place in history, as it was named. */
export interface Point {
  readonly text: string;
  readonly kind: 'branch' | 'tag' | 'commit';
  readonly commit: Address;
}

interface Opened {
  readonly repository: Repository;
  readonly engine: Engine;
  readonly database: string;
  readers: number;
}

/** What sessions would take for other than a database. */
const TAKEN_NAMES = /^(information_schema|mysql|performance_schema|sys)$/i;

export class Readings {
  readonly #environment: Environment;
  readonly #keptOpen: number;
  /** By folder, the one that was asked for last at the end. */
  readonly #open = new Map<string, Opened>();

  constructor(environment: Environment, options: ReadingOptions = {}) {
    // A stored repository is nobody's: what its host's owner has configured for themselves does not count.
    this.#environment = { ...environment, homeDirectory: undefined, branch: undefined };
    this.#keptOpen = options.keptOpen ?? 32;
  }

  /**
   * Gives `read` the repository in `folder` as it is now; one without a store yet is empty. `database` is what SQL calls
   * it. It may not be used any more when `read` has ended.
   */
  async read<T>(folder: string, database: string, read: (reading: Reading) => T | Promise<T>): Promise<T> {
    const { reading, release } = this.hold(folder, database);
    try {
      return await read(reading);
    } finally {
      release();
    }
  }

  /** `read` for who cannot tell beforehand when it ends: `release` once. */
  hold(folder: string, database: string): { readonly reading: Reading; readonly release: () => void } {
    const opened = this.#opened(folder, database);
    opened.readers++;
    return {
      reading: new Reading(opened.repository, opened.engine, opened.database),
      release: () => {
        opened.readers--;
        this.#closeBeyond(this.#keptOpen);
      },
    };
  }

  /** What is still read is closed as well. */
  close(): void {
    for (const { repository } of this.#open.values()) repository.close();
    this.#open.clear();
  }

  #opened(folder: string, database: string): Opened {
    let opened = this.#open.get(folder);
    if (opened === undefined) {
      const repository = Repository.openBare(this.#environment, folder, 'main');
      const name = TAKEN_NAMES.test(database) ? `${database}_` : database.replaceAll(/[/@]/g, '_');
      opened = { repository, engine: readOnlyEngine(this.#environment, repository, name), database: name, readers: 0 };
    }
    this.#open.delete(folder);
    this.#open.set(folder, opened);
    opened.repository.rebase();
    return opened;
  }

  #closeBeyond(most: number): void {
    let over = this.#open.size - most;
    for (const [folder, { readers, repository }] of this.#open) {
      if (over <= 0) return;
      if (readers > 0) continue;
      this.#open.delete(folder);
      repository.close();
      over--;
    }
  }
}

/** A repository at one moment. */
export class Reading {
  readonly repository: Repository;
  readonly engine: Engine;
  /** What SQL calls it. */
  readonly database: string;
  readonly refs: Refs;
  readonly branches: readonly string[];

  constructor(repository: Repository, engine: Engine, database: string) {
    this.repository = repository;
    this.engine = engine;
    this.database = database;
    this.refs = repository.refs();
    this.branches = this.refs.branches();
  }

  /** Nobody has pushed a branch yet. */
  get isEmpty(): boolean {
    return this.branches.length === 0;
  }

  /** What is shown unless a ref is named; undefined of an empty one. */
  get defaultBranch(): string | undefined {
    return ['main', 'master'].find((name) => this.branches.includes(name)) ?? this.branches[0];
  }

  /** The branch, tag or commit that `text` names; the default branch unless given. Throws `notFound`. */
  point(text: string | undefined): Point {
    const named = text ?? this.defaultBranch;
    if (named === undefined) throw new DoltError('notFound', 'nobody has pushed to this repository yet');
    const { nodes } = this.repository;
    try {
      const commit = resolveCommit({ nodes, refs: this.refs, head: undefined }, named);
      const ref = findRef(this.refs, named) ?? '';
      const kind = ref.startsWith(HEADS) ? 'branch' : ref.startsWith(TAGS) ? 'tag' : 'commit';
      // Other refs are not for the public.
      if (kind === 'commit' && ref !== '') throw new DoltError('notFound', '');
      return { text: named, kind, commit };
    } catch (error) {
      if (!(error instanceof DoltError) || (error.kind !== 'notFound' && error.kind !== 'invalid')) throw error;
      throw new DoltError('notFound', `there is no branch, tag or commit '${named}'`);
    }
  }

  root({ commit }: Point): RootValue {
    return this.repository.rootOfCommit(commit);
  }
}

function readOnlyEngine(environment: Environment, repository: Repository, name: string): Engine {
  const refuse = (): never => {
    throw new DoltError('denied', 'what the hub shows is read only');
  };
  const database: Database = { name, repository, commitHook: openGate };
  const databases: DatabaseProvider = {
    databases: () => [database],
    database: (wanted) => (wanted.toLowerCase() === name.toLowerCase() ? database : undefined),
    create: refuse,
    drop: refuse,
  };
  const { clock, random, timers } = environment;
  return new Engine({ databases, globals: new Map([['read_only', 'ON']]), clock, random, timers });
}
