/**
 * What happened on a remote, and whether it was allowed to. Every state of its refs is written down together with who
 * made it; who works on a repository has said which values stood there and what was meant to be taken back. So it can be told
 * of each move whether it overwrote what its maker had not seen (promise 2), brought back what was discarded, or put there
 * what was refused (promise 1).
 */
import type { Address } from '../../src/base/address.ts';
import type { NodeStore } from '../../src/prolly/node-store.ts';
import { readCommit } from '../../src/repo/commit.ts';
import { HEADS, REMOTES, type RefName, type Refs, TAGS } from '../../src/repo/refs.ts';
import { readTag } from '../../src/serial/tag.ts';
import type { World } from './world.ts';

export type State = ReadonlyMap<RefName, Address>;

interface Value {
  readonly step: number;
  readonly value: Address;
}

interface Known {
  readonly parents: readonly Address[];
  readonly message: string;
}

/** What one repository's users have seen and done, as far as it decides what may be pushed from there. */
export class Witness {
  readonly name: string;
  /** By hand anything is allowed: it is a person who decides. */
  isPerson: boolean;
  /** Since when a value stood here. */
  readonly held = new Map<RefName, Value[]>();
  /** When a value went from here, with nothing on top of it in its place. */
  readonly lost = new Map<RefName, Value[]>();
  stands: State = new Map();
  /** When a ref was last moved against its history, deleted or renamed here. */
  readonly forced = new Map<RefName, number>();
  /** When a ref was last made here, and from which value. */
  readonly created = new Map<RefName, { readonly step: number; readonly from: Address | undefined }>();
  /** When one that was not there was last made on the remote from here. */
  readonly published = new Map<RefName, number>();
  /** When the remote's was last taken in here by hand. */
  readonly pulled = new Map<RefName, number>();
  /** Commits that were merged here by hand, from wherever. */
  readonly merged = new Set<Address>();

  constructor(name: string, isPerson = false) {
    this.name = name;
    this.isPerson = isPerson;
  }
}

export class Chronicle {
  readonly states: State[] = [new Map()];
  /** Messages of commits that were refused: they must be nowhere, ever. */
  readonly refused = new Set<string>();
  step = 0;
  /** The first broken promise. */
  violation: Error | undefined;
  readonly #world: World;
  readonly #known = new Map<Address, Known>();
  readonly #discarded = new Map<RefName, Set<Address>>();
  /** When a ref last moved. */
  readonly #moved = new Map<RefName, number>();

  constructor(world: World) {
    this.#world = world;
  }

  get now(): State {
    return this.states.at(-1)!;
  }

  /** Looks at the remote after `by` may have moved it. */
  observe(by: Witness): void {
    const next = this.stateOf('/remote');
    if (isEqual(next, this.now)) return;
    if (by.name !== 'crash') this.witness(by);
    for (const ref of new Set([...this.now.keys(), ...next.keys()])) {
      const [before, after] = [this.now.get(ref), next.get(ref)];
      if (before === after) continue;
      try {
        this.#judge(by, ref, before, after);
      } catch (error) {
        // Thrown here, it would end in some process as the error of a remote.
        this.violation ??= error as Error;
      }
      this.#moved.set(ref, this.step);
    }
    this.states.push(next);
  }

  /** Writes down what stands in a repository. */
  witness(who: Witness): void {
    const { step } = this;
    const state = this.stateOf(`/${who.name}`);
    for (const [ref, value] of state) {
      const values = who.held.get(ref) ?? [];
      who.held.set(ref, values);
      if (!values.some((held) => held.value === value)) values.push({ step, value });
    }
    for (const [ref, value] of who.stands) {
      const now = state.get(ref);
      if (now !== undefined && this.isWithin(value, now)) continue;
      who.lost.set(ref, [...(who.lost.get(ref) ?? []), { step, value }]);
    }
    who.stands = state;
  }

  /** Branches and tags of a store; the commits behind them become known. */
  stateOf(folder: string): State {
    if (this.#world.disk.stat(folder === '/remote' ? '/remote/manifest' : `${folder}/.dolt`) === undefined) {
      return new Map();
    }
    return this.#world.reading(folder, (refs, nodes) => {
      const state = new Map([...refs.entries(HEADS), ...refs.entries(TAGS)].filter(([ref]) => isShared(ref)));
      for (const [ref, value] of state)
        this.#learn(nodes, ref.startsWith(TAGS) ? readTag(nodes.readMessage(value)).commit : value);
      return state;
    });
  }

  /** All commits that a repository's refs reach, tracking refs included. */
  reachable(folder: string): ReadonlySet<Address> {
    return this.#world.reading(folder, (refs: Refs, nodes) => {
      const found = new Set<Address>();
      for (const prefix of [HEADS, REMOTES]) {
        for (const [, value] of refs.entries(prefix)) {
          this.#learn(nodes, value);
          for (const commit of this.history(value)) found.add(commit);
        }
      }
      return found;
    });
  }

  /** Messages of all that a repository's branches reach. */
  everythingOf(folder: string): readonly string[] {
    return [...this.reachable(folder)].map((commit) => this.#known.get(commit)!.message);
  }

  history(value: Address | undefined): ReadonlySet<Address> {
    const found = new Set<Address>();
    const open = value === undefined ? [] : [value];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (found.has(at)) continue;
      found.add(at);
      open.push(...(this.#known.get(at)?.parents ?? []));
    }
    return found;
  }

  messages(value: Address | undefined): readonly string[] {
    return [...this.history(value)].map((commit) => this.#known.get(commit)!.message);
  }

  isWithin(a: Address, b: Address): boolean {
    return this.history(b).has(a);
  }

  #learn(nodes: NodeStore, value: Address): void {
    const open = [value];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (this.#known.has(at)) continue;
      const { parents, message } = readCommit(nodes, at);
      this.#known.set(at, { parents, message });
      open.push(...parents);
    }
  }

  #judge(by: Witness, ref: RefName, before: Address | undefined, after: Address | undefined): void {
    const what = `${by.name} moved ${ref} from ${this.#name(ref, before)} to ${this.#name(ref, after)}`;
    const isBranch = ref.startsWith(HEADS);
    const [old, next] = isBranch
      ? [this.history(before), this.history(after)]
      : [new Set<Address>(), new Set<Address>()];
    const discarded = this.#discarded.get(ref) ?? new Set();
    this.#discarded.set(ref, discarded);
    for (const commit of next) {
      const { message } = this.#known.get(commit)!;
      if (this.refused.has(message)) throw new Error(`${what}: ${message} was refused`);
    }
    if (!by.isPerson) {
      if (before === undefined && after !== undefined) this.#judgeCreation(by, ref, what);
      else if (!isBranch || after === undefined || !next.has(before!)) this.#judgeForced(by, ref, before!, what);
      else this.#judgeForward(by, ref, before!, what);
      for (const commit of next) {
        const isBack = discarded.has(commit) && !old.has(commit) && before !== undefined;
        if (isBack && !by.merged.has(commit) && !this.#isMadeAnew(by, ref, commit)) {
          throw new Error(`${what}: ${this.#known.get(commit)!.message} is back`);
        }
      }
    }
    for (const commit of old) if (!next.has(commit)) discarded.add(commit);
    for (const commit of next) discarded.delete(commit);
  }

  #judgeCreation(by: Witness, ref: RefName, what: string): void {
    const created = by.created.get(ref);
    if (created === undefined) throw new Error(`${what}: it was not created there`);
    const published = by.published.get(ref);
    if (published !== undefined && published > created.step) throw new Error(`${what}: another deleted it`);
    by.published.set(ref, this.step);
  }

  /** A branch that was deleted and is created again may hold what it held. */
  #isMadeAnew(by: Witness, ref: RefName, commit: Address): boolean {
    const created = by.created.get(ref);
    if (created === undefined) return false;
    // The remote has it before it stands here.
    if (created.from !== undefined && this.isWithin(commit, created.from)) return true;
    return (by.held.get(ref) ?? []).some(({ step, value }) => step >= created.step && this.isWithin(commit, value));
  }

  /** Something of the remote's went: whoever took it away had it, and meant to. */
  #judgeForced(by: Witness, ref: RefName, before: Address, what: string): void {
    const held = by.held.get(ref) ?? [];
    const has = held.find(({ value }) => (ref.startsWith(HEADS) ? this.isWithin(before, value) : value === before));
    if (has === undefined) throw new Error(`${what}: what it had was never seen there`);
    const forced = by.forced.get(ref);
    if (forced === undefined || forced < has.step) throw new Error(`${what}: nobody meant to`);
  }

  /** Nothing of the remote's went: not even what was taken back there, and that nobody else has touched since. */
  #judgeForward(by: Witness, ref: RefName, before: Address, what: string): void {
    const here = by.stands.get(ref);
    if (here !== undefined && this.isWithin(before, here)) return;
    const since = Math.max(this.#moved.get(ref) ?? 0, (by.pulled.get(ref) ?? -1) + 1);
    const isTakenBack = by.lost.get(ref)?.some(({ step, value }) => step >= since && this.isWithin(before, value));
    if (isTakenBack && !this.#isMadeAnew(by, ref, before)) throw new Error(`${what}: it was taken back there`);
  }

  #name(ref: RefName, value: Address | undefined): string {
    if (value === undefined) return 'nothing';
    return ref.startsWith(TAGS) ? value.slice(0, 6) : `${value.slice(0, 6)} (${this.#known.get(value)!.message})`;
  }
}

/** What is pushed at all. */
const isShared = (ref: RefName): boolean => !ref.startsWith(`${HEADS}unreplicated/`);

export function isEqual(a: State, b: State): boolean {
  if (a.size !== b.size) return false;
  for (const [ref, value] of a) if (b.get(ref) !== value) return false;
  return true;
}
