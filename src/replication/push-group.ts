/**
 * Pushes a group of refs in one swap of the remote's root:
 *
 *   read remote ─▶ decide each ref ─▶ upload what is missing ─▶ swap ──won──▶ landed
 *        ▲              │ diverged: merge                          │ lost the race: back, after a jittered pause
 *        └──────────────┴──────────────────────────────────────────┴ answer lost: read again, resend the same
 *
 * A ref that must not move fails alone; the others of its group go. What is not known at the deadline is said to be
 * unknown, never guessed.
 */
import type { Address } from '../base/address.ts';
import { AssertionError, DoltError } from '../base/errors.ts';
import { type RemoteRefs, readRemoteRefs, swapRemoteRefs } from '../remote/remote-refs.ts';
import type { RemoteStore, UploadedFile } from '../remote/remote-store.ts';
import { downloadMissing, uploadMissing } from '../remote/transfer.ts';
import { isAncestor } from '../repo/commit.ts';
import { HEADS, type RefEdits, type RefName } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import { decidePush, type PushedRef } from './push-decision.ts';
import { mergeRemoteCommit } from './reconcile.ts';
import { MovedByAnotherError, OutcomeUnknownError, ReplicationError, reason } from './replication-errors.ts';

export interface PushContext {
  readonly repository: Repository;
  /** Its configured name. */
  readonly name: string;
  readonly remote: RemoteStore;
  readonly timeoutMs: number;
}

export interface PushResult {
  /** Refs that are on the remote now, with our value (a merge's where one was needed). */
  readonly landed: ReadonlyMap<RefName, Address | undefined>;
  /** Those of them that needed a merge, with its commit. */
  readonly merged: ReadonlyMap<RefName, Address>;
  readonly failed: ReadonlyMap<RefName, DoltError>;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

export async function pushGroup(context: PushContext, refs: readonly PushedRef[]): Promise<PushResult> {
  return await new GroupPush(context, refs).run();
}

class GroupPush {
  readonly #context: PushContext;
  readonly #refs: readonly PushedRef[];
  readonly #landed = new Map<RefName, Address | undefined>();
  readonly #failed = new Map<RefName, DoltError>();
  /** Merges made so far: by ref, over which remote value, and the commit. */
  readonly #merges = new Map<RefName, { readonly theirs: Address; readonly commit: Address }>();
  readonly #uploaded = new Set<Address>();
  readonly #files: UploadedFile[] = [];
  readonly #deadline: number;
  /** A swap was sent whose answer did not come. */
  #unanswered: unknown;

  constructor(context: PushContext, refs: readonly PushedRef[]) {
    this.#context = context;
    this.#refs = refs;
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
    const remoteRefs = await readRemoteRefs(this.#context.remote);
    const edits = await this.#decideAll(remoteRefs);
    if (edits.size === 0) return true;
    await this.#upload(edits);
    const swapped = await swapRemoteRefs(this.#context.remote, remoteRefs, edits, this.#files);
    if (swapped === undefined) return false;
    for (const [ref, value] of edits) this.#landed.set(ref, value);
    return true;
  }

  async #decideAll(remoteRefs: RemoteRefs): Promise<RefEdits> {
    const edits = new Map<RefName, Address | undefined>();
    for (const pushed of this.#refs) {
      if (this.#failed.has(pushed.ref)) continue;
      try {
        const target = await this.#decide(pushed, remoteRefs.get(pushed.ref));
        if (target === 'landed') this.#landed.set(pushed.ref, this.#merges.get(pushed.ref)?.commit ?? pushed.ours);
        else edits.set(pushed.ref, target);
      } catch (error) {
        // A ref whose swap may have happened has no definite failure any more.
        if (!(error instanceof ReplicationError) || this.#unanswered !== undefined) throw error;
        this.#failed.set(pushed.ref, error);
      }
    }
    return edits;
  }

  /** What to set the ref to, or that it is there already. Throws when it must not move. */
  async #decide(pushed: PushedRef, theirs: Address | undefined): Promise<Address | undefined | 'landed'> {
    const { ref } = pushed;
    if (theirs !== undefined && ref.startsWith(HEADS)) await this.#fetch(theirs);
    const earlier = this.#merges.get(ref);
    const ours = earlier?.commit ?? pushed.ours;
    const decision = decidePush({ ...pushed, ours }, theirs, (a, b) => this.#isWithin(a, b));
    switch (decision) {
      case 'landed':
        return 'landed';
      case 'move':
        return ours;
      case 'merge': {
        if (theirs === undefined || pushed.ours === undefined) throw new AssertionError('a merge needs two commits');
        const commit = await mergeRemoteCommit(this.#context.repository, pushed.ours, theirs, this.#context.name);
        this.#merges.set(ref, { theirs, commit });
        return commit;
      }
      default:
        throw new MovedByAnotherError(this.#context.name, ref, theirs);
    }
  }

  async #fetch(commit: Address): Promise<void> {
    const { repository, remote } = this.#context;
    if (!repository.chunks.has(commit)) await downloadMissing(remote, repository, [commit]);
  }

  #isWithin(a: Address, b: Address): boolean {
    if (a === b) return true;
    const { chunks, nodes } = this.#context.repository;
    return chunks.has(a) && chunks.has(b) && isAncestor(nodes, a, b);
  }

  async #upload(edits: RefEdits): Promise<void> {
    const targets = [...edits.values()].filter(
      (value) => value !== undefined && !this.#uploaded.has(value),
    ) as Address[];
    if (targets.length === 0) return;
    this.#files.push(...(await uploadMissing(this.#context.repository, this.#context.remote, targets)));
    for (const target of targets) this.#uploaded.add(target);
  }

  /** Whether to go on after an error: only while a lost answer leaves it open what happened. */
  #mayRetry(error: DoltError): boolean {
    if (error.kind === 'unknown') this.#unanswered = error;
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
    const merged = new Map<RefName, Address>();
    for (const [ref, { commit }] of this.#merges) if (this.#landed.has(ref)) merged.set(ref, commit);
    return { landed: this.#landed, merged, failed: this.#failed };
  }
}

/** Wraps what a transport said about a push that definitely did not happen. */
export function pushFailed(remote: string, url: string, error: unknown): ReplicationError {
  if (error instanceof ReplicationError) return error;
  const kind = error instanceof DoltError ? error.kind : 'unavailable';
  return new ReplicationError(kind, `replication to '${remote}' (${url}) failed: ${reason(error)}`, { cause: error });
}
