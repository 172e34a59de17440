/**
 * How one repository becomes a primary or a replica while its server runs:
 *
 *     read remote ─▶ fetch all of it ─▶ (promotion: swap in epoch + 1) ─▶ apply(): one local record
 *          ▲                                      │ lost the race, or no answer: back, after a pause
 *          └──────────────────────────────────────┘
 *
 * All that can fail at the remote's side comes before `apply`, which waits for nothing: a server whose databases are all
 * ready applies them and changes its variables in one go. A promotion that was interrupted before has changed nothing here
 * but the remote's epoch, which fences the old primary; calling it again begins the next epoch.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { AssertionError, DoltError } from '../base/errors.ts';
import { randomId } from '../base/random-id.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { type RemoteRefs, readRemoteRefs, swapRemoteRefs } from '../remote/remote-refs.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { downloadMissing } from '../remote/transfer.ts';
import { writeDocument } from '../repo/internal-document.ts';
import { HEADS, type RefEdits, type RefName, type Refs, TAGS } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import { checkEpoch, EPOCH_REF, type Epoch, joinedEdit, joinedEpoch, remoteEpoch } from './epoch.ts';
import { hasClaim, isOverClaimed, withoutClaim } from './epoch-claim.ts';
import { FollowedRecord, type FollowPurpose } from './followed.ts';
import { intentEdits } from './intents.ts';
import { pushFailed } from './push-group.ts';
import { basesOf, type Target } from './queue.ts';
import { PromotionLostError, PromotionUnknownError, RemoteEmptyError } from './replication-errors.ts';
import { isRestored } from './server-id.ts';
import type { ReplicationSettings } from './settings.ts';
import { updateWarned } from './warned-update.ts';

export type RoleChange =
  /** Primary in the next epoch: every other primary is fenced. */
  | 'promote'
  /** One more primary in the epoch as it is. */
  | 'join'
  /** Replica. */
  | 'demote';

export interface RoleChangeScene {
  readonly repository: Repository;
  readonly target: Target;
  readonly remote: RemoteStore;
  readonly settings: ReplicationSettings;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

export class PreparedRole {
  readonly #scene: RoleChangeScene;
  readonly #change: RoleChange;
  /** The remote's refs that this repository has to become; its epoch may be a newer one. */
  #refs: RemoteRefs | undefined;
  #epoch: Epoch | undefined;
  #epochAt: Address | undefined;
  /** It is a primary of the remote's epoch already: its branches need not become the remote's. */
  #isPrimary = false;

  private constructor(scene: RoleChangeScene, change: RoleChange) {
    this.#scene = scene;
    this.#change = change;
  }

  /** Throws when the remote cannot be reached in time, or another server was promoted meanwhile: then nothing changed here. */
  static async prepare(scene: RoleChangeScene, change: RoleChange): Promise<PreparedRole> {
    const prepared = new PreparedRole(scene, change);
    try {
      await prepared.#prepare();
    } catch (error) {
      throw pushFailed(scene.target.name, scene.target.url, error);
    }
    return prepared;
  }

  /** One durable record. Answers what to tell the user. */
  apply(): readonly string[] {
    return updateWarned(this.#scene.repository, (local, warnings) => this.#edits(local, warnings));
  }

  async #prepare(): Promise<void> {
    const { repository, settings } = this.#scene;
    const { environment } = repository;
    const deadline = environment.clock.monotonic() + settings.timeoutMs;
    let unanswered: unknown;
    let own: Epoch | undefined;
    for (let attempt = 0; ; attempt++) {
      if (attempt > 0) await this.#pause(attempt);
      try {
        const refs = await this.#read();
        const theirs = await remoteEpoch(this.#scene.remote, refs);
        if (this.#change !== 'promote' || theirs.nonce === own?.nonce) {
          await this.#scene.remote.settle();
          return this.#ready(refs, theirs, refs.get(EPOCH_REF));
        }
        own ??= this.#next(theirs);
        if (theirs.epoch >= own.epoch) throw new PromotionLostError(this.#scene.target.name, theirs);
        const at = await this.#swap(refs, own);
        if (at !== undefined) return this.#ready(refs, own, at);
      } catch (error) {
        if (!(error instanceof DoltError) || error instanceof PromotionLostError) throw error;
        if (error.kind === 'unknown') unanswered ??= error;
        if (unanswered === undefined) throw error;
      }
      if (environment.clock.monotonic() < deadline) continue;
      const { name } = this.#scene.target;
      if (unanswered !== undefined) throw new PromotionUnknownError(name, { cause: unanswered });
      throw new DoltError('unavailable', `'${name}' moved at every attempt; try again`);
    }
  }

  #ready(refs: RemoteRefs, epoch: Epoch, at: Address | undefined): void {
    this.#refs = refs;
    this.#epoch = epoch;
    this.#epochAt = at;
  }

  #next(theirs: Epoch): Epoch {
    const { repository, target } = this.#scene;
    const { environment } = repository;
    const last = Math.max(theirs.epoch, joinedEpoch(repository, target).epoch);
    return { epoch: last + 1, server: environment.hostName ?? 'localhost', nonce: randomId(environment.random) };
  }

  /** The remote's refs, with all that they name here. */
  async #read(): Promise<RemoteRefs> {
    const { repository, remote, target, settings } = this.#scene;
    const refs = await readRemoteRefs(remote);
    const isKnown = basesOf(repository, repository.refs(), target).refs.size > 0;
    if (refs.root === EMPTY_ADDRESS && (isKnown || this.#change === 'demote')) {
      throw new RemoteEmptyError(target.name, target.url);
    }
    const isPrimary = settings.replicateToRemote === target.name && !isRestored(repository);
    this.#isPrimary = isPrimary && (await this.#isOfEpoch(refs));
    const missing = [...wantedOf(refs).values()].filter((value) => !repository.chunks.has(value));
    if (missing.length > 0) await downloadMissing(remote, repository, missing);
    return refs;
  }

  async #isOfEpoch(refs: RemoteRefs): Promise<boolean> {
    const { repository, remote, target } = this.#scene;
    const joined = joinedEpoch(repository, target);
    const at = refs.get(EPOCH_REF);
    if (joined.claim === undefined && joined.at === at) return joined.successor === undefined;
    // A remote that was restored is taken as it is by whoever says so.
    const theirs = await remoteEpoch(remote, refs);
    if (theirs.epoch < joined.epoch) return true;
    if (joined.claim !== undefined) return isOverClaimed(joined.claim, theirs, at);
    return (await checkEpoch(repository, remote, target, refs)) === undefined;
  }

  /** The address of the epoch on the remote; undefined when the remote has moved. */
  async #swap(refs: RemoteRefs, own: Epoch): Promise<Address | undefined> {
    let at: Address | undefined;
    const edits = (nodes: NodeStore): RefEdits => {
      at = writeDocument(nodes, own);
      return new Map([[EPOCH_REF, at]]);
    };
    try {
      return (await swapRemoteRefs(this.#scene.remote, refs, edits)) ? at : undefined;
    } catch (error) {
      // Garbage was collected there.
      if (error instanceof DoltError && error.kind === 'conflict') return undefined;
      throw error;
    }
  }

  async #pause(attempt: number): Promise<void> {
    const { timers, random } = this.#scene.repository.environment;
    const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 16));
    await timers.sleep(most * (0.5 + random() / 2));
  }

  #edits(local: Refs, warnings: string[]): RefEdits {
    const { repository, target, settings } = this.#scene;
    if (this.#refs === undefined || this.#epoch === undefined) throw new AssertionError('prepared');
    const joined = { epoch: this.#epoch.epoch, at: this.#epochAt };
    const edits = new Map<RefName, Address | undefined>();
    if (this.#change === 'demote' || !this.#isPrimary) {
      const whole: ReplicationSettings = { ...settings, heads: [], allHeads: true, forcePull: true, skipErrors: false };
      const record = new FollowedRecord(repository, target, whole, local, warnings, this.#purpose());
      for (const [ref, value] of record.follow(wantedOf(this.#refs), this.#refs, undefined)) edits.set(ref, value);
      // What they spoke of has landed and was followed, or never will.
      for (const [ref, value] of intentEdits(repository.nodes, local, [])) edits.set(ref, value);
    }
    // A fenced server that becomes a replica stays fenced until it is promoted or joins.
    if (this.#change !== 'demote') edits.set(...joinedEdit(repository, target, joined));
    else if (hasClaim(repository, target))
      edits.set(...joinedEdit(repository, target, withoutClaim(repository, target)));
    return edits;
  }

  #purpose(): FollowPurpose {
    const { settings, target } = this.#scene;
    return settings.replicateToRemote === target.name ? 'demotion' : 'promotion';
  }
}

/** All branches and tags. */
const wantedOf = (refs: RemoteRefs): ReadonlyMap<RefName, Address> =>
  new Map([...refs.entries(HEADS), ...refs.entries(TAGS)]);
