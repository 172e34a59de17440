/** A table of information_schema: computed from what the session sees. */

import type { Steps, Wait } from '../../repo/steps.ts';
import type { Value } from '../../tuple/value.ts';
import type { Account } from '../accounts/account.ts';
import { namesOf, Privilege, type Privileges } from '../accounts/privilege.ts';
import type { SourceColumn, VirtualRequest, VirtualSource } from '../catalog/catalog.ts';
import type { DatabaseView } from '../catalog/database-view.ts';
import { storedViews } from '../catalog/views.ts';
import { bookOf, shownAccounts } from '../session/account-rows.ts';
import { nonlocalTablesShown } from '../session/nonlocal-tables-shown.ts';
import { splitDatabaseName } from '../session/revision.ts';
import type { Session } from '../session/session.ts';
import { tableFilter } from '../session/table-filter.ts';
import { accountText } from '../types/account-name.ts';
import {
  BIGINT,
  DEFAULT_COLLATION,
  DOUBLE,
  datetime,
  decimal,
  FLOAT,
  INT,
  JSON_TYPE,
  LONGTEXT,
  type SqlType,
  timestamp,
  UNSIGNED_BIGINT,
  UNSIGNED_INT,
  varchar,
} from '../types/sql-type.ts';

export interface SchemaTable {
  open(session: Session, scene: SchemaScene): VirtualSource;
}

/** What a table may ask besides its session. */
export interface SchemaScene {
  /** The columns of a view; undefined where its body means nothing any more. */
  viewColumns(database: string, name: string): Steps<readonly SourceColumn[] | undefined>;
  /** The tables of information_schema. */
  schemaTables(): Steps<readonly VirtualSource[]>;
  /** Dolt's own tables, of a database with these tables. */
  systemTableNames(tables: readonly string[]): readonly string[];
}

const TYPES: Readonly<Record<string, SqlType>> = {
  n: varchar(64, 'utf8mb3_general_ci'),
  s: { kind: 'text', size: 'normal', collation: DEFAULT_COLLATION },
  m: { kind: 'text', size: 'medium', collation: DEFAULT_COLLATION },
  t: LONGTEXT,
  b: { kind: 'blob', size: 'normal' },
  j: JSON_TYPE,
  x: { kind: 'binary', length: 0 },
  I: INT,
  i: BIGINT,
  u: UNSIGNED_BIGINT,
  o: UNSIGNED_INT,
  B: { kind: 'bit', width: 1 },
  D: decimal(65, 0),
  d: datetime(0),
  T: timestamp(0),
  F: FLOAT,
  f: DOUBLE,
};

/**
 * `NAME:type`, where a type is n(ame), v97 (VARCHAR(97)), s(hort), m(edium) or long t(ext), b(lob), j(son), x (nothing but
 * NULL), I(nt), i (bigint), u(nsigned bigint), o(rdinal: unsigned int), B(it), D(ecimal), d(atetime), T(imestamp), F(loat) or
 * f (double); `!` is NOT NULL.
 */
export function schemaColumns(text: string): SourceColumn[] {
  return text.split(/\s+/).map((word) => {
    const [name = '', type = 'n'] = word.split(':');
    const letter = type.replace('!', '');
    const length = /^v(\d+)$/.exec(letter)?.[1];
    const known = length === undefined ? TYPES[letter] : varchar(Number(length), 'utf8mb3_general_ci');
    return { name, type: known ?? TYPES['n']!, nullable: !type.endsWith('!') };
  });
}

/** CHARACTER_SET_CLIENT, COLLATION_CONNECTION and DATABASE_COLLATION of stored programs. */
export const COLLATIONS = ['utf8mb4', DEFAULT_COLLATION, DEFAULT_COLLATION] as const;

export function schemaTable(
  name: string,
  columns: string,
  rows: (session: Session, request: VirtualRequest, scene: SchemaScene) => Iterable<readonly Value[] | Wait>,
): SchemaTable {
  const parsed = schemaColumns(columns);
  return {
    open: (session, scene) => ({
      kind: 'virtual',
      database: 'information_schema',
      name,
      columns: parsed,
      rows: (request) => rows(session, request, scene),
    }),
  };
}

/**
 * Whether rows with this name in a column may be wanted: what the filter leaves out for sure need not be computed. Names that
 * are not plain ASCII may be equal to others, as collations have it.
 */
export function mayBeWanted({ equalities }: VirtualRequest, column: number, name: string): boolean {
  const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
  const fold = (text: string): string => text.trimEnd().toLowerCase();
  if (!isPlain(name)) return true;
  return equalities
    .filter((equality) => equality.column === column)
    .every(({ values }) =>
      values.some((value) => typeof value !== 'string' || !isPlain(value) || fold(value) === fold(name)),
    );
}

/** Every database that the session sees, as it sees it, and the revision of one that it uses. */
export function* views(session: Session): Generator<DatabaseView> {
  const isSeen = (name: string): boolean => session.access?.seesDatabase(name) !== false;
  for (const { name } of session.engine.databases.databases()) {
    if (isSeen(name)) yield session.view(session.handle(name));
  }
  const { currentDatabase = '' } = session;
  const { database, revision } = splitDatabaseName(currentDatabase);
  if (revision !== undefined && isSeen(database)) yield session.view(session.handle(currentDatabase));
}

/** Tables that the session sees, without Dolt's own. */
export function* userTables(view: DatabaseView, session: Session) {
  const isShown = tableFilter(view, session);
  for (const name of view.root.tableNames()) {
    if (!/^dolt_/i.test(name) && isShown(name)) yield { name, table: view.root.table(name)! };
  }
  for (const found of nonlocalTablesShown(view, session)) if (isShown(found.name)) yield found;
}

/** Dolt's own tables that the session sees: none unless `dolt_show_system_tables` is on. */
export function systemTables(view: DatabaseView, session: Session, scene: SchemaScene): readonly string[] {
  if (!session.variables.isOn('dolt_show_system_tables')) return [];
  return scene.systemTableNames(view.root.tableNames()).filter(tableFilter(view, session));
}

/** Views that the session sees. */
export function userViews(view: DatabaseView, session: Session) {
  const isShown = tableFilter(view, session);
  return storedViews(view.root).filter(({ name }) => isShown(name));
}

/** A table of what accounts may do: one row a privilege. */
export function privilegesTable(
  name: string,
  columns: string,
  rowsOf: (account: Account) => Iterable<readonly Value[]>,
): SchemaTable {
  const parsed = schemaColumns(columns);
  return {
    open: (session) => {
      const book = bookOf(session);
      return {
        kind: 'virtual',
        database: 'information_schema',
        name,
        columns: parsed,
        rows: () => shownAccounts(book, session).flatMap((account) => [...rowsOf(account)]),
      };
    },
  };
}

/** `'user'@'host'`. */
export const granteeOf = (account: Account): string => accountText(account, "'");

/** Names of privileges, without the option to pass them on. */
export const grantedNames = (privileges: Privileges): string[] => namesOf(privileges & ~Privilege.grantOption);

export const isGrantable = (privileges: Privileges): 'YES' | 'NO' =>
  (privileges & Privilege.grantOption) === 0 ? 'NO' : 'YES';
