/**
 * What a primary sends to a remote, with the records here that go before and after it: intents, durable before a swap, and what
 * landed. One push at a time: whoever calls has the turn.
 */

import { AssertionError, DoltError } from '../base/errors.ts';
import { randomId } from '../base/random-id.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import type { Admission, HeadIntent } from '../repo/commit-hook.ts';
import { RefMovedError } from '../repo/head-update.ts';
import type { MergeExpressions } from '../repo/merge/merge-expressions.ts';
import { HEADS, type RefEdits, type RefName, type Refs } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import type { Background } from './background.ts';
import { type Intent, intentEdits } from './intents.ts';
import { LandedRecord } from './landed.ts';
import type { Progress } from './progress.ts';
import type { PushedRef } from './push-decision.ts';
import { type Change, type PushContext, type PushResult, pushFailed, pushGroup } from './push-group.ts';
import { type OwnOutcome, pushWithWaiting } from './push-with-waiting.ts';
import { configuredTarget, mayBeEmpty, pushedChange, queuedRefs, type Target } from './queue.ts';
import { Receipts } from './receipts.ts';
import { assertCarries } from './reconcile.ts';
import type { RemoteConnections } from './remote-connections.ts';
import { OutcomeUnknownError, RemoteMergeConflictError, ReplicationError } from './replication-errors.ts';
import type { ReplicationScene } from './scene.ts';
import { serverId } from './server-id.ts';
import type { ReplicationSettings } from './settings.ts';
import { isTransient, settleIntents } from './settle.ts';

/** A push under its name in intents and receipts. */
interface Push {
  readonly id: string;
  readonly target: Target;
  readonly timeoutMs: number;
  /** A part of it may have been sent before. */
  readonly isBegun: boolean;
  /** Comes when its intents are durable. */
  readonly ready: Promise<void>;
}

/** A push of a caller's change that was refused. */
interface Refused {
  readonly target: Target;
  readonly own: readonly PushedRef[];
  readonly queued: readonly PushedRef[];
  /** What landed of what waits. */
  readonly result: PushResult | undefined;
  readonly failure: ReplicationError;
  /** Where something has to be merged here. */
  readonly expressions: MergeExpressions | undefined;
}

export class Pusher {
  readonly #repository: Repository;
  readonly #scene: ReplicationScene;
  readonly #connections: RemoteConnections;
  readonly #progress: Progress;
  readonly #background: Background;

  constructor(
    repository: Repository,
    scene: ReplicationScene,
    connections: RemoteConnections,
    progress: Progress,
    background: Background,
  ) {
    this.#repository = repository;
    this.#scene = scene;
    this.#connections = connections;
    this.#progress = progress;
    this.#background = background;
  }

  /** Decides intents that were left (settle.ts); answers warnings. */
  settle({ timeoutMs }: ReplicationSettings): Promise<string[]> {
    const scene = {
      target: (name: string) => configuredTarget(this.#repository, name),
      context: (target: Target, id: string) =>
        this.#context({ id, target, timeoutMs, isBegun: true, ready: Promise.resolve() }),
    };
    return settleIntents(scene, this.#repository);
  }

  /** Pushes the caller's refs, and what waits along with them; what the caller's record has to hold besides. */
  async push(target: Target, settings: ReplicationSettings, intent: HeadIntent): Promise<Partial<Admission>> {
    const repository = this.#repository;
    const { nodes } = repository;
    const warnings = await this.settle(settings);
    const id = randomId(repository.environment.random);
    for (const { ref, old } of intent.refs) if (repository.refs().get(ref) !== old) throw new RefMovedError(ref);
    const own = pushedChange(repository, target, intent);
    const names = new Set(own.map(({ ref }) => ref));
    const queued = queuedRefs(repository, target).filter(({ ref }) => !names.has(ref));
    const intents = [
      ...own.map((ref) => intentOf(target, id, ref, false)),
      ...queued.map((ref) => intentOf(target, id, ref, true)),
    ];
    const ready = this.#enterIntents(intents);
    const push: Push = { id, target, timeoutMs: settings.timeoutMs, isBegun: false, ready };
    const { result, failure } = await this.#pushOwn(push, intent, own, queued);
    const moved = result !== undefined && queued.some(({ ref }) => result.merged.has(ref));
    const expressions =
      moved || failure instanceof RemoteMergeConflictError ? await this.#scene.expressions() : undefined;
    if (failure !== undefined) {
      this.#giveUp({ target, own, queued, result, failure, expressions });
      throw failure;
    }
    if (result === undefined) throw new AssertionError('a push that did not fail has a result');
    for (const [ref, error] of result.failed) warnings.push(`${ref} was not replicated: ${error.message}`);
    const merged = new Map([...result.merged].filter(([ref]) => names.has(ref)));
    for (const [ref, commit] of merged) warnings.push(mergedWarning(ref, commit, target.name));
    this.#background.succeeded();
    const edits = (refs: Refs): RefEdits => {
      const record = new LandedRecord(repository, target, refs, expressions).own(own, result).queued(queued, result);
      return new Map([...intentEdits(nodes, refs, []), ...record.edits()]);
    };
    return { edits, merged, warnings, landedOn: target.name };
  }

  /**
   * Pushes what waits in one group; where that fails as a whole, and not because of the remote, one by one. Answers the first
   * that failed.
   */
  async pushEach(
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
        const failure = await this.pushTogether(target, settings, [ref]);
        first ??= failure;
      } catch (error) {
        if (!(error instanceof ReplicationError) || isTransient(error)) throw error;
        first ??= error;
      }
    }
    return first;
  }

  /** Pushes what waits, all of it or nothing. Throws, or answers why it failed. */
  pushTogether(
    target: Target,
    settings: ReplicationSettings,
    queued: readonly PushedRef[],
  ): Promise<ReplicationError | undefined> {
    return this.#pushQueued(target, settings, queued, [{ refs: queued }]);
  }

  /** Keeps the remote's files few (promise 8), in the background. */
  tidyLater(target: Target): void {
    void this.#background.follow(async () => {
      const remote = this.#connections.opened(target);
      if (remote) await this.#tidy(remote);
    });
  }

  #context({ id, target, timeoutMs, isBegun, ready }: Push): PushContext {
    const repository = this.#repository;
    const remote = this.#connections.to(target);
    const server = serverId(repository);
    if (server === undefined) throw new AssertionError('a server has an id before it pushes');
    return {
      ...{ repository, name: target.name, remote, timeoutMs, ready },
      receipts: new Receipts(remote, server, id, isBegun),
      mayBeEmpty: mayBeEmpty(repository, target),
      expressions: this.#scene.expressions,
    };
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
      const answer = this.#pushGroup(push, changes);
      push = { ...push, isBegun: true };
      return answer;
    };
    const waiting = queued.map((ref) => ({ refs: [ref] }));
    return await pushWithWaiting(pushSome, { refs: own, assertMergeable }, waiting);
  }

  /** The definite failure of all of it, if there is one. */
  async #pushGroup(push: Push, changes: readonly Change[]): Promise<PushResult | ReplicationError> {
    try {
      return await pushGroup(this.#context(push), changes);
    } catch (error) {
      if (error instanceof OutcomeUnknownError) {
        this.#background.failed(error);
        // The caller is told right away.
        this.#background.tell();
        throw error;
      }
      if (!(error instanceof DoltError)) throw error;
      return pushFailed(push.target.name, push.target.url, error);
    }
  }

  /** A definite failure: the intents are cleared durably before it is reported. */
  #giveUp({ target, own, queued, result, failure, expressions }: Refused): void {
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

  /** Pushes what local refs hold already. Throws when it fails as a whole; answers the first failure else. */
  async #pushQueued(
    target: Target,
    { timeoutMs }: ReplicationSettings,
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
      this.#connections.to(target);
      const push: Push = { id, target, timeoutMs, isBegun: false, ready: this.#enterIntents(intents) };
      result = await pushGroup(this.#context(push), changes);
    } catch (error) {
      throw pushFailed(target.name, target.url, error);
    }
    const expressions = result.merged.size > 0 ? await this.#scene.expressions() : undefined;
    repository.update((refs) => {
      const record = new LandedRecord(repository, target, refs, expressions).queued(queued, result);
      return new Map([...intentEdits(nodes, refs, []), ...record.edits()]);
    });
    this.tidyLater(target);
    const [failure] = result.failed.values();
    return failure;
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
}

const intentOf = (
  target: Target,
  push: string,
  { ref, old, ours, base, forced }: PushedRef,
  isQueued: boolean,
): Intent => ({ remote: target.name, push, ref, old, new: ours, base, forced, isQueued });

const mergedWarning = (ref: RefName, commit: string, remote: string): string =>
  `${ref.slice(HEADS.length)} was merged with newer commits of '${remote}' as ${commit}`;
