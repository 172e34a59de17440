/**
 * A session: the selected database and the branch it is on in each, the open transaction, variables, warnings and
 * temporary tables. Nothing here knows how statements are run; they run against this.
 *
 *     idle ──begin──▶ open (explicit or of one statement) ──commit──▶ idle
 *                        └──rollback──▶ idle
 *
 * Commit is one durable store commit: a transaction changes one branch of one database. It sees one snapshot throughout.
 */
import type { Address } from '../../base/address.ts';
import type { Holder } from '../../repo/activity.ts';
import { SYSTEM_IDENTITY } from '../../repo/identity.ts';
import type { MergeExpressions } from '../../repo/merge/merge-expressions.ts';
import { branchRef, type RefName, type Refs } from '../../repo/refs.ts';
import type { Repository, Snapshot } from '../../repo/repository.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { type Steps, waitFor } from '../../repo/steps.ts';
import type { WorkingSet, WorkingSetMeta } from '../../repo/working-set.ts';
import type { Integer, Value } from '../../tuple/value.ts';
import type { DatabaseView } from '../catalog/database-view.ts';
import type { WorkingDatabase } from '../catalog/session-catalog.ts';
import type { SqlWarning, TypedValue } from '../expressions/session-view.ts';
import { SqlError } from '../types/sql-error.ts';
import { assertResolved } from './assert-resolved.ts';
import { type BranchNeed, BranchRights } from './branch-rights.ts';
import type { Database } from './database.ts';
import { databaseAt } from './database-at.ts';
import type { DatabaseHandle } from './database-handle.ts';
import { databaseVariables } from './database-variables.ts';
import type { EngineState } from './engine-state.ts';
import type { OpenLocalFile } from './local-file.ts';
import { numberedError } from './numbered-error.ts';
import { ProgramStack } from './program-stack.ts';
import { Selection } from './selection.ts';
import type { AccessScene, SessionAccess } from './session-access.ts';
import { StatementCounts } from './statement-counts.ts';
import { TemporaryTables } from './temporary-tables.ts';
import { Transaction, type TransactionState } from './transaction.ts';
import { SessionVariables } from './variables.ts';

export interface SessionOptions {
  /** Selected at first: `db` or `db/branch`. */
  readonly database?: string | undefined;
  /** `user@host` as the client gave it. */
  readonly user?: string | undefined;
  /** What `connection_id()` says; the next free number unless told. */
  readonly connectionId?: number | undefined;
  /** Makes what the session may do; without it, everything is allowed. */
  readonly access?: ((scene: AccessScene) => SessionAccess) | undefined;
  /** How LOAD DATA LOCAL gets at files of whoever opened the session; without it, it does not. */
  readonly openLocalFile?: OpenLocalFile | undefined;
}

/** Of the variables, at one version of theirs. */
interface Settings {
  readonly version: number;
  readonly autocommit: boolean;
  readonly sqlMode: ReadonlySet<string>;
}

export class Session implements Holder {
  readonly engine: EngineState;
  readonly connectionId: number;
  readonly user: string;
  /** The account that logged in; undefined: everything is allowed. */
  readonly login: SessionAccess | undefined;
  readonly branchRights: BranchRights;
  readonly openLocalFile: OpenLocalFile | undefined;
  readonly variables: SessionVariables;
  readonly userVariables = new Map<string, TypedValue>();
  readonly prepared = new Map<string, string>();
  readonly statementCounts = new StatementCounts();
  readonly programs = new ProgramStack();
  readonly temporaryTables = new TemporaryTables(() => this.#noteHeld());
  readonly selection: Selection;
  warnings: SqlWarning[] = [];
  lastInsertId: Integer = 0;
  lastInsertUuid = '';
  /** What UUID() made last. */
  lastUuid = '';
  rowCount = -1;
  foundRows = 0;
  /** False: statements that define something wait for the COMMIT like all others. MySQL's commit what is open, and themselves. */
  implicitCommits = true;
  /** When the running statement began, milliseconds since 1970 UTC. */
  statementStart = 0;
  closed = false;
  /** The running statement has failed, and what it did before stands: a CALL is as many statements as it ran. */
  standsThough = false;
  /** The running statement stores rows, and has no IGNORE. */
  storesRows = false;
  /** The running statement has IGNORE. */
  ignoresErrors = false;
  /** The running statement puts nothing into a store. */
  onlyReads = false;

  #access: SessionAccess | undefined;
  #open: Transaction | undefined;
  #explicit = false;
  /** The transaction was made by a look between statements: the next statement takes a new snapshot. */
  #isPeek = false;
  /** What each statement asks for several times. */
  #settings: Settings = { version: -1, autocommit: true, sqlMode: new Set() };
  /** The running statement has ended, or holds nothing but what its transaction does. */
  rest: () => void = () => {};

  constructor(engine: EngineState, options: SessionOptions = {}) {
    this.engine = engine;
    this.connectionId = options.connectionId ?? engine.nextConnection();
    this.user = options.user ?? 'root@localhost';
    this.variables = new SessionVariables(engine.globals, databaseVariables(this));
    this.selection = new Selection(this, options.database);
    if (options.connectionId !== undefined) engine.sessions.add(this);
    this.openLocalFile = options.openLocalFile;
    this.login = options.access?.({
      currentDatabase: () => this.selection.current,
      hasTemporaryTable: (database, name) => this.temporaryTables.has(database, name),
      globalVariable: (name) => engine.globals.text(name),
    });
    this.#access = this.login;
    this.branchRights = new BranchRights(this);
  }

  /** Whose rights count at the moment: those of the account that logged in, or of a program's definer. */
  get access(): SessionAccess | undefined {
    return this.#access;
  }

  /** With the rights of another; whose counted before. */
  actAs(access: SessionAccess | undefined): SessionAccess | undefined {
    const before = this.#access;
    this.#access = access;
    return before;
  }

  /** The account that counts: the one that was matched. */
  get currentUser(): string {
    return this.access?.accountText ?? this.user;
  }

  // Databases and branches ------------------------------------------------------------------------------------------

  /** The selected database as `database()` prints it. */
  get currentDatabase(): string | undefined {
    return this.selection.current;
  }

  /** The selected database, or another by its name. Throws 1046 without a database and 1049 for one that is not there. */
  handle(name?: string): DatabaseHandle {
    return this.selection.handle(name);
  }

  #setTransaction(transaction: Transaction | undefined): void {
    this.#open = transaction;
    this.#noteHeld();
    if (transaction !== undefined) this.selection.noteRead();
  }

  /** A transaction and temporary tables are what garbage collection has to leave. */
  #noteHeld(): void {
    const { holders } = this.engine.activity;
    if (this.#open !== undefined || !this.temporaryTables.isEmpty) holders.add(this);
    else holders.delete(this);
  }

  *held(repository: Repository): Generator<Address, void> {
    if (this.#open !== undefined) yield* this.#open.held(repository);
    yield* this.temporaryTables.addresses();
  }

  // Transactions ----------------------------------------------------------------------------------------------------

  get autocommit(): boolean {
    return this.#present().autocommit;
  }

  /** START TRANSACTION stands open, or autocommit is off. */
  get inTransaction(): boolean {
    return this.#explicit;
  }

  /** The running transaction; what is asked between statements gets a fresh snapshot. */
  get transaction(): Transaction {
    if (this.#open === undefined) {
      // What is looked at between statements is not kept for long: it holds nothing.
      this.#open = new Transaction();
      this.#isPeek = true;
    }
    return this.#open;
  }

  get hasTransaction(): boolean {
    return this.#open !== undefined;
  }

  /** Before every statement: takes the snapshot unless a transaction is open; an operation where a replica has to pull first. */
  startStatement(): Steps<void> | undefined {
    this.#open?.forgetSaved();
    if (this.#open !== undefined && !this.#isPeek) return undefined;
    const take = (): void => {
      this.#setTransaction(new Transaction());
      this.#isPeek = false;
      if (!this.autocommit) this.#pin();
    };
    return this.#afterPull(take);
  }

  /** A transaction of several statements sees all databases as they were when it began. */
  #pin(): void {
    for (const database of this.engine.databases.databases()) this.refs(database);
  }

  /** Before a look between statements, such as PREPARE takes: it sees what a statement would see now. */
  startLook(): Steps<void> | undefined {
    if (this.#open !== undefined && !this.#isPeek) return undefined;
    const take = (): void => {
      this.#open = new Transaction();
      this.#isPeek = true;
    };
    return this.#afterPull(take);
  }

  /** Takes a snapshot: at once where no replica has to pull. */
  #afterPull(take: () => void): Steps<void> | undefined {
    const pulls: Steps<readonly string[]>[] = [];
    for (const { readHook } of this.engine.databases.databases()) {
      const pull = readHook?.beforeTransaction();
      if (pull !== undefined) pulls.push(pull);
    }
    if (pulls.length > 0) return this.#pull(pulls, take);
    take();
    return undefined;
  }

  *#pull(pulls: readonly Steps<readonly string[]>[], take: () => void): Steps<void> {
    for (const pull of pulls) {
      for (const message of yield* pull) this.warn({ level: 'Warning', code: 1105, message });
    }
    take();
  }

  /** START TRANSACTION: commits what is open first. */
  *begin(readOnly = false): Steps<void> {
    if (this.#open !== undefined) yield* this.commit();
    const pull = this.#afterPull(() => {
      this.#setTransaction(new Transaction(readOnly));
      this.#isPeek = false;
      this.#explicit = true;
      this.#pin();
    });
    if (pull !== undefined) yield* pull;
  }

  /** What runs is a transaction of one statement, and has changed nothing: it ends without a commit. */
  get hasRead(): boolean {
    return !this.#explicit && this.autocommit && this.#open !== undefined && !this.#open.mayBeChanged;
  }

  /** Makes every change of the transaction durable. When it throws, the transaction is rolled back. */
  *commit(): Steps<void> {
    const transaction = this.#open;
    this.#explicit = false;
    if (transaction === undefined) return;
    try {
      const [change, ...others] = transaction.changed();
      if (change === undefined) return;
      // Two records, let alone two pushes, would not happen together or not at all.
      if (others.length > 0 || change.branches.length > 1) {
        throw new SqlError(1105, 'HY000', 'Cannot commit changes on more than one branch / database');
      }
      yield* this.#store(transaction, change.database, change.branches);
      for (const branch of change.branches) this.engine.branchActivity?.wrote(change.database, branch);
    } finally {
      this.#setTransaction(undefined);
    }
  }

  *#store(transaction: Transaction, database: Database, branches: readonly string[]): Steps<void> {
    for (const branch of branches) {
      assertResolved(transaction.workingSet(database, branch), transaction.startOf(database, branch), this);
    }
    if (this.variables.isOn('dolt_transaction_commit')) {
      const { commitTransaction } = yield* waitFor(import('./transaction-commit.ts'));
      for (const branch of branches) yield* commitTransaction(this, database, branch);
      return;
    }
    yield* this.#assertStorable(database);
    const expressions = yield* this.mergeExpressions(database);
    const meta = this.workingSetMeta(database, 'sql transaction');
    for (const branch of branches) {
      const make = (now: Snapshot) => transaction.toStore(database, branch, now, expressions);
      transaction.advance(database, yield* database.repository.storeWorkingSet(branch, make, meta));
    }
  }

  *#assertStorable({ readHook }: Database): Steps<void> {
    try {
      if (readHook?.beforeStore) yield* readHook.beforeStore();
    } catch (error) {
      throw numberedError(error);
    }
  }

  /** What storing the transaction's changes needs of SQL, where others stored some meanwhile. */
  *mergeExpressions(database: Database): Steps<MergeExpressions | undefined> {
    if (!this.transaction.isOvertaken(database, database.repository.snapshot())) return undefined;
    return yield* waitFor(this.engine.mergeExpressions(this));
  }

  /** Takes the newest refs for what has not been changed: after a verb that moved some by itself. */
  refresh(): void {
    this.#open?.refresh();
  }

  rollback(): void {
    this.#explicit = false;
    this.#setTransaction(undefined);
  }

  /** What a failing statement goes back to. */
  save(): TransactionState {
    return this.transaction.saveForStatement();
  }

  /** Nothing where the transaction that the state is of has ended meanwhile. */
  restore(state: TransactionState): void {
    if (state.transaction === this.#open) this.#open.restore(state);
  }

  /** A state that nobody will go back to any more. */
  forget(state: TransactionState): void {
    state.transaction.forget(state);
  }

  // Roots -----------------------------------------------------------------------------------------------------------

  refs(database: Database): Refs {
    return this.transaction.refs(database);
  }

  head({ database, revision }: DatabaseHandle): Address {
    return revision.kind === 'commit' ? revision.commit : this.transaction.head(database, revision.branch);
  }

  workingSet({ database, revision }: DatabaseHandle): WorkingSet {
    if (revision.kind === 'branch') return this.transaction.workingSet(database, revision.branch);
    const root = database.repository.rootOfCommit(revision.commit);
    return { working: root, staged: root };
  }

  root(handle: DatabaseHandle): RootValue {
    return this.workingSet(handle).working;
  }

  /** Replaces the working root. Throws where the branch may not be written. */
  setRoot(handle: DatabaseHandle, root: RootValue): void {
    const workingSet = this.workingSet(handle);
    if (!root.mayDifferFrom(workingSet.working)) return;
    this.setWorkingSet(handle, { ...workingSet, working: root });
  }

  setWorkingSet(handle: DatabaseHandle, workingSet: WorkingSet, need: BranchNeed = 'write'): void {
    const branch = this.assertWritable(handle, need);
    this.transaction.setWorkingSet(handle.database, branch, workingSet);
  }

  /** The branch that changes go to. Throws 1290, 1792 or 1105. */
  assertWritable(handle: DatabaseHandle, need: BranchNeed = 'write'): string {
    if (handle.revision.kind === 'commit') {
      throw new SqlError(1105, 'HY000', `table doesn't support writes: ${handle.name} is read-only`, 'denied');
    }
    if (this.transaction.readOnly) {
      throw new SqlError(1792, '25006', 'Cannot execute statement in a READ ONLY transaction.', 'denied');
    }
    this.assertRefWritable(handle.database, branchRef(handle.revision.branch));
    this.branchRights.assertMay(need, handle);
    return handle.revision.branch;
  }

  /** Throws 1290 when `read_only` is on. */
  assertServerWritable(): void {
    if (this.engine.globals.text('read_only') !== 'ON') return;
    throw new SqlError(
      1290,
      'HY000',
      'The server is running with the --read-only option so it cannot execute this statement',
      'denied',
    );
  }

  /** Throws 1290 on a server that takes no changes, and for a ref that is replicated from elsewhere. */
  assertRefWritable({ readHook }: Database, ref: RefName): void {
    this.assertServerWritable();
    try {
      readHook?.assertWritable(ref);
    } catch (error) {
      throw numberedError(error);
    }
  }

  /** The part of `view` that is asked for most. */
  working(handle: DatabaseHandle): WorkingDatabase {
    return { name: handle.name, baseName: handle.database.name, root: this.root(handle) };
  }

  /** What statements read: a database at its revision, or at the commit or time that AS OF names. */
  view(handle: DatabaseHandle, asOf?: Value): DatabaseView {
    return databaseAt(this, handle, asOf);
  }

  /** Who and when, for the record of a working set. */
  workingSetMeta(database: Database, description: string): WorkingSetMeta {
    const { config } = database.repository;
    return {
      name: config.get('user.name') ?? SYSTEM_IDENTITY.name,
      email: config.get('user.email') ?? SYSTEM_IDENTITY.email,
      seconds: Math.floor(this.engine.clock.now() / 1000),
      description,
    };
  }

  // Warnings --------------------------------------------------------------------------------------------------------

  warn(warning: SqlWarning): void {
    const most = 1024;
    if (this.warnings.length < most) this.warnings.push(warning);
  }

  /** What the last statement says of itself (LAST_INSERT_ID, ROW_COUNT and their like); call the answer to have it again. */
  keepOutcome(): () => void {
    const { lastInsertId, lastInsertUuid, rowCount, foundRows, warnings } = this;
    return () => {
      this.lastInsertId = lastInsertId;
      this.lastInsertUuid = lastInsertUuid;
      this.rowCount = rowCount;
      this.foundRows = foundRows;
      this.warnings = warnings;
    };
  }

  /** Upper-case flags of sql_mode. */
  get sqlMode(): ReadonlySet<string> {
    return this.#present().sqlMode;
  }

  #present(): Settings {
    const { variables } = this;
    if (this.#settings.version !== variables.version) {
      const sqlMode = new Set(variables.text('sql_mode').split(','));
      this.#settings = { version: variables.version, autocommit: variables.isOn('autocommit'), sqlMode };
    }
    return this.#settings;
  }

  close(): void {
    this.rollback();
    this.temporaryTables.clear();
    this.rest();
    this.engine.locks.releaseAll(this.connectionId);
    this.engine.sessions.delete(this);
    this.closed = true;
  }
}
