/**
 * A small world on one disk in memory: primaries and replicas, each an engine of its own, that meet in the folder
 * `/remote`. Time passes as tests say; transports fail as tests say; a process can be killed between any two operations
 * of its disk.
 */
import { type Address, addressOf } from '../../src/base/address.ts';
import type { Disk } from '../../src/base/disk.ts';
import { DoltError } from '../../src/base/errors.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import type { Network } from '../../src/base/network.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { openEngine } from '../../src/open.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { readCommit, writeCommit } from '../../src/repo/commit.ts';
import { Config } from '../../src/repo/config.ts';
import { checkIntegrity, type IntegrityReport } from '../../src/repo/integrity.ts';
import { HEADS, Refs, TAGS } from '../../src/repo/refs.ts';
import { newRemote } from '../../src/repo/repo-state.ts';
import { type Environment, Repository } from '../../src/repo/repository.ts';
import { RootValue } from '../../src/repo/root-value.ts';
import { complete } from '../../src/repo/steps.ts';
import { withRemote } from '../../src/repo/upstream.ts';
import type { Value } from '../../src/tuple/value.ts';
import { RepoWorkspace } from '../../src/verbs/repo-workspace.ts';
import type { Verb } from '../../src/verbs/verb.ts';
import { Transport } from './transport.ts';

export const URL = 'file:///remote';
const FIRST_MOMENT = Date.UTC(2024, 0, 2, 3, 4, 5);

/** A generator of numbers in [0, 1) from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A world made once, and then handed out as often as it is asked for, each time with other dice. */
export function beginning(make: () => Promise<World>): (seed?: number) => Promise<World> {
  let made: Promise<World> | undefined;
  return async (seed = 1) => {
    made ??= make();
    return (await made).again(seed);
  };
}

interface Sleeper {
  readonly until: number;
  wake(): void;
}

export class World {
  disk: MemoryDisk;
  readonly random: () => number;
  readonly log: string[] = [];
  /** Where remotes are that are in no folder. */
  network: Network | undefined;
  variables: Readonly<Record<string, string>> = {};
  #now = FIRST_MOMENT;
  /** How wrong the clock on the wall is. */
  #wallError = 0;
  #sleepers: Sleeper[] = [];

  constructor(seed = 1, disk = new MemoryDisk()) {
    this.disk = disk;
    this.random = seeded(seed);
  }

  /** The same from here on with other dice; nothing that was written so far can be lost any more. */
  again(seed: number): World {
    const copy = new World(
      seed,
      this.disk.crash(() => 0.999999),
    );
    copy.#now = this.#now;
    return copy;
  }

  environment(disk: Disk = this.disk): Environment {
    return {
      disk,
      clock: { now: () => this.#now + this.#wallError, monotonic: () => this.#now },
      timers: { sleep: (ms, signal) => this.#sleep(ms, signal) },
      random: this.random,
      logger: { warn: (message) => void this.log.push(message), info() {} },
      homeDirectory: '/home',
      variables: this.variables,
      network: this.network,
    };
  }

  /** Short pauses pass at once; a second and more wait for `advance`. */
  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms < 1000) {
      this.#now += Math.ceil(ms);
      return new Promise((resolve) => setImmediate(resolve));
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const sleeper = { until: this.#now + ms, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', leave);
    });
  }

  /** Waits for `promise`; time passes whenever everything else waits for it. */
  async finish<T>(promise: Promise<T>): Promise<T> {
    let isOpen = true;
    const close = (): void => {
      isOpen = false;
    };
    promise.then(close, close);
    for (let round = 0; isOpen; round++) {
      await turns(30);
      if (isOpen) await this.advance(1000);
      if (round > 400) throw new Error('nothing ends');
    }
    return await promise;
  }

  /** Lets time pass, and what waited for it run. */
  async advance(ms: number): Promise<void> {
    this.#now += Math.ceil(ms);
    const due = this.#sleepers.filter(({ until }) => until <= this.#now);
    this.#sleepers = this.#sleepers.filter((sleeper) => !due.includes(sleeper));
    for (const sleeper of due) sleeper.wake();
    await turns();
  }

  /** Somebody sets the clock, forward or back. */
  setClock(ms: number): void {
    this.#wallError += Math.trunc(ms);
  }

  tick(): void {
    this.#now += 1000;
  }

  /** A new repository with the remote `origin`, which knows its user. */
  init(folder: string, settings: Settings = {}, remotes: Readonly<Record<string, string>> = { origin: URL }): void {
    const environment = this.environment();
    this.disk.makeDirectory('', folder);
    const repository = Repository.init(environment, folder, { name: 'A', email: 'a@b.c', initialBranch: 'main' });
    this.#configure(repository, settings);
    for (const [name, url] of Object.entries(remotes)) {
      repository.updateState((state) => withRemote(state, newRemote(name, url)));
    }
    repository.close();
  }

  async clone(folder: string, settings: Settings = {}, url = URL): Promise<void> {
    const environment = this.environment();
    const store = openRemote(environment, url);
    const repository = await cloneInto(environment, store, url, folder);
    this.#configure(repository, settings);
    repository.close();
    store.close();
  }

  configure(folder: string, settings: Settings): void {
    const repository = Repository.open(this.environment(), folder);
    this.#configure(repository, settings);
    repository.close();
  }

  #configure(repository: Repository, settings: Settings): void {
    const values = new Map([
      ['user.name', 'A'],
      ['user.email', 'a@b.c'],
    ]);
    for (const [name, value] of Object.entries(settings)) values.set(`sqlserver.global.${name}`, value);
    repository.config.set('local', values);
  }

  /** A branch whose commit's root is not in the store. */
  breakBranch(folder: string, name: string): void {
    const repository = Repository.open(this.environment(), folder);
    const { author, committer } = readCommit(repository.nodes, repository.headOf('main'));
    const dates = { authorDate: 0, committerDate: 0 };
    const missing = addressOf(new Uint8Array([1, 2, 3]));
    const broken = writeCommit(repository.nodes, missing, [], { author, committer, ...dates, message: 'broken' });
    repository.update(() => new Map([[HEADS + name, broken]]));
    repository.close();
  }

  /** Copies a folder with all that is in it. */
  copy(from: string, to: string): void {
    this.disk.makeDirectory('', to);
    for (const name of this.disk.list(from) ?? []) {
      if (this.disk.stat(`${from}/${name}`)?.kind === 'directory') this.copy(`${from}/${name}`, `${to}/${name}`);
      else {
        const file = this.disk.create('', `${to}/${name}`);
        file.write('', this.disk.readFile(`${from}/${name}`)!, 0);
        file.sync('');
        file.close();
      }
    }
    this.disk.syncDirectory('', to);
  }

  /** A folder that is mounted elsewhere, or nowhere. */
  move(from: string, to: string): void {
    this.copy(from, to);
    this.disk.removeTree('', from);
  }

  /** Makes a clone as the original makes it, which knows no bases. */
  forgetBases(folder: string): void {
    const repository = Repository.open(this.environment(), folder);
    repository.update(
      (refs) => new Map(Array.from(refs.entries('refs/internal/replication/'), ([ref]) => [ref, undefined])),
    );
    repository.close();
  }

  /** A folder for databases, whose processes have the settings from the global configuration. */
  dataFolder(folder: string, settings: Settings): void {
    this.disk.makeDirectory('', folder);
    const config = new Config(this.disk, undefined, '/home');
    this.disk.makeDirectory('', '/home/.dolt');
    const values = new Map([
      ['user.name', 'A'],
      ['user.email', 'a@b.c'],
    ]);
    for (const [name, value] of Object.entries(settings)) values.set(`sqlserver.global.${name}`, value);
    config.unset(
      'global',
      Array.from(config.entries('global'), ([key]) => key),
    );
    config.set('global', values);
  }

  /** Starts a process on a folder, which recovers first. */
  async start(folder: string, { disk, transport = new Transport(), exclusive }: StartOptions = {}): Promise<Server> {
    const { openRemote } = transport;
    const opened = openEngine(this.environment(disk), folder, { openRemote, mayBeEmpty: true, exclusive });
    try {
      const server = new Server(opened, transport);
      server.recovered = await opened.recover();
      return server;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  /** Runs SQL in a process of its own, as `dolt sql -q` does. */
  async sql(folder: string, text: string, options: StartOptions = {}): Promise<Value[][]> {
    const server = await this.start(folder, options);
    try {
      return await server.rows(text);
    } finally {
      await server.stop();
    }
  }

  /** A command of the command line, which does not replicate. */
  async command<Result>(folder: string, verb: Verb<Result>, ...args: string[]): Promise<Result> {
    const repository = Repository.open(this.environment(), folder);
    try {
      const workspace = new RepoWorkspace(repository, { warn() {}, progress() {} });
      return await complete(verb.run(workspace, args));
    } finally {
      repository.close();
    }
  }

  async fsck(folder: string): Promise<IntegrityReport> {
    return await complete(checkIntegrity(this.environment(), folder));
  }

  /** Branches and tags of a store: of the remote, or of a repository. */
  refs(folder = '/remote'): Record<string, Address> {
    return this.reading(folder, (refs) => Object.fromEntries([...refs.entries(HEADS), ...refs.entries(TAGS)]));
  }

  /** Messages of a branch's history, newest first, all parents. */
  messages(branch = 'main', folder = '/remote'): string[] {
    return this.reading(folder, (refs, nodes) => {
      const messages: string[] = [];
      const seen = new Set<Address>();
      const open = [refs.get(HEADS + branch)!];
      for (let at = open.shift(); at !== undefined; at = open.shift()) {
        if (seen.has(at)) continue;
        seen.add(at);
        const { message, parents } = readCommit(nodes, at);
        messages.push(message);
        open.push(...parents);
      }
      return messages;
    });
  }

  /** Names of all datasets below a prefix. */
  datasets(folder: string, prefix: string): string[] {
    return this.reading(folder, (refs) => Array.from(refs.entries(prefix), ([name]) => name));
  }

  /** Whether everything that a branch's newest commit holds can be read. */
  tables(branch = 'main', folder = '/remote'): string[] {
    return this.reading(folder, (refs, nodes) => {
      const root = RootValue.read(nodes, readCommit(nodes, refs.get(HEADS + branch)!).root);
      return [...root.tableNames()];
    });
  }

  /** Reads a store as it is on disk: of the remote, or of a repository. */
  reading<T>(folder: string, read: (refs: Refs, nodes: NodeStore) => T): T {
    const isRemote = this.disk.stat(`${folder}/.dolt`) === undefined;
    const directory = isRemote ? folder : `${folder}/.dolt/noms`;
    const store = NbsStore.open(this.disk, directory, { journal: !isRemote, readOnly: true });
    try {
      const nodes = new NodeStore(store);
      return read(Refs.read(nodes, store.root()), nodes);
    } finally {
      store.close();
    }
  }
}

export type Settings = Readonly<Record<string, string>>;

export interface StartOptions {
  readonly disk?: Disk;
  readonly transport?: Transport;
  /** As a server opens it. */
  readonly exclusive?: boolean;
}

/** A running process with one session. */
export class Server {
  readonly opened: ReturnType<typeof openEngine>;
  readonly transport: Transport;
  recovered: readonly string[] = [];
  #session: ReturnType<ReturnType<typeof openEngine>['engine']['session']>;
  warnings: readonly string[] = [];

  constructor(opened: ReturnType<typeof openEngine>, transport: Transport) {
    this.opened = opened;
    this.transport = transport;
    this.#session = this.session();
  }

  session() {
    return this.opened.engine.session({ database: this.opened.database });
  }

  /** Rows of the last statement that has some; warnings of all are kept. */
  async rows(text: string, session = this.#session): Promise<Value[][]> {
    const warnings: string[] = [];
    let rows: Value[][] = [];
    for await (const executed of session.execute(text)) {
      const { result } = executed;
      if (result.kind === 'rows') {
        rows = [];
        for await (const { length, columns } of session.batches(result)) {
          for (let i = 0; i < length; i++) rows.push(columns.map((column) => column[i]!));
        }
      }
      warnings.push(...executed.warnings().map(({ message }) => message));
    }
    this.warnings = warnings;
    return rows;
  }

  /** What is thrown. */
  async error(text: string): Promise<DoltError & { errno?: number; sqlState?: string }> {
    try {
      await this.rows(text);
    } catch (error) {
      if (error instanceof DoltError) return error;
      throw error;
    }
    throw new Error(`no error: ${text}`);
  }

  /** The process ends by itself. */
  async stop(): Promise<readonly string[]> {
    await this.#session.close();
    const warnings = await this.opened.drain();
    this.opened.close();
    return warnings;
  }

  /** kill -9, as far as a process within a process can: nothing is waited for. */
  kill(): void {
    this.transport.cut();
    this.opened.close();
  }
}

/** Lets everything run that can. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

export const settled = async <T>(promise: Promise<T>): Promise<'open' | 'done'> => {
  let state: 'open' | 'done' = 'open';
  promise.then(
    () => {
      state = 'done';
    },
    () => {
      state = 'done';
    },
  );
  await turns();
  return state;
};

/** A primary in /p that has replicated a table with one row, and goes on as `settings` say. */
export async function replicatedWorld(settings: Settings): Promise<World> {
  const world = new World();
  world.init('/p', { dolt_replicate_to_remote: 'origin' });
  await world.sql(
    '/p',
    "create table t (pk int primary key, c int); insert into t values (1, 1); call dolt_commit('-Am', 'one')",
  );
  world.configure('/p', settings);
  return world;
}
