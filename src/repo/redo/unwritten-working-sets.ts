/**
 * Working sets that a server's sessions stored, of which the refs do not know yet: they are visible to whoever asks for them
 * and are built on, and their edits are in the redo log. They become chunks and refs, the last of each branch only, when
 * somebody asks for the refs, when the log is full, or nobody has stored anything for a while.
 */

import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import type { NbsStore } from '../../chunks/nbs-store.ts';
import type { NodeStore } from '../../prolly/node-store.ts';
import { type RefEdits, type RefName, workingSetRef } from '../refs.ts';
import type { Environment, Snapshot } from '../repository.ts';
import { type Steps, waitFor } from '../steps.ts';
import { readWorkingSet, type WorkingSet, type WorkingSetMeta, writeWorkingSet } from '../working-set.ts';
import { redoneRef } from './recover.ts';
import { RedoLog } from './redo-log.ts';
import { editsBetween, encodeRedoRecord } from './redo-record.ts';

/** Beyond this a change is not for the log. */
const MOST_RECORD_BYTES = 64 << 10;
/** Chunks of trees that are made while the log goes on, beyond which all is written. */
const MOST_BUFFERED_BYTES = 1 << 20;
/** Without a change for so long, what is unwritten is written, for those who read the files. */
const IDLE_MS = 1000;

/** A working set, as it is stored or will be. */
export interface StoredWorkingSet {
  readonly workingSet: WorkingSet;
  /** Undefined before it is written; one that another took the place of before never is. */
  address: Address | undefined;
}

interface Unwritten extends StoredWorkingSet {
  readonly meta: WorkingSetMeta;
}

type ByBranch = ReadonlyMap<string, Unwritten>;

export const NOTHING_UNWRITTEN: ReadonlyMap<string, never> = new Map<string, never>();

/** What it needs of a repository, whose lock it has. */
export interface RedoScene {
  readonly environment: Environment;
  readonly chunks: NbsStore;
  readonly nodes: NodeStore;
  /** The greatest epoch that the log ever had. */
  readonly lastEpoch: number;
  /** Whether several sessions are at work now, which share syncs. */
  readonly sharesSyncs: () => boolean;
  /** Changes refs so that it is durable with the next commit. */
  readonly updateAlong: (transform: () => RefEdits) => void;
}

export class UnwrittenWorkingSets {
  readonly #scene: RedoScene;
  readonly #log: RedoLog;
  #byBranch: ByBranch = NOTHING_UNWRITTEN;
  /** What was unwritten when the log had so many records: since those that are known to be durable, up to now. */
  #history: { readonly count: number; readonly byBranch: ByBranch }[] = [];
  readonly #closing = new AbortController();
  #isWatching = false;

  constructor(scene: RedoScene) {
    this.#scene = scene;
    this.#log = new RedoLog(scene.environment.disk, scene.chunks.directory, scene.lastEpoch);
  }

  /** As of now, by branch. */
  get byBranch(): ReadonlyMap<string, StoredWorkingSet> {
    return this.#byBranch;
  }

  /**
   * Stores `next`, which was made of what the branch has `now`. Durable when it has ended. False where the change is not for
   * the log, as it is not just a few edits of rows: nothing was done then.
   */
  *store(branch: string, now: Snapshot, next: WorkingSet, meta: WorkingSetMeta): Steps<boolean> {
    const record = this.#record(branch, now, next, meta);
    if (record === undefined || record.length > MOST_RECORD_BYTES) return false;
    if (record.length === 0) return true;
    this.#makeRoom(record.length);
    yield* this.#add(branch, next, meta, record);
    void this.#writeWhenIdle();
    return true;
  }

  /** Without bytes where nothing was changed. */
  #record(
    branch: string,
    { refs, unwritten }: Snapshot,
    next: WorkingSet,
    meta: WorkingSetMeta,
  ): Uint8Array | undefined {
    const address = refs.get(workingSetRef(branch));
    if (address === undefined) return undefined;
    const written = readWorkingSet(this.#scene.nodes, address);
    const tables = editsBetween(unwritten.get(branch)?.workingSet ?? written, next);
    if (tables?.length === 0) return new Uint8Array(0);
    return tables && encodeRedoRecord({ branch, base: written.working.address, meta, tables });
  }

  #makeRoom(bytes: number): void {
    const { chunks } = this.#scene;
    if (this.#log.hasRoom(bytes) && chunks.bufferedBytes <= MOST_BUFFERED_BYTES) return;
    this.write();
    chunks.makeDurable();
    this.#log.restart();
  }

  /** Durable at once, or where others go on meanwhile, with what they store. */
  *#add(branch: string, { working, ...others }: WorkingSet, meta: WorkingSetMeta, record: Uint8Array): Steps<void> {
    const isShared = this.#scene.sharesSyncs();
    if (this.#history.length === 0) this.#remember();
    if (isShared) this.#log.appendLater(record);
    else this.#log.append(record);
    // Others' edits lie above: what is known of these is kept apart from them.
    const workingSet: WorkingSet = { working: working.collapsed(), ...others };
    workingSet.working.seal();
    this.#byBranch = new Map([...this.#byBranch, [branch, { workingSet, meta, address: undefined }]]);
    this.#remember();
    if (!isShared) return;
    try {
      yield* waitFor(this.#log.durable());
    } catch (error) {
      this.#goBack();
      throw error;
    }
  }

  /** Writes them, now. */
  write(): void {
    if (this.#byBranch === NOTHING_UNWRITTEN) return;
    try {
      this.#log.flush();
    } catch (error) {
      this.#goBack();
      throw error;
    }
    this.#scene.updateAlong(() => this.#written());
    this.#byBranch = NOTHING_UNWRITTEN;
    this.#history = [];
  }

  #written(): RefEdits {
    const { nodes } = this.#scene;
    const edits = new Map<RefName, Address>();
    let root: Address | undefined;
    for (const [branch, stored] of this.#byBranch) {
      stored.address = writeWorkingSet(nodes, stored.workingSet, stored.meta);
      edits.set(workingSetRef(branch), stored.address);
      root = stored.workingSet.working.address;
    }
    return new Map([...edits, redoneRef(nodes, this.#log.position, root)]);
  }

  async #writeWhenIdle(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const { timers } = this.#scene.environment;
    try {
      for (let before = -1; before !== this.#log.count; ) {
        before = this.#log.count;
        await timers.sleep(IDLE_MS, this.#closing.signal);
      }
      this.write();
      await this.#scene.chunks.durable();
    } catch {
      // It is closed; or the disk failed, which the next change will tell of: what is unwritten stays in the log.
    } finally {
      this.#isWatching = false;
    }
  }

  #remember(): void {
    const { count, durableCount } = this.#log;
    while (this.#history.length > 1 && this.#history[1]!.count <= durableCount) this.#history.shift();
    this.#history.push({ count, byBranch: this.#byBranch });
  }

  /** What is not durable was taken back. */
  #goBack(): void {
    while (this.#history.length > 1 && this.#history.at(-1)!.count > this.#log.durableCount) this.#history.pop();
    this.#byBranch = this.#history.at(-1)?.byBranch ?? NOTHING_UNWRITTEN;
  }

  /** Writes them, and takes the log away. */
  close(): void {
    this.#closing.abort();
    try {
      this.write();
      this.#scene.chunks.makeDurable();
      this.#log.remove();
    } catch (error) {
      // The next start makes what is in it.
      if (!(error instanceof DoltError)) throw error;
      this.#log.close();
    }
  }
}
