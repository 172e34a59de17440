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
import { readCommit } from '../../repo/commit.ts';
import { SYSTEM_IDENTITY } from '../../repo/identity.ts';
import type { MergeExpressions } from '../../repo/merge/merge-expressions.ts';
import { resolveCommit } from '../../repo/ref-spec.ts';
import { branchRef, HEADS, type RefName, type Refs } from '../../repo/refs.ts';
import type { Repository, Snapshot } from '../../repo/repository.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { type Steps, waitFor } from '../../repo/steps.ts';
import type { WorkingSet, WorkingSetMeta } from '../../repo/working-set.ts';
import type { Table } from '../../table/table.ts';
import type { Integer, Value } from '../../tuple/value.ts';
import type { DatabaseView } from '../catalog/database-view.ts';
import type { WorkingDatabase } from '../catalog/session-catalog.ts';
import type { SqlWarning, TypedValue } from '../expressions/session-view.ts';
import { formatValue } from '../types/format.ts';
import { SqlError, unknownDatabase } from '../types/sql-error.ts';
import { assertResolved } from './assert-resolved.ts';
import type { BranchActivity } from './branch-activity.ts';
import type { Database } from './database.ts';
import type { EngineState } from './engine-state.ts';
import type { OpenLocalFile } from './local-file.ts';
import { numberedError } from './numbered-error.ts';
import { ProgramStack } from './program-stack.ts';
import { findRevision, type Revision, splitDatabaseName } from './revision.ts';
import type { AccessScene, SessionAccess } from './session-access.ts';
import { StatementCounts } from './statement-counts.ts';
import { textValue } from './text-value.ts';
import { Transaction, type TransactionState } from './transaction.ts';
import { SessionVariables } from './variables.ts';

/** Databases that are no repositories. */
const WITHOUT_BRANCHES = /^(information_schema|mysql|performance_schema|sys)$/i;

/** A database at a revision: what a qualifier, or the lack of one, means to this session. */
export interface DatabaseHandle {
  /** As it is qualified: `db` or `db/branch`. */
  readonly name: string;
  readonly database: Database;
  readonly revision: Revision;
}

export interface SessionSettings {
  readonly connectionId?: number | undefined;
  readonly user?: string | undefined;
  readonly database?: string | undefined;
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

/** The selected database around a program, and the one that it runs in. */
interface Selection {
  readonly before: string | undefined;
  readonly within: string | undefined;
}

export class Session implements Holder {
  readonly engine: EngineState;
  readonly connectionId: number;
  readonly user: string;
  /** The account that logged in; undefined: everything is allowed. */
  readonly login: SessionAccess | undefined;
  readonly openLocalFile: OpenLocalFile | undefined;
  readonly variables: SessionVariables;
  readonly userVariables = new Map<string, TypedValue>();
  readonly prepared = new Map<string, string>();
  readonly statementCounts = new StatementCounts();
  readonly programs = new ProgramStack();
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
  #current: string | undefined;
  #open: Transaction | undefined;
  #explicit = false;
  /** The transaction was made by a look between statements: the next statement takes a new snapshot. */
  #isPeek = false;
  /** What each statement asks for several times. */
  #settings: Settings = { version: -1, autocommit: true, sqlMode: new Set() };
  /** The running statement has ended, or holds nothing but what its transaction does. */
  rest: () => void = () => {};
  readonly #heads = new Map<Database, Revision>();
  /** A head that was found to be there, and where; none once a head has changed. */
  #found: { readonly database: Database; readonly revision: Revision; readonly refs: Refs } | undefined;
  readonly #temporary = new Map<string, Map<string, { readonly name: string; readonly table: Table }>>();

  constructor(engine: EngineState, settings: SessionSettings = {}) {
    this.engine = engine;
    this.connectionId = settings.connectionId ?? engine.nextConnection();
    this.user = settings.user ?? 'root@localhost';
    this.variables = new SessionVariables(engine.globals, {
      get: (name) => this.#databaseVariable(name),
      set: (name, value) => this.#setDatabaseVariable(name, value),
      hasDatabase: (name) => engine.databases.database(name) !== undefined,
    });
    this.#current = settings.database;
    if (settings.connectionId !== undefined) engine.sessions.add(this);
    this.openLocalFile = settings.openLocalFile;
    this.login = settings.access?.({
      currentDatabase: () => this.#current,
      hasTemporaryTable: (database, name) => this.temporaryTable(database, name) !== undefined,
      globalVariable: (name) => engine.globals.text(name),
    });
    this.#access = this.login;
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
    return this.#current;
  }

  /** Throws 1044 where nothing of it is granted, 1049 for one that is not there. */
  use(name: string): void {
    this.access?.assertSeesDatabase(name);
    this.#current = WITHOUT_BRANCHES.test(name) ? name.toLowerCase() : this.handle(name).name;
  }

  /** The branch of the selected database; undefined at a commit, and in a database that has none. Throws 1046 and 1049. */
  get selectedBranch(): string | undefined {
    if (this.#current !== undefined && WITHOUT_BRANCHES.test(this.#current)) return undefined;
    const { revision } = this.handle();
    return revision.kind === 'branch' ? revision.branch : undefined;
  }

  /** Selects the database of a program that is to run; what was selected, and is then, for `selectAgain`. */
  selectFor({ name }: DatabaseHandle): Selection {
    const before = this.#current;
    if (before?.toLowerCase() !== name.toLowerCase()) this.#current = name;
    return { before, within: this.#current };
  }

  /** What a program left selected gives way, unless it has gone to another branch of the same database. */
  selectAgain({ before, within }: Selection): void {
    const now = this.#current;
    const name = (qualified: string): string => splitDatabaseName(qualified).database.toLowerCase();
    const hasGone = now !== within && before !== undefined && now !== undefined && name(before) === name(now);
    if (!hasGone) this.#current = before;
  }

  /** The branch of a database that statements without a name of a database are about; undefined where it is not that database. */
  branchSelected(database: Database): string | undefined {
    if (this.#current === undefined) return undefined;
    const { database: name, revision } = splitDatabaseName(this.#current);
    if (name.toLowerCase() !== database.name.toLowerCase()) return undefined;
    if (revision !== undefined) return revision;
    const head = this.#heads.get(database);
    if (head === undefined) return this.#defaultBranch(database, database.repository.snapshot().refs);
    return head.kind === 'branch' ? head.branch : undefined;
  }

  /** The selected database is gone. */
  useNone(): void {
    this.#current = undefined;
  }

  /** Throws 1046 without a database and 1049 for one that is not there. */
  handle(name: string | undefined = this.#current): DatabaseHandle {
    if (name === undefined) throw new SqlError(1046, '3D000', 'No database selected');
    const { database: base, revision } = splitDatabaseName(name);
    const database = this.engine.databases.database(base);
    if (database === undefined) throw unknownDatabase(name);
    if (revision === undefined) return { name: database.name, database, revision: this.#head(database) };
    const found = findRevision(database.repository, this.refs(database), revision);
    if (found === undefined) throw unknownDatabase(name);
    return { name: `${database.name}/${revision}`, database, revision: found };
  }

  /** The revision the session is on in a database: the repository's head at first. */
  #head(database: Database): Revision {
    const refs = this.refs(database);
    if (this.#found?.database === database && this.#found.refs === refs) return this.#found.revision;
    const chosen = this.#heads.get(database);
    if (chosen !== undefined) {
      if (chosen.kind === 'commit' || refs.get(branchRef(chosen.branch)) !== undefined) {
        this.#found = { database, revision: chosen, refs };
        return chosen;
      }
      this.#heads.delete(database);
      this.#found = undefined;
      const fallback = this.#defaultBranch(database, refs);
      this.warn({
        level: 'Warning',
        code: 1105,
        message: `branch '${chosen.branch}' was deleted; the session is on '${fallback}' now`,
      });
    }
    const revision: Revision = { kind: 'branch', branch: this.#defaultBranch(database, refs) };
    this.#heads.set(database, revision);
    return revision;
  }

  /** What `<database>_default_branch` says, where there is such a branch; the repository's own else. */
  #defaultBranch(database: Database, refs: Refs): string {
    const wanted = this.engine.globals.text(`${database.name.toLowerCase()}_default_branch`);
    const named = wanted.startsWith(HEADS) ? wanted.slice(HEADS.length) : wanted;
    if (named !== '' && refs.get(branchRef(named)) !== undefined) return named;
    const head = database.repository.state().head;
    if (refs.get(head) !== undefined || !head.startsWith(HEADS)) return head.slice(HEADS.length);
    for (const [name] of refs.entries(HEADS)) return name.slice(HEADS.length);
    return head.slice(HEADS.length);
  }

  /** Stands on another branch of a database; what `USE db/branch` selected gives way to the plain name. */
  switchBranch(database: Database, branch: string): void {
    this.engine.branchActivity?.read(database, branch);
    this.#heads.set(database, { kind: 'branch', branch });
    this.#found = undefined;
    if (
      this.#current !== undefined &&
      splitDatabaseName(this.#current).database.toLowerCase() === database.name.toLowerCase()
    ) {
      this.#current = database.name;
    }
  }

  /** Throws 1105 where the session is on a commit. */
  branchOf(handle: DatabaseHandle): string {
    if (handle.revision.kind === 'branch') return handle.revision.branch;
    throw new SqlError(1105, 'HY000', `${handle.name} is at a commit and cannot be changed: check out a branch`);
  }

  #databaseVariable(name: string): TypedValue | undefined {
    const match = /^(.+)_(head|head_ref|working|staged)$/.exec(name);
    if (!match) return undefined;
    const database = this.engine.databases.database(match[1]!);
    if (database === undefined) return undefined;
    const handle = this.handle(database.name);
    if (match[2] === 'head_ref')
      return textValue(handle.revision.kind === 'branch' ? branchRef(handle.revision.branch) : '');
    const view = this.view(handle);
    if (match[2] === 'head') return textValue(view.head);
    const { working, staged } = view.workingSet();
    return textValue(match[2] === 'working' ? working.address : staged.address);
  }

  #setDatabaseVariable(name: string, value: TypedValue): boolean {
    const match = /^(.+)_head_ref$/.exec(name);
    const database = match ? this.engine.databases.database(match[1]!) : undefined;
    if (database === undefined || value.value === null) return false;
    const branch = formatValue(value.value, value.type).replace(/^refs\/heads\//, '');
    if (this.refs(database).get(branchRef(branch)) === undefined) {
      throw new SqlError(1105, 'HY000', `branch not found: ${branch}`, 'notFound');
    }
    this.switchBranch(database, branch);
    return true;
  }

  #setTransaction(transaction: Transaction | undefined): void {
    this.#open = transaction;
    this.#noteHeld();
    if (transaction !== undefined && this.engine.branchActivity !== undefined)
      this.#noteRead(this.engine.branchActivity);
  }

  /** Whoever begins a transaction reads the branch that is selected. */
  #noteRead(activity: BranchActivity): void {
    if (this.#current === undefined) return;
    const database = this.engine.databases.database(splitDatabaseName(this.#current).database);
    const branch = database && this.branchSelected(database);
    if (branch !== undefined) activity.read(database!, branch);
  }

  /** A transaction and temporary tables are what garbage collection has to leave. */
  #noteHeld(): void {
    const { holders } = this.engine.activity;
    if (this.#open !== undefined || this.#temporary.size > 0) holders.add(this);
    else holders.delete(this);
  }

  *held(repository: Repository): Generator<Address, void> {
    if (this.#open !== undefined) yield* this.#open.held(repository);
    for (const tables of this.#temporary.values()) for (const { table } of tables.values()) yield table.write();
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

  setWorkingSet(handle: DatabaseHandle, workingSet: WorkingSet): void {
    const branch = this.assertWritable(handle);
    this.transaction.setWorkingSet(handle.database, branch, workingSet);
  }

  /** The branch that changes go to. Throws 1290, 1792 or 1105. */
  assertWritable(handle: DatabaseHandle): string {
    if (handle.revision.kind === 'commit') {
      throw new SqlError(1105, 'HY000', `table doesn't support writes: ${handle.name} is read-only`, 'denied');
    }
    if (this.transaction.readOnly) {
      throw new SqlError(1792, '25006', 'Cannot execute statement in a READ ONLY transaction.', 'denied');
    }
    this.assertRefWritable(handle.database, branchRef(handle.revision.branch));
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
    const { database, name } = handle;
    const { repository } = database;
    const refs = this.refs(database);
    const here = this.head(handle);
    const resolve = (spec: string, head: Address): Address =>
      resolveCommit({ nodes: repository.nodes, refs, head }, spec);
    if (typeof asOf === 'string') this.engine.branchActivity?.read(database, asOf);
    const commit = asOf === undefined || asOf === null ? undefined : this.#commitAsOf(handle, asOf, resolve);
    const head = commit ?? here;
    const working = (): WorkingSet => {
      if (commit === undefined) return this.workingSet(handle);
      const root = repository.rootOfCommit(commit);
      return { working: root, staged: root };
    };
    return {
      name,
      baseName: database.name,
      repository,
      refs,
      branch: handle.revision.kind === 'branch' && commit === undefined ? handle.revision.branch : undefined,
      head,
      headRoot: () => repository.rootOfCommit(head),
      root: isWorkingName(asOf) ? this.#rootNamed(handle, String(asOf)) : working().working,
      workingSet: working,
      replaceTable:
        commit === undefined && handle.revision.kind === 'branch'
          ? (table, next, part = 'working') => {
              const workingSet = this.workingSet(handle);
              this.setWorkingSet(handle, { ...workingSet, [part]: workingSet[part].withTable(table, next) });
            }
          : undefined,
      workingSetOf: (branch) => this.transaction.workingSet(database, branch),
      resolveCommit: (spec) => resolve(spec, head),
      resolveRoot: (spec) =>
        isWorkingName(spec) ? this.#rootNamed(handle, spec) : repository.rootOfCommit(resolve(spec, head)),
    };
  }

  #rootNamed(handle: DatabaseHandle, name: string): RootValue {
    const { working, staged } = this.workingSet(handle);
    return name.toUpperCase() === 'STAGED' ? staged : working;
  }

  #commitAsOf(
    handle: DatabaseHandle,
    asOf: Value,
    resolve: (spec: string, head: Address) => Address,
  ): Address | undefined {
    const head = this.head(handle);
    if (typeof asOf === 'string') return isWorkingName(asOf) ? undefined : resolve(asOf, head);
    const until = Number(asOf) / 1000;
    const { nodes } = handle.database.repository;
    for (let at: Address | undefined = head; at !== undefined; ) {
      const commit = readCommit(nodes, at);
      if (commit.authorDate <= until) return at;
      at = commit.parents[0];
    }
    throw new SqlError(1105, 'HY000', 'no commit is as old as the time that AS OF names', 'notFound');
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

  // Temporary tables ------------------------------------------------------------------------------------------------

  temporaryTable(database: string, name: string): Table | undefined {
    if (this.#temporary.size === 0) return undefined;
    return this.#temporary.get(database.toLowerCase())?.get(name.toLowerCase())?.table;
  }

  temporaryNames(database: string): readonly string[] {
    return [...(this.#temporary.get(database.toLowerCase())?.values() ?? [])].map(({ name }) => name);
  }

  setTemporaryTable(database: string, name: string, table: Table | undefined): void {
    const key = database.toLowerCase();
    const tables = this.#temporary.get(key) ?? new Map<string, { name: string; table: Table }>();
    if (table === undefined) tables.delete(name.toLowerCase());
    else tables.set(name.toLowerCase(), { name: tables.get(name.toLowerCase())?.name ?? name, table });
    this.#temporary.set(key, tables);
    this.#noteHeld();
  }

  // Warnings --------------------------------------------------------------------------------------------------------

  warn(warning: SqlWarning): void {
    const most = 1024;
    if (this.warnings.length < most) this.warnings.push(warning);
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
    this.#temporary.clear();
    this.#noteHeld();
    this.rest();
    this.engine.locks.releaseAll(this.connectionId);
    this.engine.sessions.delete(this);
    this.closed = true;
  }
}

function isWorkingName(asOf: Value | undefined): boolean {
  return typeof asOf === 'string' && /^(WORKING|STAGED)$/i.test(asOf);
}
