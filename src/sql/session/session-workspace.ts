/**
 * The workspace of verbs that a session calls: roots are those of its transaction, heads move through the database's
 * gate together with the working sets of their branches, in one durable record.
 */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import type { Admission, RefIntent } from '../../repo/commit-hook.ts';
import { parseDate } from '../../repo/dates.ts';
import type { HeadUpdate } from '../../repo/head-update.ts';
import { RefMovedError } from '../../repo/head-update.ts';
import { SYSTEM_IDENTITY } from '../../repo/identity.ts';
import type { MergeExpressions } from '../../repo/merge/merge-expressions.ts';
import { NOTHING_UNWRITTEN } from '../../repo/redo/unwritten-working-sets.ts';
import { branchRef, HEADS, type RefEdits, type RefName, type Refs, workingSetRef } from '../../repo/refs.ts';
import type { Repository } from '../../repo/repository.ts';
import type { RootValue } from '../../repo/root-value.ts';
import type { Roots } from '../../repo/staging.ts';
import { type Steps, waitFor } from '../../repo/steps.ts';
import { cleanWorkingSet, type WorkingSet, writeWorkingSet } from '../../repo/working-set.ts';
import type { Signature, Workspace } from '../../verbs/workspace.ts';
import { rootsOf } from '../../verbs/workspace-roots.ts';
import type { BranchNeed } from './branch-rights.ts';
import type { DatabaseHandle } from './database-handle.ts';
import { mergeKeepingStored, mergeWorkingSets } from './merge-working-sets.ts';
import { numberedError } from './numbered-error.ts';
import type { Session } from './session.ts';

/** Others may be faster each time; beyond that the client has to try again. */
const COMMIT_ATTEMPTS = 10;

export class SessionWorkspace implements Workspace {
  readonly repository: Repository;
  readonly isSession: boolean = true;
  /** Progress of long work ends here: a procedure may show its last line. */
  readonly messages: string[] = [];
  readonly session: Session;
  #handle: DatabaseHandle;
  /** What the verb needs on its branch. */
  readonly #need: BranchNeed;

  constructor(session: Session, handle: DatabaseHandle, need: BranchNeed = 'write') {
    this.session = session;
    this.#handle = handle;
    this.#need = need;
    this.repository = handle.database.repository;
  }

  signature(): Signature {
    const { variables } = this.session;
    const { config } = this.repository;
    const set = (name: string): string | undefined => variables.text(name) || undefined;
    const author = {
      name: set('dolt_author_name') ?? config.get('user.name') ?? SYSTEM_IDENTITY.name,
      email: set('dolt_author_email') ?? config.get('user.email') ?? SYSTEM_IDENTITY.email,
    };
    const [name, email] = [set('dolt_committer_name'), set('dolt_committer_email')];
    const date = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseDate(text));
    return {
      author,
      committer: { name: name ?? author.name, email: email ?? author.email },
      committerIsExplicit: name !== undefined || email !== undefined,
      authorDate: date(set('dolt_author_date')),
      committerDate: date(set('dolt_committer_date')),
    };
  }

  get handle(): DatabaseHandle {
    return this.#handle;
  }

  setting(name: string): string {
    return this.session.variables.text(name);
  }

  databaseName(): string {
    return this.#handle.database.name;
  }

  now(): number {
    return this.session.engine.clock.now();
  }

  refs(): Refs {
    return this.session.refs(this.#handle.database);
  }

  branch(): string | undefined {
    const { revision } = this.#handle;
    return revision.kind === 'branch' ? revision.branch : undefined;
  }

  head(): Address {
    return this.session.head(this.#handle);
  }

  headRoot(): RootValue {
    return this.repository.rootOfCommit(this.head());
  }

  workingSet(): WorkingSet {
    return this.session.workingSet(this.#handle);
  }

  // biome-ignore lint/correctness/useYield: it becomes durable with the transaction
  *setWorkingSet(workingSet: WorkingSet): Steps<void> {
    this.session.setWorkingSet(this.#handle, workingSet, this.#need);
  }

  *updateHeads(update: HeadUpdate, description: string): Steps<Refs> {
    const { database } = this.#handle;
    const session = this.session;
    const { transaction } = session;
    for (const intent of update.refs) {
      session.assertRefWritable(database, intent.ref);
      this.#assertMayMove(intent);
    }
    for (const branch of update.workingSets?.keys() ?? []) {
      if (!update.refs.some(({ ref }) => ref === branchRef(branch))) this.#assertMayStore(branch);
    }
    const admission = yield* this.#admission(update);
    let written = false;
    let refs: Refs;
    try {
      const expressions =
        admission.merged.size > 0 ? yield* this.mergeExpressions() : yield* session.mergeExpressions(database);
      refs = yield* this.#record(update, admission, description, expressions);
      written = true;
    } catch (cause) {
      if (admission.landedOn === undefined) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DoltError(
        'unknown',
        `outcome unknown: '${admission.landedOn}' has the change, but it could not be recorded here (${reason}); the next start finishes it`,
        { cause },
      );
    } finally {
      yield* database.commitHook.after(admission, written);
    }
    for (const message of admission.warnings) this.warn(message);
    const stored = new Set(update.workingSets?.keys());
    for (const { ref } of update.refs) if (ref.startsWith(HEADS)) stored.add(ref.slice(HEADS.length));
    transaction.advanceBranches(database, refs, stored);
    for (const branch of stored) session.engine.branchActivity?.wrote(database, branch);
    for (const { ref, old, new: next } of update.refs) {
      if (old !== undefined || next === undefined || !ref.startsWith(HEADS)) continue;
      session.branchRights.created(database, ref.slice(HEADS.length));
    }
    return refs;
  }

  /** Throws 1105 where rules about branches forbid it: to make a branch, to move another than its own, to delete one. */
  #assertMayMove({ ref, old, new: next }: RefIntent): void {
    if (!ref.startsWith(HEADS)) return;
    const { branchRights } = this.session;
    const { database } = this.#handle;
    const branch = ref.slice(HEADS.length);
    const own = this.branch();
    if (branch === own && next !== undefined) {
      this.#assertMayStore(branch);
      return;
    }
    // Where a rebase happens is not what rules about names are for.
    if (next !== undefined && branch !== `dolt_rebase_${own}`) branchRights.assertMayCreate(database, branch);
    if (old !== undefined) branchRights.assertMayDelete(database, branch);
  }

  /** Throws 1105 where the roots of a branch may not be changed. */
  #assertMayStore(branch: string): void {
    const { name, database } = this.#handle;
    const need = branch === this.branch() ? this.#need : 'write';
    this.session.branchRights.assertMay(need, { name, database, revision: { kind: 'branch', branch } });
  }

  /** Throws 1213 where the two cannot be merged. */
  *commitOnTop<Result>({ staged }: Roots, make: (roots: Roots) => Steps<Result>): Steps<Result> {
    const { session } = this;
    const { database } = this.#handle;
    const branch = session.assertWritable(this.#handle, this.#need);
    session.setWorkingSet(this.#handle, { ...this.workingSet(), staged }, this.#need);
    for (let attempt = 1; ; attempt++) {
      session.transaction.catchUp(database, branch, yield* session.mergeExpressions(database));
      try {
        return yield* make(rootsOf(this));
      } catch (error) {
        if (!(error instanceof RefMovedError) || attempt === COMMIT_ATTEMPTS) throw error;
      }
    }
  }

  *#admission(update: HeadUpdate): Steps<Admission> {
    try {
      return yield* this.#handle.database.commitHook.before(update);
    } catch (error) {
      throw numberedError(error);
    }
  }

  /** The one record of an admitted update. Where a remote has it already, conflicts cannot stop it any more. */
  #record(
    update: HeadUpdate,
    admission: Admission,
    description: string,
    expressions: MergeExpressions | undefined,
  ): Steps<Refs> {
    const { repository } = this;
    const { database } = this.#handle;
    const { transaction } = this.session;
    const meta = this.session.workingSetMeta(database, description);
    const merge = admission.landedOn === undefined ? mergeWorkingSets : mergeKeepingStored;
    return repository.store((now): RefEdits => {
      const edits = new Map<RefName, Address | undefined>(update.edits?.(now));
      for (const { ref, old, new: next } of update.refs) {
        if (now.get(ref) !== old) throw new RefMovedError(ref);
        edits.set(ref, next);
      }
      const stored = { refs: now, unwritten: NOTHING_UNWRITTEN };
      const workingSets = new Map<string, WorkingSet | undefined>();
      for (const [branch, mine] of update.workingSets ?? []) {
        workingSets.set(branch, mine && transaction.onTopOf(database, stored, branch, mine, expressions, merge));
      }
      for (const [ref, head] of admission.merged) {
        edits.set(ref, head);
        const intended = update.refs.find((intent) => intent.ref === ref)?.new;
        if (!ref.startsWith(HEADS) || intended === undefined) continue;
        const branch = ref.slice(HEADS.length);
        const mine = workingSets.get(branch) ?? repository.workingSet(branch, now);
        const before = cleanWorkingSet(repository.rootOfCommit(intended));
        const after = cleanWorkingSet(repository.rootOfCommit(head));
        workingSets.set(branch, mergeKeepingStored(before, mine, after, expressions));
      }
      for (const [branch, workingSet] of workingSets) {
        edits.set(workingSetRef(branch), workingSet && writeWorkingSet(repository.nodes, workingSet, meta));
      }
      for (const [ref, address] of admission.edits(now)) edits.set(ref, address);
      return edits;
    });
  }

  // biome-ignore lint/correctness/useYield: a session changes its own branch only
  *switchBranch(branch: string): Steps<void> {
    this.session.selection.switchBranch(this.#handle.database, branch);
    this.#handle = this.session.handle(this.#handle.database.name);
  }

  assertNotInUse(branch: string): void {
    const { database } = this.#handle;
    for (const other of this.session.engine.sessions) {
      if (other === this.session || other.selection.branchOf(database) !== branch) continue;
      const message = 'unsafe to delete or rename branches in use in other sessions; use --force to force the change';
      throw new DoltError('conflict', message);
    }
  }

  assertNotDefault(branch: string): void {
    const { processes } = this.session.engine;
    if (processes === undefined || this.repository.state().head !== branchRef(branch)) return;
    const { name } = this.#handle.database;
    throw new DoltError(
      'conflict',
      `unable to delete branch '${branch}', because it is the default branch for database '${name}'; rename it, or stop the server and check out another one`,
    );
  }

  mergeExpressions(): Steps<MergeExpressions> {
    return waitFor(this.session.engine.mergeExpressions(this.session));
  }

  warn(message: string): void {
    this.session.warn({ level: 'Warning', code: 1105, message });
  }

  progress(message: string): void {
    this.messages.push(message);
  }

  rest(): void {
    this.session.rest();
  }
}
