/**
 * The replica's half: before a transaction takes its snapshot, the remote is asked whether it moved, and what moved is
 * pulled and applied as one local record, so that a transaction sees one state of all branches.
 *
 * A read may use only a check that started after the read arrived: then it sees everything that was acknowledged before
 * it was asked. One check runs, one waits, and whoever arrives shares the one that waits. An unmoved remote costs one look
 * at its root; nothing is written.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { DiskError } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { askingAs } from '../remote/open-remote.ts';
import { type RemoteRefs, readRemoteRefs } from '../remote/remote-refs.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { downloadMissing } from '../remote/transfer.ts';
import { readCommit } from '../repo/commit.ts';
import { HEADS, type RefName, type Refs } from '../repo/refs.ts';
import type { RoleStatus } from '../repo/replication-status.ts';
import type { Repository } from '../repo/repository.ts';
import { type Steps, waitUnlessEnded } from '../repo/steps.ts';
import { remoteAt } from '../repo/upstream.ts';
import { answeringRemote } from './answering-remote.ts';
import { withDeadline } from './deadline.ts';
import { FollowedRecord } from './followed.ts';
import { commitsBetween, Progress } from './progress.ts';
import { basesOf, type Target } from './queue.ts';
import {
  RemoteEmptyError,
  RemoteNotConfiguredError,
  ReplicaLockedError,
  ReplicaReadOnlyError,
  ReplicaUnreachableError,
} from './replication-errors.ts';
import type { ReplicationScene } from './scene.ts';
import { replicaId } from './server-id.ts';
import { checkReplicaSettings, namesBranch, type ReplicationSettings } from './settings.ts';
import { wantedRefs } from './wanted-refs.ts';

/** How long a check of an unreachable remote may take before the read fails. */
const CHECK_TIMEOUT_MS = 1_000;
/** How long a read waits for it where the remote was unreachable before and errors are skipped. */
const PROBE_WAIT_MS = 50;

export class Replica {
  readonly #repository: Repository;
  readonly #settings: () => ReplicationSettings;
  readonly #scene: ReplicationScene;
  #remote: { readonly url: string; readonly store: RemoteStore } | undefined;
  #running: Promise<readonly string[]> | undefined;
  #waiting: Promise<readonly string[]> | undefined;
  /** The root of the local store at which replicated branches were found to be as they were pulled. */
  #cleanRoot: Address | undefined;
  readonly #progress: Progress;
  /** Heads that did not follow the last pull, with what the remote has. */
  #differing: ReadonlyMap<RefName, Address> = new Map();
  #isUnreachable = false;

  constructor(repository: Repository, settings: () => ReplicationSettings, scene: ReplicationScene) {
    this.#repository = repository;
    this.#settings = settings;
    this.#scene = scene;
    this.#progress = new Progress(repository.environment.clock);
  }

  /** Pulls, and answers warnings; undefined where this is no replica. Throws when the read may not go on. */
  beforeTransaction(): Steps<readonly string[]> | undefined {
    const settings = this.#settings();
    return settings.readReplicaRemote === '' ? undefined : this.#pullFirst(settings);
  }

  *#pullFirst(settings: ReplicationSettings): Steps<readonly string[]> {
    let isLeft = false;
    try {
      checkReplicaSettings(settings);
      const check = this.#check();
      return yield* waitUnlessEnded(settings.skipErrors && this.#isUnreachable ? this.#atOnce(check) : check, () => {
        isLeft = true;
      });
    } catch (error) {
      if (isLeft) throw error;
      this.#progress.failed(error, error instanceof ReplicaUnreachableError);
      if (settings.skipErrors && error instanceof DoltError) return [error.message];
      throw error;
    }
  }

  /** Throws `ReplicaReadOnlyError` for a branch or tag that is replicated here. */
  assertWritable(ref: RefName): void {
    const settings = this.#settings();
    if (settings.readReplicaRemote === '') return;
    if (this.#isReplicated(ref, settings)) throw new ReplicaReadOnlyError(ref, settings.readReplicaRemote);
  }

  #isReplicated(ref: RefName, settings: ReplicationSettings): boolean {
    if (!settings.allHeads && settings.heads.length > 0) {
      return ref.startsWith(HEADS) && namesBranch(settings, ref.slice(HEADS.length));
    }
    const remote = this.#repository.state().remotes.get(settings.readReplicaRemote);
    return remote !== undefined && basesOf(this.#repository, this.#repository.refs(), remote).refs.has(ref);
  }

  /** Undefined where this is no replica. */
  status(): RoleStatus | undefined {
    const { readReplicaRemote } = this.#settings();
    const target = this.#repository.state().remotes.get(readReplicaRemote);
    if (target === undefined) return undefined;
    const refs = this.#repository.refs();
    const { nodes } = this.#repository;
    const heads = new Map([...basesOf(this.#repository, refs, target).refs, ...this.#differing]);
    const { lastSuccess, lastError } = this.#progress;
    return {
      ...{ role: 'replica', remote: target.name, queue: 0, lastSuccess, lastError },
      heads: Array.from(heads)
        .filter(([ref]) => ref.startsWith(HEADS))
        .map(([ref, remote]) => {
          const local = refs.get(ref);
          const commitsBehind = commitsBetween(nodes, remote, local);
          const millisecondsBehind = this.#progress.millisecondsBehind(ref);
          return { head: ref.slice(HEADS.length), local, remote, commitsBehind, millisecondsBehind };
        }),
    };
  }

  /** A store to read from, to be closed by who asks. */
  open(url: string): RemoteStore {
    const { environment } = this.#repository;
    const store = this.#scene.openRemote(environment, url, {
      ...askingAs(this.#repository, remoteAt(this.#repository.state(), url)),
      replica: () => replicaId(this.#repository),
      isPrompt: true,
    });
    return answeringRemote(store, environment.timers, () => this.#settings().timeoutMs);
  }

  close(): void {
    this.#remote?.store.close();
    this.#remote = undefined;
  }

  /** Local data now, with a warning, unless the remote answers right away; the check goes on by itself. */
  async #atOnce(check: Promise<readonly string[]>): Promise<readonly string[]> {
    const last = this.#progress.lastError ?? '';
    return await withDeadline(check, this.#repository.environment.timers, PROBE_WAIT_MS, () => [last]);
  }

  /** Joins the check that has not started yet, or starts one. */
  #check(): Promise<readonly string[]> {
    if (!this.#running) {
      this.#running = this.#repository.activity
        .during(() => this.#pull())
        .finally(() => {
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

  #store({ url }: Target): RemoteStore {
    if (this.#remote?.url !== url) {
      this.#remote?.store.close();
      this.#remote = { url, store: this.open(url) };
    }
    return this.#remote.store;
  }

  async #pull(): Promise<readonly string[]> {
    const settings = this.#settings();
    const target = this.#repository.state().remotes.get(settings.readReplicaRemote);
    if (!target) throw new RemoteNotConfiguredError(settings.readReplicaRemote);
    try {
      return await this.#follow(target, settings);
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'ELOCKED') throw error;
      // Another process writes here, perhaps just this: what it has pulled is as good.
      this.#repository.rebase();
      return await this.#follow(target, settings, new ReplicaLockedError(target.name, error));
    }
  }

  /** One check, and what it asks for; with `locked`, throws that where anything would have to be written. */
  async #follow(
    target: Target,
    settings: ReplicationSettings,
    locked?: ReplicaLockedError,
  ): Promise<readonly string[]> {
    const warnings: string[] = [];
    try {
      const { version, refs } = await this.#ask(target, settings);
      this.#isUnreachable = false;
      if (refs !== undefined) {
        const wanted = wantedRefs(refs, target, settings, warnings);
        const known = warnings.length;
        if (locked === undefined) await this.#download(target, [...wanted.values()]);
        const pulled = this.#repository.update((local) => {
          // It may run again, on newer refs.
          warnings.length = known;
          // Promoted meanwhile: what was read before that is past.
          if (this.#settings().readReplicaRemote !== target.name) return new Map();
          if (locked !== undefined && [...wanted].some(([ref, theirs]) => local.get(ref) !== theirs)) throw locked;
          const record = new FollowedRecord(this.#repository, target, settings, local, warnings);
          // With something to warn about, the next check looks at all of it again, and warns again.
          const edits = record.follow(wanted, refs, known === 0 ? version : undefined);
          if (locked !== undefined && [...edits].some(([ref, value]) => local.get(ref) !== value)) throw locked;
          return edits;
        });
        this.#differing = new Map([...wanted].filter(([ref, theirs]) => pulled.get(ref) !== theirs));
        this.#progress.differ(this.#differing.keys());
      }
    } catch (error) {
      if (error instanceof ReplicaUnreachableError) this.#isUnreachable = true;
      throw error;
    }
    this.#progress.succeeded();
    return warnings;
  }

  /** The remote's version, and its refs when something has to be pulled with these settings. */
  async #ask(
    target: Target,
    settings: ReplicationSettings,
  ): Promise<{ version: string; refs: RemoteRefs | undefined }> {
    const { clock, timers } = this.#repository.environment;
    const start = clock.monotonic();
    const answer = <T>(promise: Promise<T>): Promise<T> =>
      withDeadline(promise, timers, start + CHECK_TIMEOUT_MS - clock.monotonic(), () => {
        throw new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`);
      });
    try {
      const remote = this.#store(target);
      const root = await answer(remote.root());
      const version = `${root.version} ${settings.allHeads ? '*' : settings.heads.join(',')}`;
      const bases = basesOf(this.#repository, this.#repository.refs(), target);
      if (bases.pulled === version && this.#isAsPulled(this.#repository.refs(), bases.refs)) {
        return { version, refs: undefined };
      }
      if (root.root === EMPTY_ADDRESS && bases.refs.size > 0) throw new RemoteEmptyError(target.name, target.url);
      return { version, refs: await answer(readRemoteRefs(remote)) };
    } catch (error) {
      throw new ReplicaUnreachableError(target.name, target.url, error);
    }
  }

  /** Nobody changed replicated branches while this was no replica. */
  #isAsPulled(refs: Refs, bases: ReadonlyMap<string, Address>): boolean {
    if (this.#cleanRoot === refs.storeRoot) return true;
    const repository = this.#repository;
    for (const [ref, base] of bases) {
      if (refs.get(ref) !== base) return false;
      if (!ref.startsWith(HEADS)) continue;
      const { working, staged } = repository.workingSet(ref.slice(HEADS.length), refs);
      const { root } = readCommit(repository.nodes, base);
      if (working.address !== root || staged.address !== root) return false;
    }
    this.#cleanRoot = refs.storeRoot;
    return true;
  }

  async #download(target: Target, values: readonly Address[]): Promise<void> {
    const missing = values.filter((value) => !this.#repository.chunks.has(value));
    if (missing.length === 0) return;
    try {
      await downloadMissing(this.#store(target), this.#repository, missing);
    } catch (error) {
      throw new ReplicaUnreachableError(target.name, target.url, error);
    }
  }
}
