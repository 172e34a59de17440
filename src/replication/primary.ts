/**
 * The primary's half of replication: the gate that every change of a branch or tag made in SQL passes.
 *
 *   synchronous             intents durable ─▶ push ─▶ the caller's record (+ base, intents cleared) ─▶ acknowledged
 *   asynchronous, skip = 1  the caller's record ─▶ acknowledged ─▶ intents durable ─▶ push ─▶ a record of its own (base)
 *
 * What waits is pushed in the background, and again, with growing pauses, until it has arrived (queue.ts).
 */
import { DiskError } from '../base/disk.ts';
import { AssertionError, DoltError } from '../base/errors.ts';
import { randomId } from '../base/random-id.ts';
import { askingAs, type openRemote } from '../remote/open-remote.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { type Admission, type CommitHook, type HeadIntent, openGate } from '../repo/commit-hook.ts';
import { RefMovedError } from '../repo/head-update.ts';
import type { MergeExpressions } from '../repo/merge/merge-expressions.ts';
import { HEADS, type RefEdits, type RefName, type Refs } from '../repo/refs.ts';
import type { RoleStatus } from '../repo/replication-status.ts';
import type { Repository } from '../repo/repository.ts';
import { type Steps, waitUnlessEnded } from '../repo/steps.ts';
import { remoteAt } from '../repo/upstream.ts';
import { answeringRemote } from './answering-remote.ts';
import { hasClaim, readClaimedRefs } from './epoch-claim.ts';
import { Fence } from './fence.ts';
import { type Intent, intentEdits, readIntents } from './intents.ts';
import { LandedRecord } from './landed.ts';
import { Mutex } from './mutex.ts';
import { commitsBetween, Progress } from './progress.ts';
import type { PushedRef } from './push-decision.ts';
import { type Change, type PushContext, type PushResult, pushFailed, pushGroup } from './push-group.ts';
import { type OwnOutcome, pushWithWaiting } from './push-with-waiting.ts';
import { basesOf, isReplicated, pushedChange, queuedRefs, type Target, takenUp } from './queue.ts';
import { Receipts } from './receipts.ts';
import { assertCarries } from './reconcile.ts';
import {
  OutcomeUnknownError,
  RemoteMergeConflictError,
  RemoteNotConfiguredError,
  ReplicaReadOnlyError,
  ReplicationError,
  RestoredBackupError,
  reason,
} from './replication-errors.ts';
import { identify, isRestored, serverId } from './server-id.ts';
import type { ReplicationSettings } from './settings.ts';
import { isTransient, settleIntents } from './settle.ts';

export interface ReplicationScene {
  readonly openRemote: typeof openRemote;
  /** What merges need of SQL, which lies above. */
  readonly expressions: () => Promise<MergeExpressions | undefined>;
  /** A server, which lives on while another takes over: it looks whether one did before it writes. */
  readonly isServer: boolean;
  /** Goes up with each change of a variable; without it, variables are read each time that one matters. */
  readonly variablesVersion?: () => number;
}

/** What to do after the caller's record. */
interface Open {
  readonly release: () => void;
  readonly target: Target;
  readonly next: 'push' | 'tidy';
}

/** A push under its name in intents and receipts. */
interface Push {
  readonly id: string;
  /** A part of it may have been sent before. */
  readonly isBegun: boolean;
  /** Comes when its intents are durable. */
  readonly ready: Promise<void>;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

export class Primary implements CommitHook {
  readonly #repository: Repository;
  readonly #settings: () => ReplicationSettings;
  readonly #scene: ReplicationScene;
  /** Orders changes of local refs. */
  readonly #gate = new Mutex();
  /** One push at a time; a synchronous change holds both. */
  readonly #pushing = new Mutex();
  readonly #remotes = new Map<string, RemoteStore>();
  readonly #open = new WeakMap<Admission, Open>();
  #background: Promise<void> = Promise.resolve();
  #retryMs = FIRST_RETRY_MS;
  #retry: AbortController | undefined;
  #isEnding = false;
  #isIdentified = false;
  readonly #progress: Progress;
  readonly #fence: Fence;
  /** What went wrong in the background and was told nobody yet. */
  #untold: string | undefined;

  constructor(repository: Repository, settings: () => ReplicationSettings, scene: ReplicationScene) {
    this.#repository = repository;
    this.#settings = settings;
    this.#scene = scene;
    this.#progress = new Progress(repository.environment.clock);
    this.#fence = new Fence(repository, (target) => this.remote(target));
  }

  *before(intent: HeadIntent): Steps<Admission> {
    const settings = this.#settings();
    if (settings.replicateToRemote === '' || !intent.refs.some(({ ref }) => isReplicated(ref))) {
      return yield* openGate.before(intent);
    }
    const target = this.#target(settings.replicateToRemote);
    if (target === undefined) {
      const error = new RemoteNotConfiguredError(settings.replicateToRemote);
      if (!settings.skipErrors) throw error;
      return admissionOf({ warnings: [error.message] });
    }
    this.#assertOwn(target);
    const leaveGate = yield* this.#gate.enter();
    try {
      this.#assertPrimary(target, intent);
      if (settings.async || settings.skipErrors) yield* this.beforeWrite();
    } catch (error) {
      leaveGate();
      throw error;
    }
    if (settings.async || settings.skipErrors) {
      const edits = (refs: Refs): RefEdits => takenUp(this.#repository, target, intent, refs);
      return this.#admit({ edits }, { release: leaveGate, target, next: 'push' });
    }
    const endPush = yield* this.#enterPush(leaveGate);
    const release = (): void => {
      endPush();
      leaveGate();
    };
    const replicating = this.#repository.activity.during(() => this.#replicate(target, settings, intent));
    let isLeft = false;
    try {
      const admission = yield* waitUnlessEnded(replicating, () => {
        isLeft = true;
      });
      return this.#admit(admission, { release, target, next: 'tidy' });
    } catch (error) {
      if (!isLeft) {
        release();
        throw error;
      }
      this.#settleAfter(replicating, release);
      throw new OutcomeUnknownError(target.name, { cause: error });
    }
  }

  *#enterPush(leaveGate: () => void): Steps<() => void> {
    try {
      return yield* this.#pushing.enter();
    } catch (error) {
      leaveGate();
      throw error;
    }
  }

  /** Nobody waits for a push any more: when it has ended, what became of it is found out as after a crash. */
  #settleAfter(push: Promise<unknown>, release: () => void): void {
    const ended = push.then(
      () => {},
      () => {},
    );
    void ended.then(() => {
      release();
      void this.#pushLater();
    });
  }

  get isPrimary(): boolean {
    return this.#target(this.#settings().replicateToRemote) !== undefined;
  }

  /** Before anything is written that is not pushed first: throws `FencedError`. */
  *beforeWrite(): Steps<void> {
    if (!this.#scene.isServer) return;
    const target = this.#target(this.#settings().replicateToRemote);
    if (target !== undefined) yield* waitUnlessEnded(this.#fence.beforeWrite(target));
  }

  /** Throws `FencedError` for a branch or tag that was replicated from here, until another server took over. */
  assertWritable(ref: RefName): void {
    const target = this.#target(this.#settings().replicateToRemote);
    const fence = target && isReplicated(ref) ? this.#fence.known(target) : undefined;
    if (fence !== undefined) throw fence;
  }

  /**
   * Throws unless the remote said within the last second that no other server has taken over. Nothing where this is no
   * primary.
   */
  async verify(): Promise<void> {
    const target = this.#target(this.#settings().replicateToRemote);
    if (target !== undefined) await this.#fence.verify(target);
  }

  *after(admission: Admission, written: boolean): Steps<void> {
    const open = this.#open.get(admission);
    if (!open) return;
    this.#open.delete(admission);
    open.release();
    if (!written) return;
    if (open.next === 'tidy') return this.#tidyLater(open.target);
    this.#noteQueueIfReadable(open.target);
    const pushing = this.#pushLater();
    if (this.#settings().async) return;
    let isLeft = false;
    try {
      yield* waitUnlessEnded(pushing, () => {
        isLeft = true;
      });
    } catch (error) {
      // The change stands: it is pushed without anybody waiting for it.
      if (isLeft) return;
      throw error;
    }
    (admission.warnings as string[]).push(...this.#tell());
  }

  /**
   * Settles what a killed process left undecided, then pushes what waits. Before the first write of a session; that the
   * remote cannot be asked now does not fail the start.
   */
  async recover(): Promise<readonly string[]> {
    const settings = this.#settings();
    const warnings: string[] = [];
    if (this.#hasIntents() && this.#isAlone()) {
      const release = await this.#pushing.acquire();
      try {
        this.identify();
        warnings.push(...(await this.#settle(settings)));
      } catch (error) {
        if (!(error instanceof DoltError)) throw error;
        this.#failed(error);
        warnings.push(...this.#tell());
      } finally {
        release();
      }
    }
    const target = this.#target(settings.replicateToRemote);
    if (target !== undefined && this.#isWaiting(target, settings) && this.#isAlone()) void this.#pushLater();
    return warnings;
  }

  /** Is there something for the background to push, or to begin? */
  #isWaiting(target: Target, { async, skipErrors }: ReplicationSettings): boolean {
    if (hasClaim(this.#repository, target)) return true;
    return (async || skipErrors) && queuedRefs(this.#repository, target).length > 0;
  }

  /** Begins a claimed epoch on the remote, in the background and as often as it takes. */
  claimLater(): void {
    const target = this.#target(this.#settings().replicateToRemote);
    if (target !== undefined && hasClaim(this.#repository, target)) void this.#pushLater();
  }

  #hasIntents(): boolean {
    return readIntents(this.#repository.nodes, this.#repository.refs()).length > 0;
  }

  /** False while another process writes here: what waits is what it is doing. */
  #isAlone(): boolean {
    try {
      this.#repository.chunks.lock();
      return true;
    } catch (error) {
      if (error instanceof DiskError && error.code === 'ELOCKED') return false;
      throw error;
    }
  }

  /**
   * Pushes all of a repository that was made just now, as one action: where errors are not skipped, throws what stands in the
   * way. Answers warnings.
   */
  async publish(): Promise<readonly string[]> {
    const settings = this.#settings();
    const target = this.#target(settings.replicateToRemote);
    if (target === undefined) return [];
    this.#assertOwn(target);
    if (settings.async || settings.skipErrors) {
      const pushing = this.#pushLater();
      if (!settings.async) await pushing;
      return this.#tell();
    }
    const release = await this.#pushing.acquire();
    try {
      const queued = queuedRefs(this.#repository, target);
      const failure = await this.#pushQueued(target, settings, queued, [{ refs: queued }]);
      if (failure) throw failure;
      this.#succeeded();
      return [];
    } finally {
      release();
    }
  }

  /** Waits until the background has pushed what it can, and ends it; answers the warnings of what it could not. */
  async drain(): Promise<readonly string[]> {
    this.#isEnding = true;
    this.#retry?.abort();
    // What is waited for may have more done after it: a commit that comes in meanwhile, tidying.
    for (let done: Promise<void> | undefined; done !== this.#background; ) {
      done = this.#background;
      await done;
    }
    return this.#tell();
  }

  /** Undefined where this is no primary. */
  status(): RoleStatus | undefined {
    const target = this.#target(this.#settings().replicateToRemote);
    if (target === undefined) return undefined;
    const refs = this.#repository.refs();
    const { nodes } = this.#repository;
    const bases = basesOf(this.#repository, refs, target).refs;
    const queue = this.#noteQueue(target);
    const heads = Array.from(refs.entries(HEADS)).filter(([ref]) => isReplicated(ref));
    const { lastSuccess } = this.#progress;
    const lastError = this.#fence.known(target)?.message ?? this.#progress.lastError;
    return {
      ...{ role: 'primary', remote: target.name, queue: queue.length, lastSuccess, lastError },
      heads: heads.map(([ref, local]) => {
        const remote = bases.get(ref);
        const commitsBehind = commitsBetween(nodes, local, remote);
        const millisecondsBehind = this.#progress.millisecondsBehind(ref);
        return { head: ref.slice(HEADS.length), local, remote, commitsBehind, millisecondsBehind };
      }),
    };
  }

  /** What waits, from now on where it did not before. */
  #noteQueue(target: Target): readonly PushedRef[] {
    const queued = queuedRefs(this.#repository, target);
    this.#progress.differ(queued.map(({ ref }) => ref));
    return queued;
  }

  /** After a change that stands: that its place cannot be read now is no error of it, and does not keep it from being pushed. */
  #noteQueueIfReadable(target: Target): void {
    try {
      this.#noteQueue(target);
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#failed(error);
    }
  }

  /**
   * Lets nothing be changed or pushed until the answer is called: what is under way ends first. What waits is pushed as well, as
   * far as that goes.
   */
  async pause(): Promise<() => void> {
    const leaveGate = await this.#gate.acquire();
    const endPush = await this.#pushing.acquire();
    const resume = (): void => {
      endPush();
      leaveGate();
    };
    try {
      await this.#pushWaiting();
    } catch (error) {
      if (!(error instanceof DoltError)) {
        resume();
        throw error;
      }
      this.#progress.failed(error, isTransient(error));
    }
    return resume;
  }

  /** The connection to a remote. */
  remote({ name, url }: Target): RemoteStore {
    const remote = this.#remotes.get(url) ?? this.#openRemote(url, this.#mayBeEmpty({ name, url }));
    this.#remotes.set(url, remote);
    return remote;
  }

  /** Gives a new server its id, and finds out whether it was restored from a backup. */
  identify(): void {
    if (!this.#isIdentified) identify(this.#repository);
    this.#isIdentified = true;
  }

  close(): void {
    this.#isEnding = true;
    this.#retry?.abort();
    for (const remote of this.#remotes.values()) remote.close();
    this.#remotes.clear();
  }

  #target(name: string): Target | undefined {
    const remote = name === '' ? undefined : this.#repository.state().remotes.get(name);
    return remote && { name: remote.name, url: remote.url };
  }

  /** What waited at the gate while the server became a replica is refused. */
  #assertPrimary(target: Target, { refs }: HeadIntent): void {
    const fence = this.#fence.known(target);
    if (fence !== undefined) throw fence;
    const [first] = refs;
    if (first && this.#settings().replicateToRemote !== target.name)
      throw new ReplicaReadOnlyError(first.ref, target.name);
  }

  /** Throws `RestoredBackupError`. */
  #assertOwn({ name }: Target): void {
    this.identify();
    if (isRestored(this.#repository)) throw new RestoredBackupError(name);
  }

  #admit(parts: Partial<Admission>, open: Open): Admission {
    const admission = admissionOf(parts);
    this.#open.set(admission, open);
    return admission;
  }

  #context(target: Target, { timeoutMs }: ReplicationSettings, { id, isBegun, ready }: Push): PushContext {
    const repository = this.#repository;
    const remote = this.remote(target);
    const server = serverId(repository);
    if (server === undefined) throw new AssertionError('a server has an id before it pushes');
    const receipts = new Receipts(remote, server, id, isBegun);
    const { expressions } = this.#scene;
    const mayBeEmpty = this.#mayBeEmpty(target);
    return { repository, name: target.name, remote, receipts, mayBeEmpty, timeoutMs, ready, expressions };
  }

  /** Only the first push makes a folder: one that was there and is gone was moved or is not mounted. */
  #mayBeEmpty(target: Target): boolean {
    return basesOf(this.#repository, this.#repository.refs(), target).refs.size === 0;
  }

  #openRemote(url: string, create: boolean): RemoteStore {
    const repository = this.#repository;
    const { environment } = repository;
    const asking = askingAs(repository, remoteAt(repository.state(), url));
    const store = this.#scene.openRemote(environment, url, { create, ...asking });
    return answeringRemote(store, environment.timers, () => this.#settings().timeoutMs);
  }

  #settle(settings: ReplicationSettings): Promise<string[]> {
    const scene = {
      target: (name: string) => this.#target(name),
      context: (target: Target, id: string) =>
        this.#context(target, settings, { id, isBegun: true, ready: Promise.resolve() }),
    };
    return settleIntents(scene, this.#repository);
  }

  /** Pushes the caller's refs, and what waits along with them; what the caller's record has to hold besides. */
  async #replicate(target: Target, settings: ReplicationSettings, intent: HeadIntent): Promise<Partial<Admission>> {
    const repository = this.#repository;
    const { nodes } = repository;
    const warnings = await this.#settle(settings);
    const id = randomId(repository.environment.random);
    for (const { ref, old } of intent.refs) if (repository.refs().get(ref) !== old) throw new RefMovedError(ref);
    const own = pushedChange(repository, target, intent);
    const names = new Set(own.map(({ ref }) => ref));
    const queued = queuedRefs(repository, target).filter(({ ref }) => !names.has(ref));
    const intents = [
      ...own.map((ref) => intentOf(target, id, ref, false)),
      ...queued.map((ref) => intentOf(target, id, ref, true)),
    ];
    const push = { id, isBegun: false, ready: this.#enterIntents(intents) };
    const { result, failure } = await this.#pushOwn(target, settings, push, intent, own, queued);
    const moved = result !== undefined && queued.some(({ ref }) => result.merged.has(ref));
    const expressions =
      moved || failure instanceof RemoteMergeConflictError ? await this.#scene.expressions() : undefined;
    if (failure !== undefined) {
      this.#giveUp(target, expressions, queued, result, failure, own);
      throw failure;
    }
    if (result === undefined) throw new AssertionError('a push that did not fail has a result');
    for (const [ref, error] of result.failed) warnings.push(`${ref} was not replicated: ${error.message}`);
    const merged = new Map([...result.merged].filter(([ref]) => names.has(ref)));
    for (const [ref, commit] of merged) warnings.push(mergedWarning(ref, commit, target.name));
    this.#succeeded();
    const edits = (refs: Refs): RefEdits => {
      const record = new LandedRecord(repository, target, refs, expressions).own(own, result).queued(queued, result);
      return new Map([...intentEdits(nodes, refs, []), ...record.edits()]);
    };
    return { edits, merged, warnings, landedOn: target.name };
  }

  /** Comes when they are durable: what is sent to the remote is written meanwhile, and swapped after it. */
  #enterIntents(intents: readonly Intent[]): Promise<void> {
    this.#repository.updateLater((refs) => intentEdits(this.#repository.nodes, refs, intents));
    const durable = this.#repository.chunks.durable();
    // A push that fails before it waits for them is told by the next record.
    durable.catch(() => {});
    return durable;
  }

  /** Pushes a change with what waits; where that fails as a whole, one by one. Throws `OutcomeUnknownError` only. */
  async #pushOwn(
    target: Target,
    settings: ReplicationSettings,
    first: Push,
    intent: HeadIntent,
    own: readonly PushedRef[],
    queued: readonly PushedRef[],
  ): Promise<OwnOutcome> {
    const assertMergeable: Change['assertMergeable'] = (divergence, expressions) => {
      const branch = divergence.ref.slice(HEADS.length);
      const workingSet = intent.workingSets?.get(branch) ?? this.#repository.workingSet(branch);
      assertCarries(this.#repository, workingSet, divergence, expressions);
    };
    let push = first;
    const pushSome = (changes: readonly Change[]): Promise<PushResult | ReplicationError> => {
      const answer = this.#pushGroup(target, settings, push, changes);
      push = { ...push, isBegun: true };
      return answer;
    };
    const waiting = queued.map((ref) => ({ refs: [ref] }));
    return await pushWithWaiting(pushSome, { refs: own, assertMergeable }, waiting);
  }

  /** The definite failure of all of it, if there is one. */
  async #pushGroup(
    target: Target,
    settings: ReplicationSettings,
    push: Push,
    changes: readonly Change[],
  ): Promise<PushResult | ReplicationError> {
    try {
      return await pushGroup(this.#context(target, settings, push), changes);
    } catch (error) {
      if (error instanceof OutcomeUnknownError) {
        this.#failed(error);
        this.#tell();
        throw error;
      }
      if (!(error instanceof DoltError)) throw error;
      return pushFailed(target.name, target.url, error);
    }
  }

  /** A definite failure: the intents are cleared durably before it is reported. */
  #giveUp(
    target: Target,
    expressions: MergeExpressions | undefined,
    queued: readonly PushedRef[],
    result: PushResult | undefined,
    failure: ReplicationError,
    own: readonly PushedRef[],
  ): void {
    this.#progress.failed(failure, isTransient(failure));
    try {
      this.#repository.update((refs) => {
        const record = new LandedRecord(this.#repository, target, refs, expressions);
        if (result !== undefined) record.queued(queued, result);
        if (failure instanceof RemoteMergeConflictError) record.caughtUp(own, failure);
        return new Map([...intentEdits(this.#repository.nodes, refs, []), ...record.edits()]);
      });
    } catch (cause) {
      throw new OutcomeUnknownError(target.name, { cause });
    }
  }

  /** Settles and pushes what waits after what is under way, in the background; errors are kept for whoever asks. */
  #pushLater(): Promise<void> {
    this.#background = this.#background.then(async () => {
      const release = await this.#pushing.acquire();
      try {
        await this.#repository.activity.during(() => this.#pushWaiting());
        this.#retryMs = FIRST_RETRY_MS;
      } catch (error) {
        this.#failed(error);
      } finally {
        release();
      }
    });
    return this.#background;
  }

  async #pushWaiting(): Promise<void> {
    const settings = this.#settings();
    await this.#settle(settings);
    const target = this.#target(settings.replicateToRemote);
    if (target === undefined) return;
    const claims = hasClaim(this.#repository, target);
    if (!claims && !settings.async && !settings.skipErrors) return;
    this.#assertOwn(target);
    if (claims) await readClaimedRefs(this.#repository, this.remote(target), target);
    const queued = queuedRefs(this.#repository, target);
    if (queued.length === 0) return this.#succeeded();
    const failure = await this.#pushEach(target, settings, queued);
    if (failure) throw failure;
    this.#succeeded();
  }

  /** In one group; where that fails as a whole, and not because of the remote, one by one. Answers the first that failed. */
  async #pushEach(
    target: Target,
    settings: ReplicationSettings,
    queued: readonly PushedRef[],
  ): Promise<ReplicationError | undefined> {
    const changes = queued.map((ref) => ({ refs: [ref] }));
    try {
      return await this.#pushQueued(target, settings, queued, changes);
    } catch (error) {
      if (!(error instanceof ReplicationError) || isTransient(error) || queued.length === 1) throw error;
    }
    let first: ReplicationError | undefined;
    for (const ref of queued) {
      try {
        const failure = await this.#pushQueued(target, settings, [ref], [{ refs: [ref] }]);
        first ??= failure;
      } catch (error) {
        if (!(error instanceof ReplicationError) || isTransient(error)) throw error;
        first ??= error;
      }
    }
    return first;
  }

  /** Pushes what local refs hold already. Throws when it fails as a whole; answers the first failure else. */
  async #pushQueued(
    target: Target,
    settings: ReplicationSettings,
    queued: readonly PushedRef[],
    changes: readonly Change[],
  ): Promise<ReplicationError | undefined> {
    const repository = this.#repository;
    const { nodes } = repository;
    const id = randomId(repository.environment.random);
    const intents = queued.map((ref) => intentOf(target, id, ref, true));
    let result: PushResult;
    try {
      // The connection comes first: where there is none, no intent is left behind.
      this.remote(target);
      const push = { id, isBegun: false, ready: this.#enterIntents(intents) };
      result = await pushGroup(this.#context(target, settings, push), changes);
    } catch (error) {
      throw pushFailed(target.name, target.url, error);
    }
    const expressions = result.merged.size > 0 ? await this.#scene.expressions() : undefined;
    repository.update((refs) => {
      const record = new LandedRecord(repository, target, refs, expressions).queued(queued, result);
      return new Map([...intentEdits(nodes, refs, []), ...record.edits()]);
    });
    this.#tidyLater(target);
    const [failure] = result.failed.values();
    return failure;
  }

  /** Keeps the remote's files few (promise 8). */
  #tidyLater(target: Target): void {
    this.#background = this.#background.then(async () => {
      const remote = this.#remotes.get(target.url);
      if (remote) await this.#tidy(remote);
    });
  }

  /** That it failed is no error of the commit before. */
  async #tidy(remote: RemoteStore): Promise<void> {
    try {
      await remote.tidy();
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#repository.environment.logger.warn(`tidying ${remote.url} failed: ${error.message}`);
    }
  }

  #tell(): readonly string[] {
    const untold = this.#untold;
    this.#untold = undefined;
    return untold === undefined ? [] : [untold];
  }

  #succeeded(): void {
    this.#untold = undefined;
    this.#progress.succeeded();
  }

  /** Remembers an error; what may go well later is tried again. */
  #failed(error: unknown): void {
    this.#progress.failed(error, isTransient(error));
    this.#untold = reason(error);
    if (!isTransient(error) || this.#isEnding || this.#retry !== undefined) return;
    const retry = new AbortController();
    this.#retry = retry;
    const { timers } = this.#repository.environment;
    const pause = this.#retryMs;
    this.#retryMs = Math.min(LONGEST_RETRY_MS, pause * 2);
    timers.sleep(pause, retry.signal).then(
      () => {
        this.#retry = undefined;
        if (!this.#isEnding) void this.#pushLater();
      },
      () => {
        this.#retry = undefined;
      },
    );
  }
}

function admissionOf(parts: Partial<Admission>): Admission {
  return { edits: () => new Map(), merged: new Map(), warnings: [], ...parts };
}

const intentOf = (
  target: Target,
  push: string,
  { ref, old, ours, base, forced }: PushedRef,
  isQueued: boolean,
): Intent => ({ remote: target.name, push, ref, old, new: ours, base, forced, isQueued });

const mergedWarning = (ref: RefName, commit: string, remote: string): string =>
  `${ref.slice(HEADS.length)} was merged with newer commits of '${remote}' as ${commit}`;
