/**
 * The primary's half of replication: the gate that every change of a branch or tag made in SQL passes.
 *
 *   synchronous             intents durable ─▶ push ─▶ the caller's record (+ base, intents cleared) ─▶ acknowledged
 *   asynchronous, skip = 1  the caller's record ─▶ acknowledged ─▶ intents durable ─▶ push ─▶ a record of its own (base)
 *
 * What waits is pushed in the background, and again, with growing pauses, until it has arrived (queue.ts).
 */
import { DiskError } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { type Admission, type CommitHook, type HeadIntent, openGate } from '../repo/commit-hook.ts';
import { HEADS, type RefEdits, type RefName, type Refs } from '../repo/refs.ts';
import type { RoleStatus } from '../repo/replication-status.ts';
import type { Repository } from '../repo/repository.ts';
import { type Steps, waitUnlessEnded } from '../repo/steps.ts';
import { Background } from './background.ts';
import { hasClaim, readClaimedRefs } from './epoch-claim.ts';
import { Fence } from './fence.ts';
import { readIntents } from './intents.ts';
import { Mutex } from './mutex.ts';
import { commitsBetween, Progress } from './progress.ts';
import type { PushedRef } from './push-decision.ts';
import { Pusher } from './pusher.ts';
import { basesOf, configuredTarget, isReplicated, queuedRefs, type Target, takenUp } from './queue.ts';
import { RemoteConnections } from './remote-connections.ts';
import {
  OutcomeUnknownError,
  RemoteNotConfiguredError,
  ReplicaReadOnlyError,
  RestoredBackupError,
} from './replication-errors.ts';
import type { ReplicationScene } from './scene.ts';
import { identify, isRestored } from './server-id.ts';
import type { ReplicationSettings } from './settings.ts';
import { isTransient } from './settle.ts';

/** What to do after the caller's record. */
interface Open {
  readonly release: () => void;
  readonly target: Target;
  readonly next: 'push' | 'tidy';
}

export class Primary implements CommitHook {
  readonly #repository: Repository;
  readonly #settings: () => ReplicationSettings;
  readonly #scene: ReplicationScene;
  /** Orders changes of local refs. */
  readonly #gate = new Mutex();
  /** One push at a time; a synchronous change holds both. */
  readonly #pushing = new Mutex();
  readonly #open = new WeakMap<Admission, Open>();
  #isIdentified = false;
  readonly #connections: RemoteConnections;
  readonly #progress: Progress;
  readonly #fence: Fence;
  readonly #background: Background;
  readonly #pusher: Pusher;

  constructor(repository: Repository, settings: () => ReplicationSettings, scene: ReplicationScene) {
    this.#repository = repository;
    this.#settings = settings;
    this.#scene = scene;
    this.#progress = new Progress(repository.environment.clock);
    this.#connections = new RemoteConnections(repository, scene.openRemote, () => settings().timeoutMs);
    this.#fence = new Fence(repository, (target) => this.#connections.to(target));
    this.#background = new Background(repository, this.#progress, this.#pushing, () => this.#pushWaiting());
    this.#pusher = new Pusher(repository, scene, this.#connections, this.#progress, this.#background);
  }

  *before(intent: HeadIntent): Steps<Admission> {
    const settings = this.#settings();
    if (settings.replicateToRemote === '' || !intent.refs.some(({ ref }) => isReplicated(ref))) {
      return yield* openGate.before(intent);
    }
    const target = configuredTarget(this.#repository, settings.replicateToRemote);
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
    const replicating = this.#repository.activity.during(() => this.#pusher.push(target, settings, intent));
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
      void this.#background.push();
    });
  }

  *after(admission: Admission, written: boolean): Steps<void> {
    const open = this.#open.get(admission);
    if (!open) return;
    this.#open.delete(admission);
    open.release();
    if (!written) return;
    if (open.next === 'tidy') return this.#pusher.tidyLater(open.target);
    this.#noteQueueIfReadable(open.target);
    const pushing = this.#background.push();
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
    (admission.warnings as string[]).push(...this.#background.tell());
  }

  get isPrimary(): boolean {
    return this.#presentTarget() !== undefined;
  }

  /** Before anything is written that is not pushed first: throws `FencedError`. */
  *beforeWrite(): Steps<void> {
    if (!this.#scene.isServer) return;
    const target = this.#presentTarget();
    if (target !== undefined) yield* waitUnlessEnded(this.#fence.beforeWrite(target));
  }

  /** Throws `FencedError` for a branch or tag that was replicated from here, until another server took over. */
  assertWritable(ref: RefName): void {
    const target = this.#presentTarget();
    const fence = target && isReplicated(ref) ? this.#fence.known(target) : undefined;
    if (fence !== undefined) throw fence;
  }

  /**
   * Throws unless the remote said within the last second that no other server has taken over. Nothing where this is no
   * primary.
   */
  async verify(): Promise<void> {
    const target = this.#presentTarget();
    if (target !== undefined) await this.#fence.verify(target);
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
        warnings.push(...(await this.#pusher.settle(settings)));
      } catch (error) {
        if (!(error instanceof DoltError)) throw error;
        this.#background.failed(error);
        warnings.push(...this.#background.tell());
      } finally {
        release();
      }
    }
    const target = configuredTarget(this.#repository, settings.replicateToRemote);
    if (target !== undefined && this.#isWaiting(target, settings) && this.#isAlone()) void this.#background.push();
    return warnings;
  }

  /** Is there something for the background to push, or to begin? */
  #isWaiting(target: Target, { async, skipErrors }: ReplicationSettings): boolean {
    if (hasClaim(this.#repository, target)) return true;
    return (async || skipErrors) && queuedRefs(this.#repository, target).length > 0;
  }

  /** Begins a claimed epoch on the remote, in the background and as often as it takes. */
  claimLater(): void {
    const target = this.#presentTarget();
    if (target !== undefined && hasClaim(this.#repository, target)) void this.#background.push();
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
    const target = configuredTarget(this.#repository, settings.replicateToRemote);
    if (target === undefined) return [];
    this.#assertOwn(target);
    if (settings.async || settings.skipErrors) {
      const pushing = this.#background.push();
      if (!settings.async) await pushing;
      return this.#background.tell();
    }
    const release = await this.#pushing.acquire();
    try {
      const queued = queuedRefs(this.#repository, target);
      const failure = await this.#pusher.pushTogether(target, settings, queued);
      if (failure) throw failure;
      this.#background.succeeded();
      return [];
    } finally {
      release();
    }
  }

  /** Waits until the background has pushed what it can, and ends it; answers the warnings of what it could not. */
  async drain(): Promise<readonly string[]> {
    return await this.#background.drain();
  }

  /** Undefined where this is no primary. */
  status(): RoleStatus | undefined {
    const target = this.#presentTarget();
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
      this.#background.failed(error);
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
  remote(target: Target): RemoteStore {
    return this.#connections.to(target);
  }

  /** Gives a new server its id, and finds out whether it was restored from a backup. */
  identify(): void {
    if (!this.#isIdentified) identify(this.#repository);
    this.#isIdentified = true;
  }

  close(): void {
    this.#background.end();
    this.#connections.close();
  }

  /** The remote that is replicated to. */
  #presentTarget(): Target | undefined {
    return configuredTarget(this.#repository, this.#settings().replicateToRemote);
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

  /** Settles, and pushes what waits, where this is not left to the next change. */
  async #pushWaiting(): Promise<void> {
    const settings = this.#settings();
    await this.#pusher.settle(settings);
    const target = configuredTarget(this.#repository, settings.replicateToRemote);
    if (target === undefined) return;
    const claims = hasClaim(this.#repository, target);
    if (!claims && !settings.async && !settings.skipErrors) return;
    this.#assertOwn(target);
    if (claims) await readClaimedRefs(this.#repository, this.#connections.to(target), target);
    const queued = queuedRefs(this.#repository, target);
    if (queued.length === 0) return this.#background.succeeded();
    const failure = await this.#pusher.pushEach(target, settings, queued);
    if (failure) throw failure;
    this.#background.succeeded();
  }
}

function admissionOf(parts: Partial<Admission>): Admission {
  return { edits: () => new Map(), merged: new Map(), warnings: [], ...parts };
}
