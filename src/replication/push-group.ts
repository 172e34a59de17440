/**
 * Pushes a group of changes in one swap of the remote's root:
 *
 *   read remote ─▶ decide each ref ─▶ upload what is missing ─▶ swap ──won──▶ landed
 *        ▲              │ diverged: merge                          │ lost the race: back, after a jittered pause
 *        └──────────────┴──────────────────────────────────────────┴ answer lost: read again, the receipt tells
 *
 * A change is one ref or several that move together or not at all. One that must not move fails alone; the others of its
 * group go. What is not known at the deadline is said to be unknown, never guessed; before the first swap was sent, a
 * deadline that passed is a definite failure, since nothing is sent after it.
 */

import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { AssertionError, DoltError } from '../base/errors.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { type RemoteRefs, swapRemoteRefs } from '../remote/remote-refs.ts';
import type { RemoteStore, UploadedFile } from '../remote/remote-store.ts';
import { downloadMissing, uploadMissing } from '../remote/transfer.ts';
import type { MergeExpressions } from '../repo/merge/merge-expressions.ts';
import { HEADS, type RefEdits, type RefName } from '../repo/refs.ts';
import { shownUrl } from '../repo/remote-url.ts';
import type { Repository } from '../repo/repository.ts';
import { withDeadline } from './deadline.ts';
import { checkEpoch } from './epoch.ts';
import { readClaimedRefs } from './epoch-claim.ts';
import { decidePush, type PushedRef } from './push-decision.ts';
import { historyOf, isWithin } from './queue.ts';
import type { Receipts } from './receipts.ts';
import { type Divergence, mergeRemoteCommit } from './reconcile.ts';
import {
  MovedByAnotherError,
  OutcomeUnknownError,
  RemoteEmptyError,
  ReplicationError,
  reason,
} from './replication-errors.ts';

export interface PushContext {
  readonly repository: Repository;
  /** Its configured name. */
  readonly name: string;
  readonly remote: RemoteStore;
  readonly receipts: Receipts;
  /** It has never held anything that we know of. */
  readonly mayBeEmpty: boolean;
  readonly timeoutMs: number;
  /** Comes when the intents are durable, which a swap has to wait for. */
  readonly ready: Promise<void>;
  readonly expressions: () => Promise<MergeExpressions | undefined>;
}

/** Refs that move together. */
export interface Change {
  readonly refs: readonly PushedRef[];
  /** Asked before a merge commit is pushed in place of ours; throws where nothing may move then. */
  readonly assertMergeable?: (divergence: Divergence, expressions: MergeExpressions | undefined) => void;
}

export interface PushResult {
  /** Refs that are on the remote now, with our value (a merge's where one was needed). */
  readonly landed: ReadonlyMap<RefName, Address | undefined>;
  /** Those of them that needed a merge, with its commit. */
  readonly merged: ReadonlyMap<RefName, Address>;
  /** The refs of changes that failed. */
  readonly failed: ReadonlyMap<RefName, ReplicationError>;
}

/** To set the ref to, or that it is there already. */
type Target = { readonly kind: 'move'; readonly value: Address | undefined } | { readonly kind: 'landed' };

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

/** Throws a definite error, or `OutcomeUnknownError`. */
export async function pushGroup(context: PushContext, changes: readonly Change[]): Promise<PushResult> {
  return await new GroupPush(context, changes).run();
}

/** The remote did not answer before the deadline. */
class NoAnswerError extends ReplicationError {
  constructor(remote: string, timeoutMs: number) {
    super('unavailable', `replication to '${remote}' failed: no answer within ${timeoutMs} ms`);
  }
}

class GroupPush {
  readonly #context: PushContext;
  readonly #changes: readonly Change[];
  readonly #landed = new Map<RefName, Address | undefined>();
  readonly #failed = new Map<RefName, ReplicationError>();
  /** Merge commits made so far, with the remote's commits that are in them. */
  readonly #merges = new Map<RefName, { readonly commit: Address; readonly theirs: Address }>();
  readonly #uploaded = new Set<Address>();
  #files: UploadedFile[] = [];
  readonly #held = new Map<Address, Uint8Array>();
  /** The remote was found to lack what it should have: it is asked for each chunk. */
  #isDoubted = false;
  readonly #deadline: number;
  /** A swap was sent whose answer did not come, and which may happen yet. */
  #unanswered: unknown;
  /** The root that the last swap was to take the place of. */
  #swappedFrom: Address | undefined;

  constructor(context: PushContext, changes: readonly Change[]) {
    this.#context = context;
    this.#changes = changes;
    this.#deadline = context.repository.environment.clock.monotonic() + context.timeoutMs;
  }

  async run(): Promise<PushResult> {
    for (let attempt = 0; ; attempt++) {
      if (attempt > 0) await this.#pause(attempt);
      try {
        if (await this.#attempt()) return this.#result();
      } catch (error) {
        if (!(error instanceof DoltError) || !this.#mayRetry(error)) throw error;
      }
    }
  }

  /** One round; true when nothing is left to push. */
  async #attempt(): Promise<boolean> {
    const { repository, remote, receipts, name, mayBeEmpty } = this.#context;
    const target = { name, url: remote.url };
    const remoteRefs = await this.#answer(readClaimedRefs(repository, remote, target));
    if (remoteRefs.root === EMPTY_ADDRESS && !mayBeEmpty) throw new RemoteEmptyError(name, remote.url);
    const before = await this.#answer(receipts.landed(remoteRefs));
    // A swap happens on the root that it was sent for, or never. One that did is settled only with the end of this round.
    if (remoteRefs.root !== this.#swappedFrom && before.size === 0) this.#unanswered = undefined;
    for (const { refs } of this.#changes) {
      for (const [ref, value] of await this.#answer(landedOf(this.#context, refs, before)))
        this.#landed.set(ref, value);
    }
    const fence = await this.#answer(checkEpoch(repository, remote, target, remoteRefs));
    // What an earlier swap of this push has brought there goes no second time, whatever became of it since.
    const open = this.#changes.filter(({ refs }) => !refs.every(({ ref }) => before.has(ref)));
    if (fence !== undefined) {
      // The promotion's swap came after ours or instead of it: what was sent before has landed, or never will.
      for (const { refs } of open) for (const { ref } of refs) this.#failed.set(ref, fence);
      return await this.#found();
    }
    const edits = await this.#decideAll(open, remoteRefs);
    if (edits.size === 0) return await this.#found();
    await this.#upload(edits, remoteRefs);
    if (!(await this.#swap(remoteRefs, before, edits))) return false;
    for (const [ref, value] of edits) this.#landed.set(ref, value);
    return true;
  }

  /** What is there without a swap just now is made durable before anybody is told so. */
  async #found(): Promise<true> {
    if (this.#landed.size > 0) await this.#answer(this.#context.remote.settle());
    return true;
  }

  async #swap(from: RemoteRefs, before: RefEdits, edits: RefEdits): Promise<boolean> {
    const { remote, receipts, ready } = this.#context;
    const withReceipt = (nodes: NodeStore): RefEdits =>
      new Map([...edits, receipts.edit(nodes, before, new Map([...this.#landed, ...edits]))]);
    this.#swappedFrom = from.root;
    try {
      const upload = { files: this.#files, held: this.#held };
      return await this.#answer(swapRemoteRefs(remote, from, withReceipt, upload, ready));
    } catch (error) {
      // Sent, and not answered in time.
      if (error instanceof NoAnswerError) this.#unanswered ??= error;
      // Garbage was collected there: what we took to be there, or had uploaded, may be gone.
      if (!(error instanceof DoltError) || (error.kind !== 'conflict' && error.kind !== 'notFound')) throw error;
      this.#isDoubted = true;
      this.#uploaded.clear();
      this.#files = [];
      this.#held.clear();
      return false;
    }
  }

  async #decideAll(open: readonly Change[], remoteRefs: RemoteRefs): Promise<RefEdits> {
    const edits = new Map<RefName, Address | undefined>();
    for (const change of open) {
      if (change.refs.some(({ ref }) => this.#failed.has(ref))) continue;
      try {
        const targets = new Map<PushedRef, Target>();
        for (const pushed of change.refs) {
          targets.set(pushed, await this.#decide(change, pushed, remoteRefs.get(pushed.ref)));
        }
        for (const [pushed, target] of targets) this.#enter(pushed, target, edits);
      } catch (error) {
        // A ref whose swap may have happened has no definite failure any more.
        if (!(error instanceof ReplicationError) || this.#unanswered !== undefined) throw error;
        for (const { ref } of change.refs) this.#failed.set(ref, error);
      }
    }
    return edits;
  }

  #enter({ ref, ours }: PushedRef, target: Target, edits: Map<RefName, Address | undefined>): void {
    if (target.kind === 'landed') this.#landed.set(ref, this.#merges.get(ref)?.commit ?? ours);
    else edits.set(ref, target.value);
  }

  /** Throws when the ref must not move. */
  async #decide(change: Change, pushed: PushedRef, theirs: Address | undefined): Promise<Target> {
    const { repository, name } = this.#context;
    const { ref } = pushed;
    if (theirs !== undefined && ref.startsWith(HEADS)) await this.#fetch(theirs);
    // What was merged and taken back meanwhile must not come back with the merge.
    if (!this.#holds(theirs, this.#merges.get(ref)?.theirs)) this.#merges.delete(ref);
    const ours = this.#merges.get(ref)?.commit ?? pushed.ours;
    const decision = decidePush({ ...pushed, ours }, theirs, historyOf(repository));
    switch (decision) {
      case 'landed':
        return { kind: 'landed' };
      case 'move':
        return { kind: 'move', value: ours };
      case 'merge': {
        if (theirs === undefined || pushed.ours === undefined) throw new AssertionError('a merge needs two commits');
        const expressions = await this.#context.expressions();
        const divergence = { remote: name, ref, ours: pushed.ours, theirs };
        const commit = mergeRemoteCommit(repository, divergence, expressions);
        change.assertMergeable?.({ ...divergence, theirs: commit }, expressions);
        this.#merges.set(ref, { commit, theirs });
        return { kind: 'move', value: commit };
      }
      default:
        throw new MovedByAnotherError(name, ref, theirs);
    }
  }

  #holds(theirs: Address | undefined, merged: Address | undefined): boolean {
    if (merged === undefined) return true;
    return theirs !== undefined && isWithin(this.#context.repository, merged, theirs);
  }

  async #fetch(commit: Address): Promise<void> {
    const { repository, remote } = this.#context;
    if (!repository.chunks.has(commit)) await this.#answer(downloadMissing(remote, repository, [commit]));
  }

  async #upload(edits: RefEdits, remoteRefs: RemoteRefs): Promise<void> {
    const targets = [...edits.values()].filter(
      (value) => value !== undefined && !this.#uploaded.has(value),
    ) as Address[];
    if (targets.length === 0) return;
    const { repository, remote } = this.#context;
    const known = this.#isDoubted ? [] : [...edits.keys()].flatMap((ref) => remoteRefs.get(ref) ?? []);
    const { files, held } = await this.#answer(uploadMissing(repository, remote, targets, { known }));
    this.#files.push(...files);
    for (const [address, record] of held) this.#held.set(address, record);
    for (const target of targets) this.#uploaded.add(target);
  }

  /** What the remote says, if it says it before the deadline. */
  #answer<T>(promise: Promise<T>): Promise<T> {
    const { repository, name, timeoutMs } = this.#context;
    const { clock, timers } = repository.environment;
    return withDeadline(promise, timers, this.#deadline - clock.monotonic(), () => {
      throw new NoAnswerError(name, timeoutMs);
    });
  }

  /** Whether to go on after an error: only while a lost answer leaves it open what happened. */
  #mayRetry(error: DoltError): boolean {
    if (error.kind === 'unknown') this.#unanswered ??= error;
    if (this.#unanswered === undefined) return false;
    if (this.#isLate()) throw new OutcomeUnknownError(this.#context.name, { cause: this.#unanswered });
    return true;
  }

  async #pause(attempt: number): Promise<void> {
    const { timers, random } = this.#context.repository.environment;
    if (this.#isLate()) {
      if (this.#unanswered !== undefined)
        throw new OutcomeUnknownError(this.#context.name, { cause: this.#unanswered });
      const why = `'${this.#context.name}' moved at every attempt until the deadline of ${this.#context.timeoutMs} ms`;
      throw new ReplicationError('unavailable', `replication failed: ${why}; try again`);
    }
    const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 16));
    await timers.sleep(most * (0.5 + random() / 2));
  }

  #isLate(): boolean {
    return this.#context.repository.environment.clock.monotonic() >= this.#deadline;
  }

  #result(): PushResult {
    const refs = this.#changes.flatMap((change) => change.refs);
    return { landed: this.#landed, merged: mergedOf(refs, this.#landed), failed: this.#failed };
  }
}

/** What a receipt says of some refs, with the commits here that merged them. */
export async function landedOf(
  { repository, remote }: PushContext,
  pushed: readonly PushedRef[],
  receipt: RefEdits,
): Promise<RefEdits> {
  const landed = new Map<RefName, Address | undefined>();
  for (const { ref, ours } of pushed) {
    if (!receipt.has(ref)) continue;
    const value = receipt.get(ref);
    landed.set(ref, value);
    if (value === undefined || value === ours || repository.chunks.has(value)) continue;
    try {
      await downloadMissing(remote, repository, [value]);
    } catch (error) {
      if (!(error instanceof DoltError) || error.kind !== 'notFound') throw error;
      // The merge was taken back there and collected as garbage.
      landed.set(ref, ours);
    }
  }
  return landed;
}

/** A branch that was pushed landed with what it was to be, or with the commit that merged it. */
export function mergedOf(pushed: readonly PushedRef[], landed: RefEdits): ReadonlyMap<RefName, Address> {
  const merged = new Map<RefName, Address>();
  for (const { ref, ours } of pushed) {
    const value = landed.get(ref);
    if (value !== undefined && value !== ours) merged.set(ref, value);
  }
  return merged;
}

/** Wraps what a transport said about a push that definitely did not happen. */
export function pushFailed(remote: string, url: string, error: unknown): ReplicationError {
  if (error instanceof ReplicationError) return error;
  const kind = error instanceof DoltError ? error.kind : 'unavailable';
  return new ReplicationError(kind, `replication to '${remote}' (${shownUrl(url)}) failed: ${reason(error)}`, {
    cause: error,
  });
}
