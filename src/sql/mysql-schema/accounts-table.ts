/** A table of the database `mysql`: computed from the accounts. */
import type { Value } from '../../tuple/value.ts';
import type { AccountBook } from '../accounts/account-book.ts';
import { Privilege, type Privileges } from '../accounts/privilege.ts';
import type { VirtualSource } from '../catalog/catalog.ts';
import type { SystemColumn } from '../catalog/system-table.ts';
import { bookOf } from '../session/account-rows.ts';
import type { Session } from '../session/session.ts';
import { LONGTEXT, type SqlType, timestamp, UNSIGNED_INT, varchar } from '../types/sql-type.ts';

export interface AccountsTable {
  open(session: Session): VirtualSource;
}

/** A name's type unless told. Where `isKey`, it is part of the primary key. */
export interface AccountsColumn {
  readonly name: string;
  readonly type?: SqlType;
  readonly isKey?: boolean;
  readonly nullable?: boolean;
}

export function accountsTable(
  name: string,
  columns: readonly AccountsColumn[],
  rows: (book: AccountBook) => Iterable<readonly Value[]>,
): AccountsTable {
  const parsed = columns.map((column): SystemColumn => {
    const { type = NAME, isKey = false, nullable = false } = column;
    return { name: column.name, type, nullable, ...(isKey ? { key: 'PRI' as const } : {}) };
  });
  return {
    open: (session) => {
      const book = bookOf(session);
      return { kind: 'virtual', database: 'mysql', name, columns: parsed, rows: () => rows(book) };
    },
  };
}

const NAME = varchar(255, 'utf8mb3_bin');
export const FLAG = varchar(1, 'utf8mb3_general_ci');
export const NUMBER = UNSIGNED_INT;
export const TEXT = LONGTEXT;
export const MOMENT = timestamp(0);

export const keys = (...names: readonly string[]): AccountsColumn[] => names.map((name) => ({ name, isKey: true }));

export const yesNo = (yes: boolean): 'Y' | 'N' => (yes ? 'Y' : 'N');

/** The columns `…_priv` of the whole-database and of the global level, in their order there. */
export const PRIVILEGE_COLUMNS = {
  Select_priv: Privilege.select,
  Insert_priv: Privilege.insert,
  Update_priv: Privilege.update,
  Delete_priv: Privilege.delete,
  Create_priv: Privilege.create,
  Drop_priv: Privilege.drop,
  Reload_priv: Privilege.reload,
  Shutdown_priv: Privilege.shutdown,
  Process_priv: Privilege.process,
  File_priv: Privilege.file,
  Grant_priv: Privilege.grantOption,
  References_priv: Privilege.references,
  Index_priv: Privilege.index,
  Alter_priv: Privilege.alter,
  Show_db_priv: Privilege.showDatabases,
  Super_priv: Privilege.super,
  Create_tmp_table_priv: Privilege.createTemporaryTables,
  Lock_tables_priv: Privilege.lockTables,
  Execute_priv: Privilege.execute,
  Repl_slave_priv: Privilege.replicationSlave,
  Repl_client_priv: Privilege.replicationClient,
  Create_view_priv: Privilege.createView,
  Show_view_priv: Privilege.showView,
  Create_routine_priv: Privilege.createRoutine,
  Alter_routine_priv: Privilege.alterRoutine,
  Create_user_priv: Privilege.createUser,
  Event_priv: Privilege.event,
  Trigger_priv: Privilege.trigger,
  Create_tablespace_priv: Privilege.createTablespace,
  Create_role_priv: Privilege.createRole,
  Drop_role_priv: Privilege.dropRole,
} as const;

export type PrivilegeColumn = keyof typeof PRIVILEGE_COLUMNS;

export const flagColumns = (names: readonly PrivilegeColumn[]): AccountsColumn[] =>
  names.map((name) => ({ name, type: FLAG }));

export const flags = (names: readonly PrivilegeColumn[], privileges: Privileges): ('Y' | 'N')[] =>
  names.map((name) => yesNo((privileges & PRIVILEGE_COLUMNS[name]) !== 0));

/** As the columns of type SET write them. */
const SET_NAMES: readonly (readonly [string, Privileges])[] = [
  ['Select', Privilege.select],
  ['Insert', Privilege.insert],
  ['Update', Privilege.update],
  ['Delete', Privilege.delete],
  ['Create', Privilege.create],
  ['Drop', Privilege.drop],
  ['Execute', Privilege.execute],
  ['Alter Routine', Privilege.alterRoutine],
  ['Grant', Privilege.grantOption],
  ['References', Privilege.references],
  ['Index', Privilege.index],
  ['Alter', Privilege.alter],
  ['Create View', Privilege.createView],
  ['Show view', Privilege.showView],
  ['Trigger', Privilege.trigger],
];

export const setText = (privileges: Privileges): string =>
  SET_NAMES.filter(([, bit]) => (privileges & bit) !== 0)
    .map(([name]) => name)
    .join(',');

/** When and by whom something was granted is not kept. */
export const UNKNOWN_MOMENT = 1_000_000;
