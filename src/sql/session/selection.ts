/**
 * Where a session stands: the database that is selected, which may be one at a revision (`USE db/branch`), and in each database
 * the branch that its plain name means: the repository's head until the session has gone to another.
 */
import { branchRef, HEADS, type Refs } from '../../repo/refs.ts';
import type { SqlWarning } from '../expressions/session-view.ts';
import { SqlError, unknownDatabase } from '../types/sql-error.ts';
import type { Database } from './database.ts';
import type { DatabaseHandle } from './database-handle.ts';
import type { EngineState } from './engine-state.ts';
import { findRevision, type Revision, splitDatabaseName } from './revision.ts';
import type { SessionAccess } from './session-access.ts';

/** Databases that are no repositories. */
const WITHOUT_BRANCHES = /^(information_schema|mysql|performance_schema|sys)$/i;

/** What it asks of its session. */
export interface SelectionScene {
  readonly engine: EngineState;
  readonly access: SessionAccess | undefined;
  /** The refs of the transaction's snapshot. */
  refs(database: Database): Refs;
  warn(warning: SqlWarning): void;
}

/** The selected database around a program, and the one that it runs in. */
export interface ProgramSelection {
  readonly before: string | undefined;
  readonly within: string | undefined;
}

export class Selection {
  readonly #scene: SelectionScene;
  #current: string | undefined;
  readonly #heads = new Map<Database, Revision>();
  /** A head that was found to be there, and where; none once a head has changed. */
  #found: { readonly database: Database; readonly revision: Revision; readonly refs: Refs } | undefined;

  constructor(scene: SelectionScene, current: string | undefined) {
    this.#scene = scene;
    this.#current = current;
  }

  /** The selected database as `database()` prints it. */
  get current(): string | undefined {
    return this.#current;
  }

  /** Throws 1044 where nothing of it is granted, 1049 for one that is not there. */
  use(name: string): void {
    this.#scene.access?.assertSeesDatabase(name);
    this.#current = WITHOUT_BRANCHES.test(name) ? name.toLowerCase() : this.handle(name).name;
  }

  /** The selected database is gone. */
  useNone(): void {
    this.#current = undefined;
  }

  /** Selects the database of a program that is to run; what was selected, and is then, for `leaveProgram`. */
  enterProgram({ name }: DatabaseHandle): ProgramSelection {
    const before = this.#current;
    if (before?.toLowerCase() !== name.toLowerCase()) this.#current = name;
    return { before, within: this.#current };
  }

  /** What a program left selected gives way, unless it has gone to another branch of the same database. */
  leaveProgram({ before, within }: ProgramSelection): void {
    const now = this.#current;
    const name = (qualified: string): string => splitDatabaseName(qualified).database.toLowerCase();
    const hasGone = now !== within && before !== undefined && now !== undefined && name(before) === name(now);
    if (!hasGone) this.#current = before;
  }

  /** The branch of the selected database; undefined at a commit, and in a database that has none. Throws 1046 and 1049. */
  get branch(): string | undefined {
    if (this.#current !== undefined && WITHOUT_BRANCHES.test(this.#current)) return undefined;
    const { revision } = this.handle();
    return revision.kind === 'branch' ? revision.branch : undefined;
  }

  /** The branch of a database that statements without a name of a database are about; undefined where it is not that database. */
  branchOf(database: Database): string | undefined {
    if (this.#current === undefined) return undefined;
    const { database: name, revision } = splitDatabaseName(this.#current);
    if (name.toLowerCase() !== database.name.toLowerCase()) return undefined;
    if (revision !== undefined) return revision;
    const head = this.#heads.get(database);
    if (head === undefined) return this.#defaultBranch(database, database.repository.snapshot().refs);
    return head.kind === 'branch' ? head.branch : undefined;
  }

  /** Notes that the selected branch is read. */
  noteRead(): void {
    const { databases, branchActivity } = this.#scene.engine;
    if (branchActivity === undefined || this.#current === undefined) return;
    const database = databases.database(splitDatabaseName(this.#current).database);
    const branch = database && this.branchOf(database);
    if (branch !== undefined) branchActivity.read(database!, branch);
  }

  /** Throws 1046 without a database and 1049 for one that is not there. */
  handle(name: string | undefined = this.#current): DatabaseHandle {
    if (name === undefined) throw new SqlError(1046, '3D000', 'No database selected');
    const { database: base, revision } = splitDatabaseName(name);
    const database = this.#scene.engine.databases.database(base);
    if (database === undefined) throw unknownDatabase(name);
    if (revision === undefined) return { name: database.name, database, revision: this.#head(database) };
    const found = findRevision(database.repository, this.#scene.refs(database), revision);
    if (found === undefined) throw unknownDatabase(name);
    return { name: `${database.name}/${revision}`, database, revision: found };
  }

  /** Stands on another branch of a database; what `USE db/branch` selected gives way to the plain name. */
  switchBranch(database: Database, branch: string): void {
    this.#scene.engine.branchActivity?.read(database, branch);
    this.#heads.set(database, { kind: 'branch', branch });
    this.#found = undefined;
    if (
      this.#current !== undefined &&
      splitDatabaseName(this.#current).database.toLowerCase() === database.name.toLowerCase()
    ) {
      this.#current = database.name;
    }
  }

  /** The revision the session is on in a database: the repository's head at first. */
  #head(database: Database): Revision {
    const refs = this.#scene.refs(database);
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
      this.#scene.warn({
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
    const wanted = this.#scene.engine.globals.text(`${database.name.toLowerCase()}_default_branch`);
    const named = wanted.startsWith(HEADS) ? wanted.slice(HEADS.length) : wanted;
    if (named !== '' && refs.get(branchRef(named)) !== undefined) return named;
    const head = database.repository.state().head;
    if (refs.get(head) !== undefined || !head.startsWith(HEADS)) return head.slice(HEADS.length);
    for (const [name] of refs.entries(HEADS)) return name.slice(HEADS.length);
    return head.slice(HEADS.length);
  }
}
