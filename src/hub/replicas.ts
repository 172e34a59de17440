/**
 * Who pulls from the hub, known by their polling: a replica asks for a repository's root about once a second, and what it
 * was answered is what it has. Kept in memory, of those that this process answers, and bounded: whoever was not heard of
 * for a day is forgotten, and of too many the one that has been silent for longest.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import type { Clock } from '../base/environment.ts';
import type { Caller } from '../service/service-host.ts';

export interface Poll {
  /** `owner/database`. */
  readonly repository: string;
  /** What tells it from others: the account, or the name and the address that it calls from. */
  readonly name: string;
  readonly account: Caller;
  /** The root that it was answered. */
  readonly root: Address;
}

export interface ReplicaFailure {
  readonly message: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

/** How long after a push it was seen. */
export interface Delay {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly milliseconds: number;
}

export interface Replica {
  readonly name: string;
  readonly account: Caller;
  readonly root: Address;
  /** Milliseconds since 1970 UTC. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Of the last pushes that it came to see, the oldest first. */
  readonly delays: readonly Delay[];
  readonly lastError: ReplicaFailure | undefined;
}

/** The last push that this process took in. */
export interface Push {
  readonly account: Caller;
  readonly root: Address;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

const MOST_REPLICAS = 256;
const MOST_REPOSITORIES = 4096;
const MOST_DELAYS = 40;
const MOST_PUSHES = 20;
const FORGOTTEN_AFTER_MS = 24 * 3600 * 1000;

interface Known {
  /** The root as it was last answered or pushed, and since when. */
  root: Address;
  since: number;
  readonly pushes: Push[];
  readonly replicas: Map<string, { -readonly [K in keyof Replica]: Replica[K] } & { delays: Delay[] }>;
}

export class Replicas {
  readonly #clock: Clock;
  /** The one that was heard of last at the end. */
  readonly #repositories = new Map<string, Known>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Somebody was answered a repository's root. */
  polled({ repository, name, account, root }: Poll): void {
    const known = this.#known(repository);
    const now = this.#clock.now();
    if (known.root !== root) this.#moved(known, root, now);
    const replica = known.replicas.get(name);
    if (replica === undefined) {
      if (known.replicas.size >= MOST_REPLICAS) forgetOldest(known.replicas);
      const seen = { firstSeen: now, lastSeen: now };
      known.replicas.set(name, { name, account, root, ...seen, delays: [], lastError: undefined });
      return;
    }
    if (replica.root !== root) {
      replica.delays.push({ at: now, milliseconds: now - known.since });
      if (replica.delays.length > MOST_DELAYS) replica.delays.shift();
    }
    Object.assign(replica, { account, root, lastSeen: now });
  }

  /** A call of a replica that is known ended with an error. */
  failed(repository: string, name: string, message: string): void {
    const replica = this.#repositories.get(repository)?.replicas.get(name);
    if (replica !== undefined) replica.lastError = { message, at: this.#clock.now() };
  }

  /** A push moved the root. */
  pushed(repository: string, account: Caller, root: Address): void {
    const known = this.#known(repository);
    const now = this.#clock.now();
    this.#moved(known, root, now);
    known.pushes.push({ account, root, at: now });
    if (known.pushes.length > MOST_PUSHES) known.pushes.shift();
  }

  /** The one that was heard of last first. */
  of(repository: string): readonly Replica[] {
    const known = this.#repositories.get(repository);
    if (known === undefined) return [];
    const oldest = this.#clock.now() - FORGOTTEN_AFTER_MS;
    for (const [name, { lastSeen }] of known.replicas) if (lastSeen < oldest) known.replicas.delete(name);
    return [...known.replicas.values()].sort((a, b) => b.lastSeen - a.lastSeen);
  }

  /** The last ones that this process took in, the newest first. */
  pushesTo(repository: string): readonly Push[] {
    return this.#repositories.get(repository)?.pushes.toReversed() ?? [];
  }

  #moved(known: Known, root: Address, now: number): void {
    if (known.root === root) return;
    known.root = root;
    known.since = now;
  }

  #known(repository: string): Known {
    let known = this.#repositories.get(repository);
    if (known === undefined) {
      known = { root: EMPTY_ADDRESS, since: this.#clock.now(), pushes: [], replicas: new Map() };
      if (this.#repositories.size >= MOST_REPOSITORIES) {
        const [oldest] = this.#repositories.keys();
        this.#repositories.delete(oldest!);
      }
    }
    this.#repositories.delete(repository);
    this.#repositories.set(repository, known);
    return known;
  }
}

function forgetOldest(replicas: Known['replicas']): void {
  let oldest: Replica | undefined;
  for (const replica of replicas.values()) if (replica.lastSeen < (oldest?.lastSeen ?? Infinity)) oldest = replica;
  if (oldest !== undefined) replicas.delete(oldest.name);
}
