/**
 * What an account may do together with its active roles. Answers are remembered, so that a statement which is run again
 * costs one look-up; a change of accounts makes a new object.
 */
import { bySpecificity, isPattern, matchesPattern } from './name-pattern.ts';
import { DATABASE_PRIVILEGES, Privilege, type Privileges, TABLE_PRIVILEGES } from './privilege.ts';
import { anyColumnPrivileges, type PrivilegeSet, routineKey } from './privilege-set.ts';

const MOST_REMEMBERED = 1000;

export class EffectivePrivileges {
  readonly #sets: readonly PrivilegeSet[];
  readonly global: Privileges;
  readonly #databases = new Map<string, Privileges>();
  /** By database and name. */
  readonly #tables = new Map<string, Map<string, Privileges>>();

  constructor(sets: readonly PrivilegeSet[]) {
    this.#sets = sets;
    this.global = sets.reduce((all, { global }) => all | global, 0);
  }

  /** SUPER stands for every dynamic privilege. */
  hasDynamic(...names: readonly string[]): boolean {
    if ((this.global & Privilege.super) !== 0) return true;
    return this.#sets.some(({ dynamic }) => names.some((name) => dynamic.has(name)));
  }

  mayPassOn(dynamic: string): boolean {
    return this.#sets.some((set) => set.dynamic.get(dynamic) === true);
  }

  /** On the whole database, global privileges among them. */
  database(name: string): Privileges {
    return this.#remembered(this.#databases, name, () => {
      let all = this.global;
      for (const set of this.#sets) all |= databasePrivileges(set, name.toLowerCase());
      return all;
    });
  }

  /** On the whole table, those of the database and global ones among them. */
  table(database: string, table: string): Privileges {
    const tables = this.#remembered(this.#tables, database, () => new Map<string, Privileges>());
    return this.#remembered(tables, table, () => {
      let all = this.database(database);
      for (const stored of this.#storedTables(database, table)) all |= stored.privileges;
      return all;
    });
  }

  column(database: string, table: string, column: string): Privileges {
    let all = this.table(database, table);
    const key = column.toLowerCase();
    for (const { columns } of this.#storedTables(database, table)) all |= columns.get(key)?.privileges ?? 0;
    return all;
  }

  /** What is granted on some column, or on the table. */
  anyColumn(database: string, table: string): Privileges {
    let all = this.table(database, table);
    for (const stored of this.#storedTables(database, table)) all |= anyColumnPrivileges(stored);
    return all;
  }

  /** Granted on the routine itself. */
  ownOfRoutine(database: string, routine: string, isProcedure: boolean): Privileges {
    const key = routineKey(routine, isProcedure);
    let all = 0;
    for (const { databases } of this.#sets) {
      all |= databases.get(database.toLowerCase())?.routines.get(key)?.privileges ?? 0;
    }
    return all;
  }

  routine(database: string, routine: string, isProcedure: boolean): Privileges {
    return this.database(database) | this.ownOfRoutine(database, routine, isProcedure);
  }

  /** Whether anything in the database is granted: it may be selected, and is shown. */
  seesDatabase(name: string): boolean {
    if ((this.database(name) & DATABASE_PRIVILEGES) !== 0) return true;
    return this.#sets.some(({ databases }) => {
      const stored = databases.get(name.toLowerCase());
      return stored !== undefined && (stored.tables.size > 0 || stored.routines.size > 0);
    });
  }

  seesTable(database: string, table: string): boolean {
    if ((this.table(database, table) & TABLE_PRIVILEGES) !== 0) return true;
    return (this.anyColumn(database, table) & TABLE_PRIVILEGES) !== 0;
  }

  #storedTables(database: string, table: string) {
    return this.#sets.flatMap(({ databases }) => {
      const stored = databases.get(database.toLowerCase())?.tables.get(table.toLowerCase());
      return stored === undefined ? [] : [stored];
    });
  }

  #remembered<Answer>(answers: Map<string, Answer>, key: string, find: () => Answer): Answer {
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = find();
      if (answers.size >= MOST_REMEMBERED) answers.clear();
      answers.set(key, answer);
    }
    return answer;
  }
}

/** Of the most specific name that stands for the database: the name itself, else a pattern. */
function databasePrivileges({ databases }: PrivilegeSet, name: string): Privileges {
  const exact = databases.get(name);
  if (exact !== undefined && exact.privileges !== 0) return exact.privileges;
  const patterns = [...databases.values()]
    .filter(({ name: pattern, privileges }) => privileges !== 0 && isPattern(pattern) && matchesPattern(name, pattern))
    .sort((a, b) => bySpecificity(a.name, b.name));
  return patterns[0]?.privileges ?? 0;
}
