/** Accounts as the statements that would make them: SHOW GRANTS, SHOW CREATE USER. */

import { type AccountName, accountText, sameAccount } from '../types/account-name.ts';
import type { Account, RoleEdge } from './account.ts';
import {
  COLUMN_PRIVILEGES,
  DATABASE_PRIVILEGES,
  namesOf,
  PRIVILEGE_NAMES,
  Privilege,
  type Privileges,
  TABLE_PRIVILEGES,
} from './privilege.ts';
import {
  type DatabasePrivileges,
  EMPTY_SET,
  type PrivilegeLevel,
  type PrivilegeSet,
  type TablePrivileges,
  withDynamic,
  withPrivileges,
} from './privilege-set.ts';

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** `roles` are edges to the account. */
export function grantLines(account: AccountName, set: PrivilegeSet, roles: readonly RoleEdge[]): string[] {
  const to = accountText(account, '`');
  const lines = [`GRANT ${listed(set.global, undefined)} ON *.* TO ${to}${withGrant(set.global)}`];
  for (const passedOn of [false, true]) {
    const names = [...set.dynamic].filter(([, grant]) => grant === passedOn).map(([name]) => name.toUpperCase());
    if (names.length > 0) lines.push(`GRANT ${names.join(',')} ON *.* TO ${to}${passedOn ? WITH_GRANT : ''}`);
  }
  const databases = [...set.databases.values()];
  for (const { name, privileges } of databases) {
    if (privileges === 0) continue;
    lines.push(
      `GRANT ${listed(privileges, DATABASE_PRIVILEGES)} ON ${quoted(name)}.* TO ${to}${withGrant(privileges)}`,
    );
  }
  for (const database of databases) {
    for (const table of database.tables.values()) lines.push(tableLine(database, table, to));
  }
  for (const database of databases) lines.push(...routineLines(database, to));
  for (const withAdmin of [false, true]) {
    const names = roles.filter((edge) => edge.withAdmin === withAdmin).map(({ role }) => accountText(role, '`'));
    if (names.length > 0) lines.push(`GRANT ${names.join(',')} TO ${to}${withAdmin ? ' WITH ADMIN OPTION' : ''}`);
  }
  return lines;
}

const WITH_GRANT = ' WITH GRANT OPTION';
const withGrant = (privileges: Privileges): string => ((privileges & Privilege.grantOption) === 0 ? '' : WITH_GRANT);

/** `all`: what ALL PRIVILEGES stands for; the global level lists them. */
function listed(privileges: Privileges, all: Privileges | undefined): string {
  const plain = privileges & ~Privilege.grantOption;
  if (all !== undefined && plain === (all & ~Privilege.grantOption)) return 'ALL PRIVILEGES';
  return plain === 0 ? 'USAGE' : namesOf(plain).join(', ');
}

function tableLine({ name: database }: DatabasePrivileges, table: TablePrivileges, to: string): string {
  const { privileges, columns } = table;
  const ofColumns = PRIVILEGE_NAMES.flatMap((name, number) => {
    const bit = 1 << number;
    if ((bit & COLUMN_PRIVILEGES) === 0) return [];
    const names = [...columns.values()].filter((column) => (column.privileges & bit) !== 0);
    return names.length === 0 ? [] : [`${name} (${names.map((column) => quoted(column.name)).join(', ')})`];
  });
  const whole = listed(privileges, TABLE_PRIVILEGES);
  const list = ofColumns.length === 0 ? whole : [...(whole === 'USAGE' ? [] : [whole]), ...ofColumns].join(', ');
  return `GRANT ${list} ON ${quoted(database)}.${quoted(table.name)} TO ${to}${withGrant(privileges)}`;
}

function routineLines({ name: database, routines }: DatabasePrivileges, to: string): string[] {
  return [...routines.values()].map(({ name, isProcedure, privileges }) => {
    const what = `${isProcedure ? 'PROCEDURE' : 'FUNCTION'} ${quoted(database)}.${quoted(name)}`;
    return `GRANT ${listed(privileges, undefined)} ON ${what} TO ${to}${withGrant(privileges)}`;
  });
}

export function edgesTo(account: AccountName, edges: readonly RoleEdge[]): RoleEdge[] {
  return edges.filter(({ to }) => sameAccount(to, account));
}

/** What several sets give together. */
export function unionOf(sets: readonly PrivilegeSet[]): PrivilegeSet {
  let all = EMPTY_SET;
  const grant = (level: PrivilegeLevel, privileges: Privileges): void => {
    all = withPrivileges(all, level, (now) => now | privileges);
  };
  for (const set of sets) {
    grant({ kind: 'global' }, set.global);
    for (const [name, passedOn] of set.dynamic)
      all = withDynamic(all, name, passedOn || all.dynamic.get(name) === true);
    for (const { name: database, privileges, tables, routines } of set.databases.values()) {
      grant({ kind: 'database', database }, privileges);
      for (const { name: table, privileges, columns } of tables.values()) {
        grant({ kind: 'table', database, table }, privileges);
        for (const { name: column, privileges } of columns.values()) {
          grant({ kind: 'column', database, table, column }, privileges);
        }
      }
      for (const { name: routine, isProcedure, privileges } of routines.values()) {
        grant({ kind: 'routine', database, routine, isProcedure }, privileges);
      }
    }
  }
  return all;
}

export function createUserText(account: Account): string {
  const { plugin, authentication, defaultRoles, transport, isLocked } = account;
  const hash = authentication === '' ? '' : ` AS '${authentication.replaceAll("'", "''")}'`;
  const roles = (defaultRoles ?? []).map((role) => accountText(role, '`'));
  return (
    `CREATE USER ${accountText(account, '`')} IDENTIFIED WITH '${plugin}'${hash}` +
    (roles.length === 0 ? '' : ` DEFAULT ROLE ${roles.join(',')}`) +
    ` REQUIRE ${transportText(account, transport)}` +
    ` PASSWORD EXPIRE DEFAULT ACCOUNT ${isLocked ? 'LOCK' : 'UNLOCK'}` +
    ' PASSWORD HISTORY DEFAULT PASSWORD REUSE INTERVAL DEFAULT PASSWORD REQUIRE CURRENT DEFAULT'
  );
}

function transportText({ cipher, issuer, subject }: Account, transport: Account['transport']): string {
  switch (transport) {
    case '':
      return 'NONE';
    case 'ANY':
      return 'SSL';
    case 'X509':
      return 'X509';
    case 'SPECIFIED':
      return [
        ...(subject === '' ? [] : [`SUBJECT '${subject}'`]),
        ...(issuer === '' ? [] : [`ISSUER '${issuer}'`]),
        ...(cipher === '' ? [] : [`CIPHER '${cipher}'`]),
      ].join(' ');
  }
}
