/**
 * What a replica makes of the refs that it pulled, as edits of one record: replicated branches and tags become what the
 * remote has, deletions too, with clean working sets; tracking refs follow. What stood here and nowhere else is kept on
 * branches below `unreplicated/`; branches that are only local are not touched.
 */
import type { Address } from '../base/address.ts';
import type { RemoteRefs } from '../remote/remote-refs.ts';
import { readCommit, writeCommit } from '../repo/commit.ts';
import {
  branchRef,
  HEADS,
  REMOTES,
  type RefEdits,
  type RefName,
  type Refs,
  TAGS,
  trackingRef,
  workingSetRef,
} from '../repo/refs.ts';
import { basesEdit, withBases } from '../repo/remote-bases.ts';
import type { Repository } from '../repo/repository.ts';
import { cleanWorkingSet, type WorkingSet, writeWorkingSet } from '../repo/working-set.ts';
import { EPOCH_REF, joinedEdit, joinedEpoch } from './epoch.ts';
import { basesOf, isReplicated, isWithin, type Target, UNREPLICATED, UNREPLICATED_TAGS } from './queue.ts';
import { ReplicationError } from './replication-errors.ts';
import { followedEdits } from './server-id.ts';
import { namesBranch, type ReplicationSettings } from './settings.ts';

/** Why the remote is followed. */
export type FollowPurpose =
  /** A replica's pull. */
  | 'pull'
  /** To become a primary: branches of one name that are others on the remote are no obstacle, they are kept aside. */
  | 'promotion'
  /** A primary until now: what it has not pushed is kept aside, branches and tags that the remote lacks too. */
  | 'demotion';

/** What becomes of the branches and tags of a backup, by full name. */
export interface Recovered {
  /** These are taken over. */
  readonly taken: ReadonlyMap<RefName, Address>;
  /** With these working sets. */
  readonly workingSets: ReadonlyMap<RefName, Address>;
  /** These went another way than here. */
  readonly aside: ReadonlyMap<RefName, Address>;
  /** Uncommitted changes on top of a commit that is not the newest here. */
  readonly dirty: ReadonlyMap<RefName, { readonly head: Address; readonly workingSet: WorkingSet }>;
}

/** Nothing is changed or staged on a commit with this root. */
export const isClean = ({ working, staged }: WorkingSet, root: Address): boolean =>
  working.address === root && staged.address === root;

export class FollowedRecord {
  readonly #repository: Repository;
  readonly #target: Target;
  readonly #settings: ReplicationSettings;
  readonly #local: Refs;
  readonly #warnings: string[];
  readonly #purpose: FollowPurpose;
  readonly #bases: ReadonlyMap<RefName, Address>;
  readonly #edits = new Map<RefName, Address | undefined>();

  constructor(
    repository: Repository,
    target: Target,
    settings: ReplicationSettings,
    local: Refs,
    warnings: string[],
    purpose: FollowPurpose = 'pull',
  ) {
    this.#repository = repository;
    this.#target = target;
    this.#settings = settings;
    this.#local = local;
    this.#warnings = warnings;
    this.#purpose = purpose;
    this.#bases = basesOf(repository, local, target).refs;
  }

  /**
   * The edits that make this replica what the remote is; `version` is remembered as what was pulled. Throws where that would
   * discard what is only here.
   */
  follow(wanted: ReadonlyMap<RefName, Address>, remote: RemoteRefs, version: string | undefined): RefEdits {
    const followed = new Map<RefName, Address>();
    let isComplete = true;
    for (const [ref, theirs] of wanted) {
      const obstacle = ref.startsWith(TAGS) ? this.#tagObstacle(ref, theirs) : this.#obstacle(ref, theirs);
      if (obstacle !== undefined) {
        if (!this.#settings.skipErrors) throw new ReplicationError('conflict', obstacle);
        this.#warnings.push(obstacle);
        isComplete = false;
        const base = this.#bases.get(ref);
        if (base !== undefined) followed.set(ref, base);
        continue;
      }
      if (ref.startsWith(TAGS)) this.#moveTag(ref, theirs);
      else this.#moveBranch(ref, theirs);
      followed.set(ref, theirs);
    }
    for (const ref of this.#bases.keys()) {
      if (wanted.has(ref)) continue;
      if (this.#settings.allHeads || (ref.startsWith(HEADS) && namesBranch(this.#settings, ref.slice(HEADS.length)))) {
        this.#forget(ref);
      }
    }
    if (this.#purpose === 'demotion') this.#setAsideUnpushed(wanted);
    this.#moveTracking(wanted, remote);
    this.#seeEpoch(remote);
    const pulled = isComplete ? version : undefined;
    const { name, url } = this.#target;
    this.#edits.set(...basesEdit(this.#repository.nodes, name, { url, refs: followed, pulled }));
    if (isComplete && this.#settings.allHeads) {
      for (const [ref, value] of followedEdits(this.#repository, this.#local)) this.#edits.set(ref, value);
    }
    return this.#edits;
  }

  /**
   * The edits that make this repository what a backup of the primary holds, where that is ahead; `bases` are what the remote was
   * known to have of branches and tags that are new here. The remote itself was not asked, so tracking refs stay.
   */
  recover(recovered: Recovered, bases: ReadonlyMap<RefName, Address>): RefEdits {
    for (const [ref, value] of recovered.taken) {
      if (ref.startsWith(TAGS)) this.#moveTag(ref, value);
      else this.#moveBranch(ref, value);
      const workingSet = recovered.workingSets.get(ref);
      if (workingSet !== undefined) this.#edits.set(workingSetRef(ref.slice(HEADS.length)), workingSet);
    }
    for (const [ref, value] of recovered.aside) {
      if (ref.startsWith(TAGS)) this.#keepTag(ref, value);
      else this.#keepAside(ref, value, undefined, 'commits that the backup has');
    }
    for (const [ref, { head, workingSet }] of recovered.dirty) {
      this.#keepAside(ref, head, workingSet, 'uncommitted changes that the backup has');
    }
    const own = basesOf(this.#repository, this.#local, this.#target);
    this.#edits.set(...basesEdit(this.#repository.nodes, this.#target.name, withBases(own, bases)));
    return this.#edits;
  }

  /** Why a tag cannot. */
  #tagObstacle(ref: RefName, theirs: Address): string | undefined {
    if (this.#purpose !== 'pull') return undefined;
    const ours = this.#local.get(ref);
    if (ours === undefined || ours === theirs || this.#bases.has(ref)) return undefined;
    const tag = ref.slice(TAGS.length);
    return `tag '${tag}' is local here and another on remote '${this.#target.name}', which it would be replicated from; delete the local one`;
  }

  /** Why a branch cannot follow the remote's. */
  #obstacle(ref: RefName, theirs: Address): string | undefined {
    if (this.#purpose !== 'pull') return undefined;
    const ours = this.#local.get(ref);
    if (ours === undefined || isWithin(this.#repository, ours, theirs)) return undefined;
    const branch = ref.slice(HEADS.length);
    const { name } = this.#target;
    if (!this.#bases.has(ref) && !this.#isClone(branch, ours)) {
      return `branch '${branch}' is local here and also on remote '${name}', which it would be replicated from; rename or delete the local one`;
    }
    if (this.#settings.forcePull) return undefined;
    return `branch '${branch}' diverged: ${ours} here, ${theirs} on remote '${name}', and dolt_read_replica_force_pull is 0`;
  }

  /** Nothing but what the remote had: a clone that the original made, which knows no bases. */
  #isClone(branch: string, ours: Address): boolean {
    const tracked = this.#local.get(trackingRef(this.#target.name, branch));
    return tracked !== undefined && isWithin(this.#repository, ours, tracked);
  }

  #moveTag(ref: RefName, theirs: Address): void {
    const ours = this.#local.get(ref);
    if (this.#purpose !== 'pull' && ours !== undefined && ours !== theirs && ours !== this.#bases.get(ref)) {
      this.#keepTag(ref, ours);
    }
    this.#edits.set(ref, theirs);
  }

  #keepTag(ref: RefName, ours: Address): void {
    const tag = ref.slice(TAGS.length);
    const name = this.#freeName(UNREPLICATED_TAGS, tag, this.#repository.environment.clock.now());
    this.#edits.set(name, ours);
    this.#warnings.push(`tag '${tag}' was kept as '${name.slice(TAGS.length)}'`);
  }

  /** Branches and tags that were made here and never pushed: under their own names they would be pushed after all. */
  #setAsideUnpushed(wanted: ReadonlyMap<RefName, Address>): void {
    const isUnpushed = (ref: RefName): boolean => isReplicated(ref) && !this.#bases.has(ref) && !wanted.has(ref);
    for (const [ref] of this.#local.entries(HEADS)) if (isUnpushed(ref)) this.#forget(ref);
    for (const [ref, ours] of this.#local.entries(TAGS)) {
      if (!isUnpushed(ref)) continue;
      this.#keepTag(ref, ours);
      this.#edits.set(ref, undefined);
    }
  }

  #moveBranch(ref: RefName, theirs: Address): void {
    const { nodes, environment } = this.#repository;
    const branch = ref.slice(HEADS.length);
    const ours = this.#local.get(ref);
    const isKept = this.#keepLocalWork(ref, theirs);
    if (ours === theirs && !isKept) return;
    const { author } = readCommit(nodes, theirs);
    const meta = { ...author, description: 'pull', seconds: Math.trunc(environment.clock.now() / 1000) };
    const workingSet = cleanWorkingSet(this.#repository.rootOfCommit(theirs));
    this.#edits.set(ref, theirs);
    this.#edits.set(workingSetRef(branch), writeWorkingSet(nodes, workingSet, meta));
  }

  /** The remote deleted it. */
  #forget(ref: RefName): void {
    if (this.#local.get(ref) === undefined) return;
    if (ref.startsWith(HEADS)) {
      this.#keepLocalWork(ref, undefined);
      this.#edits.set(workingSetRef(ref.slice(HEADS.length)), undefined);
    }
    this.#edits.set(ref, undefined);
  }

  /** Puts commits and changes that are only here on a branch of their own; was there something? */
  #keepLocalWork(ref: RefName, theirs: Address | undefined): boolean {
    const ours = this.#local.get(ref);
    if (ours === undefined) return false;
    const workingSet = this.#repository.workingSet(ref.slice(HEADS.length), this.#local);
    const isDirty = !isClean(workingSet, readCommit(this.#repository.nodes, ours).root);
    const base = this.#bases.get(ref);
    const isOwn = base === undefined ? this.#purpose !== 'pull' : !isWithin(this.#repository, ours, base);
    const isLost = isOwn && (theirs === undefined || !isWithin(this.#repository, ours, theirs));
    if (!isDirty && !isLost) return false;
    this.#keepAside(ref, ours, isDirty ? workingSet : undefined, 'local changes');
    return true;
  }

  /** Puts a commit, or a working set on top of it, on a branch of its own, and says so. */
  #keepAside(ref: RefName, head: Address, workingSet: WorkingSet | undefined, what: string): void {
    const { nodes, environment } = this.#repository;
    const branch = ref.slice(HEADS.length);
    const now = environment.clock.now();
    const { author } = readCommit(nodes, head);
    const dates = { authorDate: now, committerDate: now };
    const message = `Local changes of replica branch '${branch}', found when it was pulled`;
    const kept =
      workingSet === undefined
        ? head
        : writeCommit(nodes, workingSet.working.address, [head], { author, committer: author, ...dates, message });
    const name = this.#freeName(UNREPLICATED, branch, now);
    this.#edits.set(name, kept);
    this.#warnings.push(`${what} of '${branch}' were kept on branch '${name.slice(HEADS.length)}'`);
  }

  #freeName(prefix: string, branch: string, now: number): RefName {
    const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
    const host = (this.#repository.environment.hostName ?? 'localhost').replace(/[^\w-]+/g, '-');
    for (let n = 1; ; n++) {
      const name = `${prefix}${host}/${stamp}${n === 1 ? '' : `-${n}`}/${branch}`;
      if (this.#local.get(name) === undefined && !this.#edits.has(name)) return name;
    }
  }

  /** Remembers which epoch the remote is in: who takes over without it has to know. */
  #seeEpoch(remote: RemoteRefs): void {
    const joined = joinedEpoch(this.#repository, this.#target, this.#local);
    const seen = remote.get(EPOCH_REF);
    if (joined.seen !== seen) this.#edits.set(...joinedEdit(this.#repository, this.#target, { ...joined, seen }));
  }

  /** Remote-tracking refs of what is replicated follow; with all heads, those that are gone are pruned. */
  #moveTracking(wanted: ReadonlyMap<RefName, Address>, remote: RemoteRefs): void {
    const { name } = this.#target;
    for (const [ref, theirs] of wanted) {
      if (ref.startsWith(HEADS)) this.#edits.set(trackingRef(name, ref.slice(HEADS.length)), theirs);
    }
    const prefix = `${REMOTES}${name}/`;
    for (const [ref] of this.#local.entries(prefix)) {
      const branch = ref.slice(prefix.length);
      const isFollowed = this.#settings.allHeads || namesBranch(this.#settings, branch);
      if (isFollowed && remote.get(branchRef(branch)) === undefined) this.#edits.set(ref, undefined);
    }
  }
}
