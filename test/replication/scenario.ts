/**
 * A random life: two primaries, two replicas and somebody with the command line share a remote. They commit, branch, tag,
 * rename, delete, reset, amend, merge, push and pull by hand and change their settings, some at once; disks fail, answers
 * are lost, processes are killed, machines lose power and clocks jump. All of it comes from one seed. After every step the
 * promises are looked after.
 */
import { DiskError } from '../../src/base/disk.ts';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { HEADS, type RefName, TAGS } from '../../src/repo/refs.ts';
import { branch } from '../../src/verbs/branch.ts';
import { commit } from '../../src/verbs/commit.ts';
import { fetch } from '../../src/verbs/fetch.ts';
import { pull } from '../../src/verbs/pull.ts';
import { push } from '../../src/verbs/push.ts';
import { reset } from '../../src/verbs/reset.ts';
import { tag } from '../../src/verbs/tag.ts';
import type { Verb } from '../../src/verbs/verb.ts';
import { Chronicle, isEqual, type State, Witness } from './chronicle.ts';
import { type Fate, Transport } from './transport.ts';
import { type Server, type Settings, seeded, turns, World } from './world.ts';

const MODES: Readonly<Record<string, Settings>> = {
  synchronous: { dolt_async_replication: '0', dolt_skip_replication_errors: '0' },
  asynchronous: { dolt_async_replication: '1', dolt_skip_replication_errors: '0' },
  skipping: { dolt_async_replication: '0', dolt_skip_replication_errors: '1' },
};
type Mode = keyof typeof MODES;

const FOLLOWED: Readonly<Record<string, Settings>> = {
  all: { dolt_replicate_all_heads: '1', dolt_replicate_heads: '' },
  named: { dolt_replicate_all_heads: '0', dolt_replicate_heads: ' main, f*' },
};

const FATES: readonly Fate[] = ['refused', 'refused', 'answer lost', 'request lost', 'silence', 'black hole'];
const WEEK_MS = 7 * 86_400_000;
const BRANCHES = ['main', 'f1', 'f2', 'g'];
const TAG_NAMES = ['v1', 'v2'];

/** One process on one folder, which may be down. */
class Actor {
  readonly folder: string;
  readonly witness: Witness;
  server: Server | undefined;
  mode: Mode = 'synchronous';
  follows = 'all';
  /** A replica that skips errors may show what it showed before. */
  skips = false;
  shown = 0;
  /** Commits that were made on a replica, and are to be kept aside. */
  readonly mistakes: string[] = [];
  isChanged = false;
  /** Commits that were acknowledged on a branch and not taken back here. */
  readonly acknowledged = new Map<string, Set<string>>();
  power: { isOn: boolean } = { isOn: true };

  constructor(name: string) {
    this.folder = `/${name}`;
    this.witness = new Witness(name);
  }
}

type Outcome = 'ok' | 'refused' | 'unknown';

export interface ScenarioOptions {
  readonly steps?: number;
}

/** Loads what the first use of a statement loads: from then on a seed decides everything. */
export async function loadStatements(): Promise<void> {
  const world = new World();
  world.init('/w', { dolt_replicate_to_remote: 'origin', dolt_transaction_commit: '1' });
  const server = await world.start('/w');
  await server.rows(`create table t (pk int primary key, c int); insert into t values (1, 1); update t set c = 2`);
  await server.rows('call dolt_gc()');
  await server.rows(`set persist dolt_async_replication = 0; begin; rollback; start transaction; commit`);
  await server.rows('select name, hash from dolt_branches order by name; select tag_name from dolt_tags');
  await server.rows('select count(*), sum(c) from t; select * from dolt_status');
  for (const name of ['add', 'branch', 'checkout', 'commit', 'fetch', 'merge', 'pull', 'push', 'reset', 'tag']) {
    await server.rows(`call dolt_${name}('--help')`).catch(() => {});
  }
  await server.rows(
    "call dolt_branch('a'); insert into t values (3, 3); call dolt_checkout('a'); insert into t values (4, 4)",
  );
  await server.rows("call dolt_merge('main')");
  await server.stop();
}

export class Scenario {
  readonly world: World;
  readonly chronicle: Chronicle;
  readonly #random: () => number;
  /** Of its own, so that what a seed does otherwise stays. */
  readonly #clockRandom: () => number;
  readonly #primaries = [new Actor('p1'), new Actor('p2')];
  readonly #replicas = [new Actor('r1'), new Actor('r2')];
  readonly #peer = new Witness('peer', true);
  readonly log: string[] = [];
  readonly #options: ScenarioOptions;
  #isFaulty = true;
  #count = 0;
  /** Who is about to rename a manifest, or just did. */
  #renaming: Witness | undefined;

  constructor(seed: number, options: ScenarioOptions = {}) {
    this.world = new World(seed);
    this.chronicle = new Chronicle(this.world);
    this.#random = this.world.random;
    this.#clockRandom = seeded(seed + 1);
    this.#options = options;
  }

  async play(): Promise<void> {
    await this.#setUp();
    const { steps = 40 } = this.#options;
    for (let step = 1; step <= steps; step++) {
      this.chronicle.step = step;
      await this.#step();
      if (this.#clockRandom() < 0.15) this.world.setClock((this.#clockRandom() - 0.5) * WEEK_MS);
      this.#lookAfter();
    }
    this.#isFaulty = false;
    await this.#settle();
    this.#lookAfter();
  }

  async #setUp(): Promise<void> {
    const [first, second] = this.#primaries as [Actor, Actor];
    const primary = { dolt_replicate_to_remote: 'origin' };
    this.world.init(first.folder, primary);
    first.witness.created.set(`${HEADS}main`, { step: 0, from: undefined });
    const table = 'create table t (pk int primary key, c int, d int); insert into t values (1, 1, 1), (2, 2, 2)';
    this.#isFaulty = false;
    await this.#start(first);
    await first.server!.rows(`${table}; call dolt_commit('-Am', 'start')`);
    await this.world.clone(second.folder, primary);
    for (const replica of this.#replicas) {
      replica.follows = replica === this.#replicas[0] ? 'all' : 'named';
      await this.world.clone(replica.folder, { dolt_read_replica_remote: 'origin', ...FOLLOWED[replica.follows] });
    }
    await this.world.clone('/peer');
    for (const actor of this.#primaries) this.chronicle.witness(actor.witness);
    this.#isFaulty = true;
  }

  // Steps -----------------------------------------------------------------------------------------------------------

  async #step(): Promise<void> {
    const dice = this.#random();
    if (dice < 0.04) return await this.#powerCut();
    if (dice < 0.16) return await this.#byHand();
    if (dice < 0.3) return await this.#read(this.#pick(this.#replicas));
    if (dice < 0.55) return await this.#together(this.#primaries.map((actor) => () => this.#act(actor, false)));
    if (dice < 0.65) {
      const replica = this.#pick(this.#replicas);
      return await this.#together([() => this.#act(this.#pick(this.#primaries), false), () => this.#read(replica)]);
    }
    await this.#act(this.#pick(this.#primaries));
  }

  /** Lets several go at once; time passes when all of them wait. */
  async #together(acts: readonly (() => Promise<void>)[]): Promise<void> {
    await this.world.finish(Promise.all(acts.map((act) => act())));
  }

  async #act(actor: Actor, isAlone = true): Promise<void> {
    if (actor.server === undefined) {
      if (this.#random() < 0.4) return await this.#commandLine(actor);
      await this.#start(actor);
      if (actor.server === undefined) return;
    }
    const dice = this.#random();
    if (dice < 0.06) return await this.#stop(actor);
    if (dice < 0.13) return this.#kill(actor);
    if (dice < 0.2) return await this.#changeMode(actor);
    const name = this.#pick(BRANCHES);
    const other = this.#pick(BRANCHES);
    const label = this.#pick(TAG_NAMES);
    const { witness } = actor;
    const { step } = this.chronicle;
    const force = (ref: RefName): void => void witness.forced.set(ref, step);
    const create = (ref: RefName, source: string): void => {
      const from = this.chronicle.stateOf(actor.folder).get(HEADS + source);
      witness.created.set(ref, { step, from });
    };
    const message = `${witness.name}-${++this.#count}`;
    const pk = 100 + this.#count;
    const from = `call dolt_checkout('${name}')`;
    const change = this.#random() < 0.25 ? `update t set c = ${pk} where pk = 1` : `insert into t values (${pk}, 0, 0)`;
    const actions: readonly (() => Promise<unknown>)[] = [
      () => this.#commit(actor, name, `${from}; ${change}; call dolt_commit('-Am', '${message}')`, message),
      () => this.#commit(actor, name, `${from}; ${change}; call dolt_commit('-Am', '${message}')`, message),
      () =>
        this.#commit(
          actor,
          name,
          // `begin` would commit what a statement that failed has left open, under this message.
          `${from}; rollback; set dolt_transaction_commit = 1, dolt_transaction_commit_message = '${message}';
           begin; ${change}; update t set d = d + 1 where pk = 2; commit`,
          message,
        ),
      () => {
        force(HEADS + name);
        return this.#commit(
          actor,
          name,
          `${from}; ${change}; call dolt_commit('-a', '--amend', '-m', '${message}')`,
          message,
          true,
        );
      },
      () => {
        force(HEADS + name);
        return this.#forcing(actor, name, `${from}; call dolt_reset('--hard', 'HEAD~1')`);
      },
      () => {
        create(HEADS + name, other);
        return this.#run(actor, `call dolt_branch('${name}', '${other}')`);
      },
      () => {
        if (name === 'main') return Promise.resolve();
        force(HEADS + name);
        return this.#forcing(actor, name, `call dolt_checkout('main'); call dolt_branch('-D', '${name}')`);
      },
      () => {
        if (name === 'main') return Promise.resolve();
        force(HEADS + name);
        create(HEADS + other, name);
        return this.#forcing(actor, name, `call dolt_checkout('main'); call dolt_branch('-m', '${name}', '${other}')`);
      },
      () => {
        create(TAGS + label, name);
        return this.#run(actor, `call dolt_tag('${label}', '${name}')`);
      },
      () => {
        force(TAGS + label);
        return this.#run(actor, `call dolt_tag('-d', '${label}')`);
      },
      () => {
        force(TAGS + label);
        create(TAGS + label, name);
        return this.#run(actor, `call dolt_tag('-d', '${label}'); call dolt_tag('${label}', '${name}')`);
      },
      () => this.#merging(actor, `${from}; call dolt_merge('${other}')`),
      () => {
        witness.pulled.set(HEADS + name, step);
        return this.#merging(actor, `${from}; call dolt_pull('origin', '${name}')`);
      },
      () => this.#run(actor, "call dolt_fetch('origin')"),
      () => (isAlone ? this.#run(actor, 'call dolt_gc()') : Promise.resolve()),
      () => this.#inTwoSessions(actor, name, pk),
      () => (isAlone ? this.#pushByHand(actor, `${from}; call dolt_push('origin', '${name}')`) : Promise.resolve()),
      () => {
        force(HEADS + name);
        witness.pulled.set(HEADS + name, step);
        return this.#forcing(
          actor,
          name,
          `${from}; call dolt_fetch('origin'); call dolt_reset('--hard', 'origin/${name}')`,
          true,
        );
      },
    ];
    await this.#pick(actions)();
    this.chronicle.witness(witness);
  }

  async #commit(actor: Actor, name: string, text: string, message: string, amends = false): Promise<void> {
    const { mode } = actor;
    const since = this.chronicle.states.length - 1;
    const ref = HEADS + name;
    const outcome = await this.#run(actor, text);
    await actor.server?.rows("set dolt_transaction_commit = 0, dolt_transaction_commit_message = ''");
    const acknowledged = actor.acknowledged.get(name) ?? new Set();
    actor.acknowledged.set(name, acknowledged);
    if (amends && outcome !== 'refused') acknowledged.clear();
    if (outcome === 'unknown') return;
    const here = this.chronicle.messages(this.chronicle.stateOf(actor.folder).get(ref));
    if (outcome === 'refused') {
      this.#expect(!here.includes(message), `${message} was refused and stands in ${actor.folder}`);
      this.chronicle.refused.add(message);
      return;
    }
    // A transaction that changed nothing makes no commit.
    this.#expect(here.includes(message), `${message} was acknowledged and is not in ${actor.folder}`);
    acknowledged.add(message);
    if (mode !== 'synchronous') return;
    const there = this.chronicle.states
      .slice(since)
      .some((state) => this.chronicle.messages(state.get(ref)).includes(message));
    this.#expect(there, `${message} was acknowledged and is not on the remote`);
  }

  /** Two clients of one process at once. */
  async #inTwoSessions(actor: Actor, name: string, pk: number): Promise<void> {
    const { server } = actor;
    if (server === undefined) return;
    const session = server.session();
    const message = `${actor.witness.name}-b${this.#count}`;
    const ref = HEADS + name;
    const text = `call dolt_checkout('${name}'); insert into t values (${-pk}, 0, 0); call dolt_commit('-Am', '${message}')`;
    this.#note(`${actor.witness.name} (${actor.mode}), another session: ${text}`);
    let outcome: Outcome = 'ok';
    const other = server.rows(text, session).catch((error: unknown) => {
      if (!(error instanceof DoltError)) throw error;
      outcome = error.kind === 'unknown' ? 'unknown' : 'refused';
      this.#note(`  another session: ${error.message}`);
    });
    const first = `${actor.witness.name}-${this.#count}`;
    const change = `call dolt_checkout('${name}'); insert into t values (${pk}, 0, 0); call dolt_commit('-Am', '${first}')`;
    await this.#commit(actor, name, change, first);
    if (actor.server !== server) return void other.catch(() => {});
    await this.world.finish(other);
    if ((outcome as Outcome) !== 'ok') return;
    const here = this.chronicle.messages(this.chronicle.stateOf(actor.folder).get(ref));
    this.#expect(here.includes(message), `${message} was acknowledged and is not in ${actor.folder}`);
    actor.acknowledged.get(name)?.add(message);
  }

  async #forcing(actor: Actor, name: string, text: string, merges = false): Promise<void> {
    const outcome = await this.#run(actor, text);
    if (merges) this.#sawByHand(actor);
    if (outcome !== 'refused') actor.acknowledged.delete(name);
  }

  async #merging(actor: Actor, text: string): Promise<void> {
    for (const at of this.chronicle.reachable(actor.folder)) actor.witness.merged.add(at);
    await this.#run(actor, text);
    this.#sawByHand(actor);
  }

  async #pushByHand(actor: Actor, text: string): Promise<void> {
    const { witness } = actor;
    witness.isPerson = true;
    await this.#run(actor, text);
    witness.isPerson = false;
  }

  #sawByHand(actor: Actor): void {
    for (const at of this.chronicle.reachable(actor.folder)) actor.witness.merged.add(at);
  }

  /** Runs statements; a killed process answers nothing. */
  async #run(actor: Actor, text: string): Promise<Outcome> {
    const { server } = actor;
    if (server === undefined) return 'unknown';
    this.#note(`${actor.witness.name} (${actor.mode}): ${text.replace(/\s+/g, ' ')}`);
    const dies = this.#isFaulty && this.#random() < 0.06;
    let outcome: Outcome = 'ok';
    const running = this.#statements(actor, server, text).catch((error: unknown) => {
      if (!(error instanceof DoltError)) throw error;
      outcome = error.kind === 'unknown' ? 'unknown' : 'refused';
      this.#note(`  ${error.kind}: ${error.message}`);
    });
    if (dies) {
      await turns(1 + Math.floor(this.#random() * 12));
      running.catch(() => {});
      this.#kill(actor);
      await turns(2);
      return 'unknown';
    }
    await this.world.finish(running);
    for (const warning of server.warnings) this.#note(`  warning: ${warning}`);
    this.#observe(actor.witness);
    return outcome;
  }

  /** One after the other: what stands between two of them was seen. */
  async #statements(actor: Actor, server: Server, text: string): Promise<void> {
    for (const statement of text.split(';')) {
      await server.rows(statement);
      if (actor.server === server) this.chronicle.witness(actor.witness);
    }
  }

  async #changeMode(actor: Actor): Promise<void> {
    actor.mode = this.#pick(Object.keys(MODES));
    const settings = Object.entries(MODES[actor.mode]!).map(([name, value]) => `${name} = ${value}`);
    await this.#run(actor, `set persist ${settings.join(', persist ')}`);
    if (actor.server !== undefined) this.#readMode(actor);
  }

  /** What a start would find, after a SET that failed half way. */
  #readMode(actor: Actor): void {
    const text = (name: string): string => actor.server!.opened.engine.state.globals.text(name);
    const isAsync = text('dolt_async_replication') === 'ON';
    const skips = text('dolt_skip_replication_errors') === 'ON';
    actor.mode = isAsync ? 'asynchronous' : skips ? 'skipping' : 'synchronous';
  }

  // Processes -------------------------------------------------------------------------------------------------------

  async #start(actor: Actor): Promise<void> {
    const transport = this.#transport(actor.witness);
    const power = { isOn: true };
    actor.power = power;
    let left = this.#isFaulty && this.#random() < 0.6 ? Math.floor(this.#random() * 400) : Number.POSITIVE_INFINITY;
    const counts = (operation: string): boolean => {
      this.#attribute();
      if (operation === 'manifest:rename') this.#renaming = actor.witness;
      if (!power.isOn) throw new DiskError('unavailable', 'EIO', operation, `${operation}: the process was killed`);
      return --left === 0;
    };
    const disk = new FailingDisk(this.world.disk, { failAt: 1, counts });
    this.#note(`${actor.witness.name} starts`);
    try {
      actor.server = await this.world.finish(this.world.start(actor.folder, { disk, transport }));
      if (this.#primaries.includes(actor)) this.#readMode(actor);
      else actor.skips = actor.server.opened.engine.state.globals.text('dolt_skip_replication_errors') === 'ON';
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#note(`  did not start: ${error.message}`);
      power.isOn = false;
      return;
    }
    for (const warning of actor.server.recovered) this.#note(`  recovered: ${warning}`);
    if (!this.#primaries.includes(actor)) return;
    this.#observe(actor.witness);
    this.#assertKept(actor);
  }

  /** Everything that was acknowledged is still here. */
  #assertKept(actor: Actor): void {
    const state = this.chronicle.stateOf(actor.folder);
    for (const [name, kept] of actor.acknowledged) {
      const here = this.chronicle.messages(state.get(HEADS + name));
      for (const message of kept)
        this.#expect(here.includes(message), `${message} was acknowledged, and lost in ${actor.folder}`);
    }
  }

  async #stop(actor: Actor): Promise<void> {
    const { server } = actor;
    if (server === undefined) return;
    this.#note(`${actor.witness.name} ends`);
    actor.server = undefined;
    try {
      for (const warning of await this.world.finish(server.stop())) this.#note(`  warning: ${warning}`);
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#note(`  ${error.message}`);
      server.kill();
    }
    this.#observe(actor.witness);
  }

  /** Looks at the remote after `by` may have moved it. */
  #observe(by: Witness): void {
    this.#attribute();
    this.chronicle.observe(by);
  }

  /** A swap is of who renamed the manifest, whoever is the first to see it. */
  #attribute(): void {
    const by = this.#renaming;
    this.#renaming = undefined;
    if (by !== undefined) this.chronicle.observe(by);
  }

  #kill(actor: Actor): void {
    if (actor.server === undefined) return;
    this.#note(`${actor.witness.name} is killed`);
    actor.server.kill();
    actor.power.isOn = false;
    actor.server = undefined;
    this.#observe(actor.witness);
  }

  /** The machine on which all of them run loses its power. */
  async #powerCut(): Promise<void> {
    for (const actor of [...this.#primaries, ...this.#replicas]) this.#kill(actor);
    this.#note('power cut');
    this.world.disk = this.world.disk.crash(this.#random);
    const found = this.chronicle.stateOf('/remote');
    this.#expect(isEqual(found, this.chronicle.now), 'the remote stands where it stood');
    for (const actor of this.#primaries) this.#assertKept(actor);
  }

  #transport(witness: Witness): Transport {
    const transport = new Transport();
    const rate = this.#isFaulty ? this.#pick([0, 0, 0.1, 0.3]) : 0;
    transport.fate = (call, nth) => {
      if (nth < 0 || !this.#isFaulty || this.#random() >= rate) return undefined;
      const fate = this.#pick(FATES);
      this.#note(`  ${witness.name}: ${call}, ${fate}`);
      return fate;
    };
    transport.before = async () => {
      if (this.#random() < 0.3) await turns(Math.floor(this.#random() * 4));
    };
    transport.done = () => this.#observe(witness);
    return transport;
  }

  // By hand ---------------------------------------------------------------------------------------------------------

  /** Somebody with a clone, who pulls, works and pushes. */
  async #byHand(): Promise<void> {
    const name = this.#pick(BRANCHES);
    const message = `peer-${++this.#count}`;
    const run = async (act: () => Promise<unknown>): Promise<void> => {
      try {
        await act();
      } catch (error) {
        if (!(error instanceof DoltError)) throw error;
        this.#note(`  ${error.message.split('\n')[0]}`);
      }
      this.#observe(this.#peer);
    };
    this.#note(`peer works on ${name}`);
    await run(() => this.world.command('/peer', fetch, 'origin'));
    await run(() => this.world.command('/peer', reset, '--hard', `origin/${name}`));
    const actions = [
      async () => {
        await run(() => this.world.command('/peer', commit, '--allow-empty', '-m', message));
        await run(() => this.world.command('/peer', push, 'origin', `main:${name}`));
      },
      async () => {
        await run(() => this.world.command('/peer', commit, '--amend', '--allow-empty', '-m', message));
        await run(() => this.world.command('/peer', push, '-f', 'origin', `main:${name}`));
      },
      () => run(() => this.world.command('/peer', push, '-f', 'origin', `main:${name}`)),
      () => run(() => (name === 'main' ? Promise.resolve() : this.world.command('/peer', push, 'origin', `:${name}`))),
      () => run(() => this.world.command('/peer', pull, 'origin', name)),
    ];
    await this.#pick(actions)();
  }

  /** The command line on a primary's own folder while no process runs: it does not replicate. */
  async #commandLine(actor: Actor): Promise<void> {
    const name = this.#pick(BRANCHES);
    const label = this.#pick(TAG_NAMES);
    const { witness } = actor;
    const { step } = this.chronicle;
    const before = this.chronicle.now;
    const message = `${witness.name}-${++this.#count}`;
    const create = (ref: RefName): void => void witness.created.set(ref, { step, from: undefined });
    const run = <R>(verb: Verb<R>, ...args: string[]): Promise<unknown> => {
      this.#note(`${witness.name}: dolt ${verb.name} ${args.join(' ')}`);
      return this.world.command(actor.folder, verb, ...args);
    };
    const actions: readonly (() => Promise<unknown>)[] = [
      () => run(commit, '--allow-empty', '-m', message),
      () => {
        create(HEADS + name);
        return run(branch, name);
      },
      () => {
        witness.forced.set(HEADS + name, step);
        actor.acknowledged.delete(name);
        return run(branch, '-D', name);
      },
      () => {
        create(TAGS + label);
        return run(tag, label);
      },
      () => {
        witness.forced.set(`${HEADS}main`, step);
        actor.acknowledged.delete('main');
        return run(reset, '--hard', 'HEAD~1');
      },
    ];
    try {
      await this.#pick(actions)();
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
    }
    this.chronicle.witness(witness);
    this.#expect(isEqual(this.chronicle.stateOf('/remote'), before), 'the command line does not replicate');
  }

  // Replicas --------------------------------------------------------------------------------------------------------

  async #read(actor: Actor): Promise<void> {
    if (actor.server === undefined) {
      if (this.#random() < 0.2) return await this.#mistake(actor);
      await this.#start(actor);
    }
    const { server } = actor;
    if (server === undefined) return;
    const dice = this.#random();
    if (dice < 0.08) return await this.#stop(actor);
    if (dice < 0.16) return this.#kill(actor);
    if (dice < 0.28) return await this.#changeReplica(actor, server);
    const since = actor.skips ? actor.shown : this.chronicle.states.length - 1;
    let state: State | undefined;
    const reading = this.#readState(server).then(
      (found) => {
        state = found;
      },
      (error: unknown) => {
        if (!(error instanceof DoltError)) throw error;
        this.#note(`${actor.witness.name} reads: ${error.message}`);
      },
    );
    await this.world.finish(reading);
    await server.rows('rollback').catch(() => {});
    if (state === undefined) return;
    const shown = state;
    this.#note(
      `${actor.witness.name} reads ${[...shown].map(([ref, value]) => `${ref} ${value.slice(0, 6)}`).join(', ')}`,
    );
    const at = this.chronicle.states.findIndex(
      (there, index) => index >= since && isEqual(shown, this.#followed(actor, there)),
    );
    // Local data, with what was not set aside yet.
    if (at < 0 && actor.skips && actor.isChanged) return;
    this.#expect(at >= 0, `${actor.witness.name} shows a state that the remote did not have since it was asked`);
    actor.shown = at;
    actor.isChanged = false;
    if (!actor.skips) this.#assertMistakesKept(actor);
  }

  #followed(actor: Actor, state: State): State {
    return new Map(
      [...state].filter(
        ([ref]) => actor.follows === 'all' || (ref.startsWith(HEADS) && /^(main|f.*)$/.test(ref.slice(HEADS.length))),
      ),
    );
  }

  /** Somebody commits on a replica with a command that does not know better. */
  async #mistake(actor: Actor): Promise<void> {
    const message = `${actor.witness.name}-${++this.#count}`;
    this.#note(`${actor.witness.name}: dolt commit ${message}`);
    try {
      await this.world.command(actor.folder, commit, '--allow-empty', '-m', message);
      actor.mistakes.push(message);
      actor.isChanged = true;
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
    }
  }

  #assertMistakesKept(actor: Actor): void {
    const kept = this.chronicle.everythingOf(actor.folder);
    for (const message of actor.mistakes) this.#expect(kept.includes(message), `${message} is kept in ${actor.folder}`);
  }

  async #changeReplica(actor: Actor, server: Server): Promise<void> {
    if (this.#random() < 0.3) return void (await this.#tryRows(server, 'call dolt_gc()'));
    const skips = this.#random() < 0.5;
    const set = `set persist dolt_skip_replication_errors = ${skips ? 1 : 0}`;
    if (await this.#tryRows(server, set)) actor.skips = skips;
    else actor.skips = server.opened.engine.state.globals.text('dolt_skip_replication_errors') === 'ON';
  }

  async #tryRows(server: Server, text: string): Promise<boolean> {
    try {
      await this.world.finish(server.rows(text));
      return true;
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#note(`  ${error.message}`);
      return false;
    }
  }

  /** What one transaction sees; the tables with it. */
  async #readState(server: Server): Promise<State> {
    await server.rows('begin');
    const heads = await server.rows('select name, hash from dolt_branches order by name');
    await turns(Math.floor(this.#random() * 3));
    const refs = server.opened.engine.state.databases.database(server.opened.database!)!.repository.refs();
    const tags = new Map<RefName, string>();
    for (const [name] of await server.rows('select tag_name from dolt_tags')) {
      const ref = `${TAGS}${String(name)}`;
      const value = refs.get(ref);
      if (value !== undefined) tags.set(ref, value);
    }
    await server.rows('select count(*), sum(c) from t');
    this.#expect((await server.rows('select * from dolt_status')).length === 0, 'a replica has no changes of its own');
    return new Map([
      ...heads
        .filter(([name]) => !String(name).startsWith('unreplicated/'))
        .map(([name, hash]) => [HEADS + String(name), String(hash)] as const),
      ...tags,
    ]) as unknown as State;
  }

  // Promises --------------------------------------------------------------------------------------------------------

  #lookAfter(): void {
    // What settles in the background moves heads too.
    for (const { witness } of this.#primaries) this.chronicle.witness(witness);
    if (this.chronicle.violation !== undefined) throw this.chronicle.violation;
    const store = NbsStore.open(this.world.disk, '/remote', { journal: false, readOnly: true });
    const { length } = store.files();
    store.close();
    this.#expect(length <= 32, `the remote has ${length} files`);
  }

  /** Without faults, everything arrives, and everybody agrees. */
  async #settle(): Promise<void> {
    for (const actor of [...this.#primaries, ...this.#replicas]) this.#kill(actor);
    await turns();
    for (const actor of this.#primaries) {
      this.chronicle.step++;
      await this.#start(actor);
      await this.#changeTo(actor, 'synchronous');
      for (const name of BRANCHES) await this.#agree(actor, name);
      await this.#stop(actor);
      this.#expect(
        this.world.datasets(actor.folder, 'refs/internal/replication/held').length === 0,
        `${actor.folder} is settled`,
      );
      await this.#assertSound(actor.folder);
    }
    for (const replica of this.#replicas) {
      await this.#start(replica);
      await this.#read(replica);
      await this.#stop(replica);
    }
    await this.world.clone('/last');
    await this.#assertSound('/last');
  }

  async #assertSound(folder: string): Promise<void> {
    const { problems } = await this.world.fsck(folder);
    this.#expect(problems.length === 0, `${folder} is sound: ${problems.map(({ message }) => message).join('; ')}`);
  }

  async #changeTo(actor: Actor, mode: Mode): Promise<void> {
    actor.mode = mode;
    for (const [name, value] of Object.entries(MODES[mode]!))
      await actor.server!.rows(`set persist ${name} = ${value}`);
  }

  /** A branch is where the remote's is, or somebody is told why not; then by hand. */
  async #agree(actor: Actor, name: string): Promise<void> {
    const ref = HEADS + name;
    if (!this.chronicle.stateOf(actor.folder).has(ref)) return;
    const kept = new Set(actor.acknowledged.get(name));
    const message = `last of ${actor.witness.name} on ${name}`;
    const text = `call dolt_checkout('${name}'); call dolt_commit('--allow-empty', '-Am', '${message}')`;
    const outcome = await this.#run(actor, text);
    const there = this.chronicle.messages(this.chronicle.now.get(ref));
    if (outcome === 'ok') {
      const here = this.chronicle.stateOf(actor.folder).get(ref);
      this.#expect(this.chronicle.now.get(ref) === here, `${actor.folder} and the remote agree on ${name}`);
      for (const each of kept) this.#expect(there.includes(each), `${each} was acknowledged, and is on the remote`);
    } else this.#expect(outcome === 'refused', `${name} is settled`);
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!;
  }

  #note(text: string): void {
    this.log.push(`${this.chronicle.step} ${text}`);
  }

  #expect(holds: boolean, promise: string): void {
    if (!holds) throw new Error(`broken: ${promise}`);
  }
}
