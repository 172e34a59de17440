/**
 * The replica's half: before a transaction takes its snapshot, the remote is asked whether it moved, and what moved is
 * pulled and applied as one local record, so that a transaction sees one state of all branches.
 *
 * A read may use only a check that started after the read arrived: then it sees everything that was acknowledged before
 * it was asked. One check runs, one waits, and whoever arrives shares the one that waits. An unmoved remote costs one look
 * at its root; nothing is written.
 */
import type { Address } from '../base/address.ts';
import { openRemote } from '../remote/open-remote.ts';
import { type RemoteRefs, readRemoteRefs } from '../remote/remote-refs.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { downloadMissing } from '../remote/transfer.ts';
import { isAncestor, readCommit, writeCommit } from '../repo/commit.ts';
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
import { basesEdit, type RemoteBases, readBases } from '../repo/remote-bases.ts';
import type { Repository } from '../repo/repository.ts';
import { type Steps, waitFor } from '../repo/steps.ts';
import { cleanWorkingSet, writeWorkingSet } from '../repo/working-set.ts';
import { UNREPLICATED } from './primary.ts';
import {
  RemoteNotConfiguredError,
  ReplicaReadOnlyError,
  ReplicationError,
  ReplicaUnreachableError,
  reason,
} from './replication-errors.ts';
import { checkReplicaSettings, headPattern, type ReplicationSettings } from './settings.ts';

interface Target {
  readonly name: string;
  readonly url: string;
}

/** How long a check of an unreachable remote may take before the read fails. */
const CHECK_TIMEOUT_MS = 1_000;

export class Replica {
  readonly #repository: Repository;
  readonly #settings: () => ReplicationSettings;
  #remote: { readonly url: string; readonly store: RemoteStore } | undefined;
  #running: Promise<readonly string[]> | undefined;
  #waiting: Promise<readonly string[]> | undefined;
  #lastSuccess: number | undefined;
  #lastError: string | undefined;

  constructor(repository: Repository, settings: () => ReplicationSettings) {
    this.#repository = repository;
    this.#settings = settings;
  }

  /** Pulls where this is a replica; answers warnings. Throws when the read may not go on. */
  *beforeTransaction(): Steps<readonly string[]> {
    const settings = this.#settings();
    if (settings.readReplicaRemote === '') return [];
    try {
      checkReplicaSettings(settings);
      return yield* waitFor(this.#check());
    } catch (error) {
      this.#lastError = reason(error);
      if (settings.skipErrors && error instanceof ReplicationError) return [error.message];
      throw error;
    }
  }

  /** Throws `ReplicaReadOnlyError` for a branch that is replicated here. */
  assertWritable(branch: string): void {
    const settings = this.#settings();
    if (settings.readReplicaRemote === '') return;
    const ref = branchRef(branch);
    const { refs } = this.#bases(this.#target(settings));
    if (refs.has(ref) || this.#isWanted(ref, settings))
      throw new ReplicaReadOnlyError(branch, settings.readReplicaRemote);
  }

  status(): { readonly lastSuccess: number | undefined; readonly lastError: string | undefined } {
    return { lastSuccess: this.#lastSuccess, lastError: this.#lastError };
  }

  close(): void {
    this.#remote?.store.close();
    this.#remote = undefined;
  }

  /** Joins the check that has not started yet, or starts one. */
  #check(): Promise<readonly string[]> {
    if (!this.#running) {
      this.#running = this.#pull().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    const running = this.#running;
    this.#waiting ??= running
      .catch(() => [])
      .then(() => {
        this.#waiting = undefined;
        return this.#check();
      });
    return this.#waiting;
  }

  #target(settings: ReplicationSettings): Target {
    const remote = this.#repository.state().remotes.get(settings.readReplicaRemote);
    if (!remote) throw new RemoteNotConfiguredError(settings.readReplicaRemote);
    return { name: remote.name, url: remote.url };
  }

  #bases({ name, url }: Target): RemoteBases {
    return readBases(this.#repository.nodes, this.#repository.refs(), name, url);
  }

  #store({ url }: Target): RemoteStore {
    if (this.#remote?.url !== url) {
      this.#remote?.store.close();
      this.#remote = { url, store: openRemote(this.#repository.environment, url) };
    }
    return this.#remote.store;
  }

  async #pull(): Promise<readonly string[]> {
    const settings = this.#settings();
    const target = this.#target(settings);
    const { version, refs } = await this.#ask(target, settings);
    const warnings: string[] = [];
    if (refs !== undefined) {
      const wanted = this.#wanted(refs, target, settings, warnings);
      await this.#download(target, [...wanted.values()]);
      this.#repository.update((local) => this.#apply(local, refs, wanted, target, settings, version, warnings));
    }
    this.#lastSuccess = this.#repository.environment.clock.now();
    this.#lastError = undefined;
    return warnings;
  }

  /** The remote's version, and its refs when it moved since the last pull with these settings. */
  async #ask(
    target: Target,
    settings: ReplicationSettings,
  ): Promise<{ version: string; refs: RemoteRefs | undefined }> {
    const cancel = new AbortController();
    const late = this.#repository.environment.timers.sleep(CHECK_TIMEOUT_MS, cancel.signal).then(
      () => Promise.reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)),
      () => new Promise<never>(() => {}),
    );
    try {
      const remote = this.#store(target);
      const { version: stored } = await Promise.race([remote.root(), late]);
      const version = `${stored} ${settings.allHeads ? '*' : settings.heads.join(',')}`;
      if (this.#bases(target).pulled === version) return { version, refs: undefined };
      const refs = await readRemoteRefs(remote);
      return { version, refs };
    } catch (error) {
      throw new ReplicaUnreachableError(target.name, target.url, error);
    } finally {
      cancel.abort();
    }
  }

  async #download(target: Target, commits: readonly Address[]): Promise<void> {
    const missing = commits.filter((commit) => !this.#repository.chunks.has(commit));
    if (missing.length === 0) return;
    try {
      await downloadMissing(this.#store(target), this.#repository, missing);
    } catch (error) {
      throw new ReplicaUnreachableError(target.name, target.url, error);
    }
  }

  #isWanted(ref: RefName, { allHeads, heads }: ReplicationSettings): boolean {
    if (ref.startsWith(UNREPLICATED)) return false;
    if (allHeads) return false;
    const branch = ref.slice(HEADS.length);
    return heads.some((head) => headPattern(head)?.test(branch) ?? head === branch);
  }

  /** The remote's refs that are replicated here. Throws for a branch that was named and is not there. */
  #wanted(
    refs: RemoteRefs,
    target: Target,
    settings: ReplicationSettings,
    warnings: string[],
  ): ReadonlyMap<RefName, Address> {
    const wanted = new Map<RefName, Address>();
    for (const [ref, address] of refs.entries(HEADS)) {
      if (settings.allHeads || this.#isWanted(ref, settings)) wanted.set(ref, address);
    }
    if (settings.allHeads) {
      for (const [ref, address] of refs.entries(TAGS)) wanted.set(ref, address);
      return wanted;
    }
    for (const head of settings.heads) {
      const pattern = headPattern(head);
      if (pattern) {
        if (![...wanted.keys()].some((ref) => pattern.test(ref.slice(HEADS.length)))) {
          warnings.push(`dolt_replicate_heads: no branch of remote '${target.name}' matches '${head}'`);
        }
      } else if (!wanted.has(branchRef(head))) {
        const text = `unable to find branch '${head}' on remote '${target.name}', which dolt_replicate_heads names`;
        if (!settings.skipErrors) throw new ReplicationError('notFound', text);
        warnings.push(text);
      }
    }
    return wanted;
  }

  /** The edits that make this replica what the remote is. */
  #apply(
    local: Refs,
    remote: RemoteRefs,
    wanted: ReadonlyMap<RefName, Address>,
    target: Target,
    settings: ReplicationSettings,
    version: string,
    warnings: string[],
  ): RefEdits {
    const edits = new Map<RefName, Address | undefined>();
    const { refs: bases } = readBases(this.#repository.nodes, local, target.name, target.url);
    let isComplete = true;
    const followed = new Map<RefName, Address>();
    for (const [ref, theirs] of wanted) {
      const ours = local.get(ref);
      if (ref.startsWith(TAGS)) {
        if (ours !== theirs) edits.set(ref, theirs);
        followed.set(ref, theirs);
        continue;
      }
      if (ours !== undefined && !bases.has(ref) && !this.#isWithin(ours, theirs)) {
        throw new ReplicationError(
          'conflict',
          `branch '${ref.slice(HEADS.length)}' is local here and also on remote '${target.name}', which it would be replicated from; rename or delete the local one`,
        );
      }
      if (ours !== undefined && !settings.forcePull && !this.#isWithin(ours, theirs)) {
        const text = `branch '${ref.slice(HEADS.length)}' diverged: ${ours} here, ${theirs} on remote '${target.name}', and dolt_read_replica_force_pull is 0`;
        if (!settings.skipErrors) throw new ReplicationError('conflict', text);
        warnings.push(text);
        isComplete = false;
        followed.set(ref, bases.get(ref) ?? theirs);
        continue;
      }
      this.#follow(local, ref, ours, theirs, bases.get(ref), edits);
      followed.set(ref, theirs);
    }
    for (const ref of bases.keys()) {
      if (followed.has(ref)) continue;
      if (settings.allHeads || this.#isWanted(ref, settings)) this.#forget(local, ref, edits);
    }
    this.#moveTracking(local, remote, wanted, target, settings, edits);
    const pulled = isComplete ? version : undefined;
    edits.set(...basesEdit(this.#repository.nodes, target.name, { url: target.url, refs: followed, pulled }));
    return edits;
  }

  #isWithin(a: Address, b: Address): boolean {
    const { chunks, nodes } = this.#repository;
    return a === b || (chunks.has(a) && chunks.has(b) && isAncestor(nodes, a, b));
  }

  /** Moves a branch with a clean working set; what was only here is kept on a branch below `unreplicated/`. */
  #follow(
    local: Refs,
    ref: RefName,
    ours: Address | undefined,
    theirs: Address,
    base: Address | undefined,
    edits: Map<RefName, Address | undefined>,
  ): void {
    const branch = ref.slice(HEADS.length);
    if (ours === theirs) return;
    if (ours !== undefined) this.#keepLocalWork(local, branch, ours, theirs, base, edits);
    const { nodes, environment } = this.#repository;
    const { author } = readCommit(nodes, theirs);
    const meta = { ...author, description: 'pull', seconds: Math.trunc(environment.clock.now() / 1000) };
    edits.set(ref, theirs);
    edits.set(
      workingSetRef(branch),
      writeWorkingSet(nodes, cleanWorkingSet(this.#repository.rootOfCommit(theirs)), meta),
    );
  }

  #keepLocalWork(
    local: Refs,
    branch: string,
    ours: Address,
    theirs: Address,
    base: Address | undefined,
    edits: Map<RefName, Address | undefined>,
  ): void {
    const { nodes, environment } = this.#repository;
    const { working } = this.#repository.workingSet(branch, local);
    const head = readCommit(nodes, ours);
    const isDirty = working.address !== head.root;
    const hasOwnCommits = base !== undefined && ours !== base && !this.#isWithin(ours, theirs);
    if (!isDirty && !hasOwnCommits) return;
    const now = environment.clock.now();
    const kept = isDirty
      ? writeCommit(nodes, working.address, [ours], {
          author: head.author,
          committer: head.author,
          authorDate: now,
          committerDate: now,
          message: `Local changes of replica branch '${branch}', found when it was pulled`,
        })
      : ours;
    const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
    edits.set(`${UNREPLICATED}${stamp}/${branch}`, kept);
    environment.logger.warn(`local changes of '${branch}' were kept on branch 'unreplicated/${stamp}/${branch}'`);
  }

  /** The remote deleted it. */
  #forget(local: Refs, ref: RefName, edits: Map<RefName, Address | undefined>): void {
    if (local.get(ref) === undefined) return;
    edits.set(ref, undefined);
    if (ref.startsWith(HEADS)) edits.set(workingSetRef(ref.slice(HEADS.length)), undefined);
  }

  /** Remote-tracking refs of what is replicated follow; with all heads, those that are gone are pruned. */
  #moveTracking(
    local: Refs,
    remote: RemoteRefs,
    wanted: ReadonlyMap<RefName, Address>,
    { name }: Target,
    settings: ReplicationSettings,
    edits: Map<RefName, Address | undefined>,
  ): void {
    for (const [ref, theirs] of wanted) {
      if (ref.startsWith(HEADS)) edits.set(trackingRef(name, ref.slice(HEADS.length)), theirs);
    }
    if (!settings.allHeads) return;
    const prefix = `${REMOTES}${name}/`;
    for (const [ref] of local.entries(prefix)) {
      if (remote.get(branchRef(ref.slice(prefix.length))) === undefined) edits.set(ref, undefined);
    }
  }
}
