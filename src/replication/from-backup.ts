/**
 * How one repository takes over what a backup of the primary holds, where the remote cannot be asked:
 *
 *     read the backup ─▶ fetch what it names ─▶ apply(): one local record, with the claim of an epoch (epoch-claim.ts)
 *
 * For each branch the commits decide: what is ahead is taken; a branch that went two ways stays as it was shown here, and the
 * backup's is kept aside; what only one side has stands. Uncommitted changes come along with a branch that is taken.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { randomId } from '../base/random-id.ts';
import { type RemoteRefs, readRemoteRefs } from '../remote/remote-refs.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { downloadMissing } from '../remote/transfer.ts';
import { readCommit } from '../repo/commit.ts';
import { mergeBase } from '../repo/merge-base.ts';
import { HEADS, type RefEdits, type RefName, type Refs, TAGS, workingSetRef } from '../repo/refs.ts';
import { BASES_REFS, parseBases } from '../repo/remote-bases.ts';
import type { Repository } from '../repo/repository.ts';
import { readWorkingSet, type WorkingSet } from '../repo/working-set.ts';
import { JOINED_REFS, type Joined, joinedEdit, joinedEpoch, parseJoined } from './epoch.ts';
import { FollowedRecord, isClean, type Recovered } from './followed.ts';
import { intentEdits } from './intents.ts';
import { basesOf, isReplicated, isWithin, seen, type Target } from './queue.ts';
import { readRemoteDocument } from './remote-document.ts';
import type { ReplicationSettings } from './settings.ts';
import { updateWarned } from './warned-update.ts';

export interface RecoveryScene {
  readonly repository: Repository;
  /** The remote that was followed. */
  readonly followed: Target;
  /** The remote whose primary this becomes. */
  readonly target: Target;
  readonly backup: RemoteStore;
  readonly settings: ReplicationSettings;
}

/** What whoever made the backup knew of the epochs of one remote. */
interface MakersEpoch {
  readonly isOfTarget: boolean;
  readonly joined: Joined;
}

export class PreparedRecovery {
  readonly #scene: RecoveryScene;
  /** The backup's branches and tags, and its branches' working sets. */
  readonly #heads: ReadonlyMap<RefName, Address>;
  readonly #workingSets: ReadonlyMap<RefName, Address>;
  /** What its maker knew of the remote. */
  readonly #bases: ReadonlyMap<RefName, Address>;
  readonly #joined: readonly MakersEpoch[];

  private constructor(
    scene: RecoveryScene,
    backup: RemoteRefs,
    bases: ReadonlyMap<RefName, Address>,
    joined: readonly MakersEpoch[],
  ) {
    this.#scene = scene;
    this.#heads = new Map([...backup.entries(HEADS), ...backup.entries(TAGS)].filter(([ref]) => isReplicated(ref)));
    this.#workingSets = workingSetsOf(backup, this.#heads.keys());
    this.#bases = bases;
    this.#joined = joined;
  }

  /** Throws when the backup cannot be read, is empty, or is of another database: then nothing changed here. */
  static async prepare(scene: RecoveryScene): Promise<PreparedRecovery> {
    const { backup, repository } = scene;
    const refs = await readRemoteRefs(backup);
    if (refs.root === EMPTY_ADDRESS) throw new DoltError('notFound', `there is no backup at ${backup.url}`);
    const prepared = new PreparedRecovery(scene, refs, await readBases(scene, refs), await readJoined(scene, refs));
    await prepared.#download();
    prepared.#assertRelated(repository.refs());
    return prepared;
  }

  /** One durable record. Answers what to tell the user. */
  apply(): readonly string[] {
    return updateWarned(this.#scene.repository, (local, warnings) => this.#edits(local, warnings));
  }

  async #download(): Promise<void> {
    const { repository, backup } = this.#scene;
    const named = [...this.#heads.values(), ...this.#workingSets.values()];
    const missing = named.filter((address) => !repository.chunks.has(address));
    if (missing.length > 0) await downloadMissing(backup, repository, missing);
  }

  #assertRelated(local: Refs): void {
    const { repository, backup } = this.#scene;
    for (const [ref, theirs] of this.#heads) {
      const ours = ref.startsWith(HEADS) ? this.#shown(local, ref) : undefined;
      if (ours === undefined || mergeBase(repository.nodes, ours, theirs) !== undefined) continue;
      const branch = ref.slice(HEADS.length);
      throw new DoltError(
        'conflict',
        `the backup at ${backup.url} is of another database: its branch '${branch}' has no history in common with the one here`,
      );
    }
  }

  /** What this replica showed of a ref. */
  #shown(local: Refs, ref: RefName): Address | undefined {
    const { repository, followed } = this.#scene;
    const base = basesOf(repository, local, followed).refs.get(ref);
    return base ?? seen(repository, local, followed, ref, local.get(ref));
  }

  #edits(local: Refs, warnings: string[]): RefEdits {
    const { repository, followed, target, settings } = this.#scene;
    const record = new FollowedRecord(repository, followed, settings, local, warnings, 'promotion');
    const isSame = followed.name === target.name;
    // The maker's bases are of the remote that was followed; of another one nothing is known.
    const added = Array.from(this.#bases).filter(
      ([ref, base]) =>
        isSame && this.#shown(local, ref) === undefined && this.#heads.has(ref) && repository.chunks.has(base),
    );
    return new Map([
      ...record.recover(this.#recovered(local), new Map(added)),
      ...intentEdits(repository.nodes, local, []),
      joinedEdit(repository, target, this.#claim(local)),
    ]);
  }

  #recovered(local: Refs): Recovered {
    const { repository } = this.#scene;
    const taken = new Map<RefName, Address>();
    const workingSets = new Map<RefName, Address>();
    const aside = new Map<RefName, Address>();
    const dirty = new Map<RefName, { head: Address; workingSet: WorkingSet }>();
    // Own work on a branch that the backup lacks is kept aside too.
    for (const ref of basesOf(repository, local, this.#scene.followed).refs.keys()) {
      const ours = this.#shown(local, ref);
      if (ours !== undefined) taken.set(ref, ours);
    }
    for (const [ref, theirs] of this.#heads) {
      const ours = this.#shown(local, ref);
      const isAhead =
        ours === undefined || (ref.startsWith(TAGS) ? ours === theirs : isWithin(repository, ours, theirs));
      if (isAhead) taken.set(ref, theirs);
      else {
        taken.set(ref, ours);
        if (ref.startsWith(TAGS) || !isWithin(repository, theirs, ours)) aside.set(ref, theirs);
      }
      const at = this.#workingSets.get(ref);
      if (at === undefined) continue;
      const workingSet = readWorkingSet(repository.nodes, at);
      if (isClean(workingSet, readCommit(repository.nodes, theirs).root) && workingSet.merge === undefined) continue;
      if (isAhead) workingSets.set(ref, at);
      else dirty.set(ref, { head: theirs, workingSet });
    }
    return { taken, workingSets, aside, dirty };
  }

  #claim(local: Refs): Joined {
    const { repository, followed, target } = this.#scene;
    const { environment } = repository;
    const own = [followed, target].map((remote) => ({
      isOfTarget: remote.name === target.name,
      joined: joinedEpoch(repository, remote, local),
    }));
    const known = [...own, ...this.#joined];
    const epochs = known.map(({ isOfTarget, joined }) => (isOfTarget ? joined.epoch : 0));
    const over = new Set([undefined, ...known.flatMap(({ joined }) => [joined.at, joined.seen])]);
    const nonce = randomId(environment.random);
    const claim = { server: environment.hostName ?? 'localhost', nonce, over: [...over] };
    return { epoch: Math.max(...epochs), at: undefined, claim };
  }
}

function workingSetsOf(backup: RemoteRefs, refs: Iterable<RefName>): ReadonlyMap<RefName, Address> {
  const found = new Map<RefName, Address>();
  for (const ref of refs) {
    const at = ref.startsWith(HEADS) ? backup.get(workingSetRef(ref.slice(HEADS.length))) : undefined;
    if (at !== undefined) found.set(ref, at);
  }
  return found;
}

/** The primary may call the remote by another name, or get at it by another URL. */
const isOf = (prefix: RefName, ref: RefName, url: string, remote: Target): boolean =>
  ref.slice(prefix.length) === remote.name || url === remote.url;

async function readBases(
  { backup, followed }: RecoveryScene,
  refs: RemoteRefs,
): Promise<ReadonlyMap<RefName, Address>> {
  for (const [ref, at] of refs.entries(BASES_REFS)) {
    const bases = parseBases(await readRemoteDocument(backup, ref, at));
    if (isOf(BASES_REFS, ref, bases.url, followed)) return bases.refs;
  }
  return new Map();
}

async function readJoined({ backup, target }: RecoveryScene, refs: RemoteRefs): Promise<readonly MakersEpoch[]> {
  const found: MakersEpoch[] = [];
  for (const [ref, at] of refs.entries(JOINED_REFS)) {
    const { url, joined } = parseJoined(await readRemoteDocument(backup, ref, at));
    found.push({ isOfTarget: isOf(JOINED_REFS, ref, url, target), joined });
  }
  return found;
}
