/**
 * The primary's half of replication: the gate that every change of a branch or tag made in SQL passes.
 *
 *   synchronous             intents durable ─▶ push ─▶ the caller's record (+ base, intents cleared) ─▶ acknowledged
 *   asynchronous, skip = 1  the caller's record ─▶ acknowledged ─▶ push ─▶ a record of its own (base)
 *
 * There is no list of what is to be pushed: a ref is dirty when its value is not its base. Comparing states is the
 * durable queue; it heals by itself after a crash, and takes along what the command line changed.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { openRemote } from '../remote/open-remote.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { isAncestor, readCommit } from '../repo/commit.ts';
import { type Admission, type CommitHook, type HeadIntent, openGate, type RefIntent } from '../repo/commit-hook.ts';
import { HEADS, type RefEdits, type RefName, type Refs, TAGS, workingSetRef } from '../repo/refs.ts';
import { basesEdit, readBases, withBases } from '../repo/remote-bases.ts';
import type { Repository } from '../repo/repository.ts';
import { type Steps, waitFor } from '../repo/steps.ts';
import { writeWorkingSet } from '../repo/working-set.ts';
import { type Intent, intentEdits, readIntents } from './intents.ts';
import { Mutex } from './mutex.ts';
import type { PushedRef } from './push-decision.ts';
import { type PushContext, type PushResult, pushFailed, pushGroup } from './push-group.ts';
import { carryWorkingSet } from './reconcile.ts';
import { OutcomeUnknownError, RemoteNotConfiguredError, reason } from './replication-errors.ts';
import type { ReplicationSettings } from './settings.ts';

/** Branches that hold what could not be replicated; they are never pushed. */
export const UNREPLICATED = `${HEADS}unreplicated/`;

const isReplicated = (ref: RefName): boolean =>
  (ref.startsWith(HEADS) && !ref.startsWith(UNREPLICATED)) || ref.startsWith(TAGS);

interface Target {
  readonly name: string;
  readonly url: string;
}

/** What to do after the caller's record, once the gate is open again. */
interface Then {
  readonly release: () => void;
  readonly then?: 'push' | 'tidy' | undefined;
  readonly target?: Target | undefined;
}

export class Primary implements CommitHook {
  readonly #repository: Repository;
  readonly #settings: () => ReplicationSettings;
  readonly #gate = new Mutex();
  readonly #remotes = new Map<string, RemoteStore>();
  /** What to do when the caller's record is written. */
  readonly #open = new WeakMap<Admission, Then>();
  #background: Promise<void> = Promise.resolve();
  #lastError: string | undefined;
  #lastSuccess: number | undefined;

  constructor(repository: Repository, settings: () => ReplicationSettings) {
    this.#repository = repository;
    this.#settings = settings;
  }

  *before(intent: HeadIntent): Steps<Admission> {
    const settings = this.#settings();
    if (settings.replicateToRemote === '' || intent.refs.length === 0) return yield* openGate.before(intent);
    const target = this.#target(settings);
    if (target === undefined) {
      const error = new RemoteNotConfiguredError(settings.replicateToRemote);
      if (!settings.skipErrors) throw error;
      return this.#admit({ warnings: [error.message] }, () => {});
    }
    const release = yield* waitFor(this.#gate.acquire());
    try {
      if (settings.async || settings.skipErrors) return this.#admit({}, release, 'push', target);
      return this.#admit(yield* waitFor(this.#replicate(target, settings, intent.refs)), release, 'tidy', target);
    } catch (error) {
      release();
      throw error;
    }
  }

  *after(admission: Admission, written: boolean): Steps<void> {
    const open = this.#open.get(admission);
    if (!open) return;
    this.#open.delete(admission);
    open.release();
    if (!written || !open.target) return;
    const settings = this.#settings();
    if (open.then === 'tidy') return void this.#tidyLater(open.target, settings);
    const pushing = this.#pushLater(open.target, settings);
    if (settings.async) return;
    yield* waitFor(pushing);
    if (this.#lastError !== undefined) (admission.warnings as string[]).push(this.#lastError);
  }

  /** Settles what a killed process left undecided, then pushes what is dirty. Before the first write of a session. */
  async recover(): Promise<readonly string[]> {
    const settings = this.#settings();
    const intents = readIntents(this.#repository.nodes, this.#repository.refs());
    if (intents.length === 0 && !(settings.async && settings.replicateToRemote !== '')) return [];
    const release = await this.#gate.acquire();
    const warnings: string[] = [];
    try {
      await this.#settle(settings.timeoutMs, warnings);
    } finally {
      release();
    }
    const target = settings.replicateToRemote === '' ? undefined : this.#target(settings);
    if (target && this.#dirty(target).length > 0) void this.#pushLater(target, settings);
    return warnings;
  }

  /** Waits until the background has pushed what it can; the warnings of what it could not. */
  async drain(): Promise<readonly string[]> {
    await this.#background;
    return this.#lastError === undefined ? [] : [this.#lastError];
  }

  /** For the status table: refs that wait, the last success and the last error. */
  status(): {
    readonly queue: number;
    readonly lastSuccess: number | undefined;
    readonly lastError: string | undefined;
  } {
    const settings = this.#settings();
    const target = settings.replicateToRemote === '' ? undefined : this.#target(settings);
    return {
      queue: target ? this.#dirty(target).length : 0,
      lastSuccess: this.#lastSuccess,
      lastError: this.#lastError,
    };
  }

  close(): void {
    for (const remote of this.#remotes.values()) remote.close();
    this.#remotes.clear();
  }

  #target(settings: ReplicationSettings): Target | undefined {
    const remote = this.#repository.state().remotes.get(settings.replicateToRemote);
    return remote && { name: remote.name, url: remote.url };
  }

  #admit(parts: Partial<Admission>, release: () => void, then?: Then['then'], target?: Target): Admission {
    const admission: Admission = { edits: () => new Map(), merged: new Map(), warnings: [], ...parts };
    this.#open.set(admission, { release, then, target });
    return admission;
  }

  #context({ name, url }: Target, timeoutMs: number): PushContext {
    const { nodes, environment } = this.#repository;
    // Only the first push makes a folder: one that was there and is gone was moved or is not mounted.
    const create = readBases(nodes, this.#repository.refs(), name, url).refs.size === 0;
    const remote = this.#remotes.get(url) ?? openRemote(environment, url, { create });
    this.#remotes.set(url, remote);
    return { repository: this.#repository, name, remote, timeoutMs };
  }

  /** Pushes the caller's refs, and what else is dirty along with them; what the caller's record has to hold besides. */
  async #replicate(
    target: Target,
    settings: ReplicationSettings,
    own: readonly RefIntent[],
  ): Promise<Partial<Admission>> {
    const { nodes } = this.#repository;
    const warnings: string[] = [];
    await this.#settle(settings.timeoutMs, warnings);
    const bases = readBases(nodes, this.#repository.refs(), target.name, target.url);
    const pushed = own
      .filter(({ ref }) => isReplicated(ref))
      .map(({ ref, old, new: ours, forced }): PushedRef => ({ ref, old, ours, forced, base: bases.refs.get(ref) }));
    const names = new Set(pushed.map(({ ref }) => ref));
    const along = this.#dirty(target).filter(({ ref }) => !names.has(ref));

    const intents = pushed.map(
      ({ ref, old, ours, forced }): Intent => ({ remote: target.name, ref, old, new: ours, forced }),
    );
    this.#repository.update((refs) => intentEdits(nodes, refs, intents));
    let result: PushResult;
    try {
      result = await pushGroup(this.#context(target, settings.timeoutMs), [...pushed, ...along]);
      const failure = pushed.map(({ ref }) => result.failed.get(ref)).find((error) => error !== undefined);
      if (failure) throw failure;
    } catch (error) {
      if (error instanceof OutcomeUnknownError) throw error;
      // Definite: clear the intents durably, then report.
      this.#repository.update((refs) => intentEdits(nodes, refs, []));
      this.#lastError = reason(error);
      throw pushFailed(target.name, target.url, error);
    }
    for (const [ref, error] of result.failed) warnings.push(`${ref} was not replicated: ${error.message}`);
    const merged = new Map([...result.merged].filter(([ref]) => names.has(ref)));
    for (const [ref, commit] of merged) warnings.push(mergedWarning(ref, commit, target.name));
    for (const { ref } of along) {
      const commit = result.merged.get(ref);
      if (commit !== undefined) this.#moveMerged(ref, commit, along);
    }
    this.#succeeded();
    const edits = (refs: Refs): RefEdits => {
      const now = withBases(readBases(nodes, refs, target.name, target.url), result.landed);
      return new Map([...intentEdits(nodes, refs, []), basesEdit(nodes, target.name, now)]);
    };
    return { edits, merged, warnings };
  }

  /** Refs whose value is not their base. */
  #dirty({ name, url }: Target): readonly PushedRef[] {
    const { nodes } = this.#repository;
    const refs = this.#repository.refs();
    const bases = readBases(nodes, refs, name, url).refs;
    const dirty: PushedRef[] = [];
    for (const prefix of [HEADS, TAGS]) {
      for (const [ref, ours] of refs.entries(prefix)) {
        const base = bases.get(ref);
        if (!isReplicated(ref) || base === ours) continue;
        const forced = base !== undefined && prefix === HEADS && !this.#isWithin(base, ours);
        dirty.push({ ref, old: base, ours, forced, base });
      }
    }
    for (const [ref, base] of bases) {
      if (isReplicated(ref) && refs.get(ref) === undefined)
        dirty.push({ ref, old: base, ours: undefined, forced: true, base });
    }
    return dirty;
  }

  #isWithin(a: Address, b: Address): boolean {
    const { chunks, nodes } = this.#repository;
    return a === b || (chunks.has(a) && chunks.has(b) && isAncestor(nodes, a, b));
  }

  /** Pushes what is dirty after what is under way, in the background; errors are kept for whoever asks. */
  #pushLater(target: Target, settings: ReplicationSettings): Promise<void> {
    this.#background = this.#background.then(async () => {
      const release = await this.#gate.acquire();
      try {
        await this.#pushDirty(target, settings.timeoutMs);
      } catch (error) {
        this.#lastError = pushFailed(target.name, target.url, error).message;
      } finally {
        release();
      }
    });
    return this.#background;
  }

  /** Keeps the remote's files few (promise 8); that it failed is no error of the commit before. */
  #tidyLater(target: Target, settings: ReplicationSettings): void {
    this.#background = this.#background.then(async () => {
      const release = await this.#gate.acquire();
      try {
        await this.#context(target, settings.timeoutMs).remote.tidy();
      } catch (error) {
        this.#repository.environment.logger.warn(`tidying '${target.name}' failed: ${reason(error)}`);
      } finally {
        release();
      }
    });
  }

  async #pushDirty(target: Target, timeoutMs: number): Promise<void> {
    const { nodes } = this.#repository;
    const dirty = this.#dirty(target);
    if (dirty.length === 0) return;
    const context = this.#context(target, timeoutMs);
    const result = await pushGroup(context, dirty);
    for (const { ref } of dirty) {
      const commit = result.merged.get(ref);
      if (commit !== undefined) this.#moveMerged(ref, commit, dirty);
    }
    this.#repository.update((refs) => {
      const bases = readBases(nodes, refs, target.name, target.url);
      return new Map([basesEdit(nodes, target.name, withBases(bases, result.landed))]);
    });
    this.#succeeded();
    await context.remote.tidy();
    const [failure] = result.failed.values();
    if (failure) throw failure;
  }

  /** A branch whose push needed a merge goes on from the merge, its local changes carried over. */
  #moveMerged(ref: RefName, commit: Address, pushed: readonly PushedRef[]): void {
    const ours = pushed.find((other) => other.ref === ref)?.ours;
    if (ours === undefined) return;
    this.#repository.update((refs) => {
      if (refs.get(ref) !== ours) return undefined;
      return new Map([[ref, commit], this.#carriedWorkingSet(ref, ours, commit, refs, 'merge from remote')]);
    });
  }

  #carriedWorkingSet(
    ref: RefName,
    from: Address,
    to: Address,
    refs: Refs,
    description: string,
  ): readonly [RefName, Address | undefined] {
    const { nodes, environment } = this.#repository;
    const branch = ref.slice(HEADS.length);
    const { author } = readCommit(nodes, to);
    const meta = { ...author, description, seconds: Math.trunc(environment.clock.now() / 1000) };
    const carried = carryWorkingSet(this.#repository, this.#repository.workingSet(branch, refs), from, to);
    return [workingSetRef(branch), writeWorkingSet(nodes, carried, meta)];
  }

  /**
   * Decides intents that a killed process left, or whose answer never came: what landed is finished here as if the answer
   * had come; what did not is pushed again; what cannot be is dropped, and said.
   */
  async #settle(timeoutMs: number, warnings: string[]): Promise<void> {
    const { nodes } = this.#repository;
    const intents = readIntents(nodes, this.#repository.refs());
    for (const intent of intents) {
      const remote = this.#repository.state().remotes.get(intent.remote);
      try {
        if (!remote) throw new RemoteNotConfiguredError(intent.remote);
        await this.#settleOne(intent, { name: remote.name, url: remote.url }, timeoutMs);
      } catch (error) {
        if (error instanceof OutcomeUnknownError) throw error;
        if (error instanceof DoltError && error.kind === 'unavailable') throw error;
        const { logger } = this.#repository.environment;
        const text = `a change of ${intent.ref} that was interrupted was dropped: ${reason(error)}`;
        logger.warn(text);
        warnings.push(text);
      }
      const rest = intents.slice(intents.indexOf(intent) + 1);
      this.#repository.update((refs) => intentEdits(nodes, refs, rest));
    }
  }

  async #settleOne({ ref, old, new: ours, forced }: Intent, target: Target, timeoutMs: number): Promise<void> {
    const { nodes } = this.#repository;
    const bases = readBases(nodes, this.#repository.refs(), target.name, target.url);
    const pushed: PushedRef = { ref, old, ours, forced, base: bases.refs.get(ref) };
    const result = await pushGroup(this.#context(target, timeoutMs), [pushed]);
    const failure = result.failed.get(ref);
    if (failure) throw failure;
    const landed = result.landed.get(ref);
    this.#repository.update((refs) => {
      const edits = new Map<RefName, Address | undefined>([
        basesEdit(nodes, target.name, withBases(readBases(nodes, refs, target.name, target.url), result.landed)),
      ]);
      // The head itself may have moved on from `old` only by a record that came after the intent.
      if (refs.get(ref) !== old || landed === old) return edits;
      edits.set(ref, landed);
      if (!ref.startsWith(HEADS)) return edits;
      const branch = ref.slice(HEADS.length);
      if (landed === undefined) edits.set(workingSetRef(branch), undefined);
      else if (old !== undefined) edits.set(...this.#rolledForward(branch, old, landed, refs));
      return edits;
    });
  }

  /** The working set of a branch whose interrupted commit is finished: staged is the new head, working merges. */
  #rolledForward(branch: string, old: Address, head: Address, refs: Refs): readonly [RefName, Address] {
    const { nodes, environment } = this.#repository;
    const next = this.#repository.rootOfCommit(head);
    const stored = this.#repository.workingSet(branch, refs);
    const isDone = stored.working.address === next.address;
    const working = isDone ? stored.working : carryWorkingSet(this.#repository, stored, old, head).working;
    const { author } = readCommit(nodes, head);
    const meta = { ...author, description: 'commit', seconds: Math.trunc(environment.clock.now() / 1000) };
    return [workingSetRef(branch), writeWorkingSet(nodes, { working, staged: next }, meta)];
  }

  #succeeded(): void {
    this.#lastError = undefined;
    this.#lastSuccess = this.#repository.environment.clock.now();
  }
}

const mergedWarning = (ref: RefName, commit: Address, remote: string): string =>
  `${ref.slice(HEADS.length)} was merged with newer commits of '${remote}' as ${commit}`;
