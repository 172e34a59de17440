/**
 * The file of accounts, `privileges.db`: who may log in, what each may do, who has which role. Written as the original
 * writes it, byte by byte, but for the order of dynamic privileges, which is random there.
 */
import { DoltError } from '../base/errors.ts';
import { FlatbufferBuilder, type Offset } from './flatbuffer-builder.ts';
import { type FlatbufferTable, openBareMessage } from './flatbuffer-table.ts';

/** Privileges by number, ascending. */
export type PrivilegeNumbers = readonly number[];

export interface ColumnPrivilegesMessage {
  readonly name: string;
  readonly privileges: PrivilegeNumbers;
}

export interface TablePrivilegesMessage {
  readonly name: string;
  readonly privileges: PrivilegeNumbers;
  readonly columns: readonly ColumnPrivilegesMessage[];
}

export interface RoutinePrivilegesMessage {
  readonly name: string;
  readonly privileges: PrivilegeNumbers;
  readonly isProcedure: boolean;
}

export interface DatabasePrivilegesMessage {
  readonly name: string;
  readonly privileges: PrivilegeNumbers;
  readonly tables: readonly TablePrivilegesMessage[];
  readonly routines: readonly RoutinePrivilegesMessage[];
}

export interface PrivilegeSetMessage {
  readonly global: PrivilegeNumbers;
  /** Lower case, each with whether it may be passed on. */
  readonly dynamic: readonly { readonly name: string; readonly withGrant: boolean }[];
  readonly databases: readonly DatabasePrivilegesMessage[];
}

export interface AccountMessage {
  readonly user: string;
  readonly host: string;
  readonly privileges: PrivilegeSetMessage;
  readonly plugin: string;
  /** What is kept of the password. */
  readonly authentication: string;
  readonly passwordChangedSeconds: number;
  readonly isLocked: boolean;
  /** JSON. */
  readonly attributes?: string | undefined;
  readonly identity: string;
  readonly sslType: string;
  readonly sslCipher: string;
  readonly x509Issuer: string;
  readonly x509Subject: string;
}

export interface RoleEdgeMessage {
  /** The role. */
  readonly fromHost: string;
  readonly fromUser: string;
  readonly toHost: string;
  readonly toUser: string;
  readonly withAdmin: boolean;
}

/** Where the original replicates MySQL's binary log from; carried along. */
export interface BinlogSourceMessage {
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly port: number;
  readonly uuid: string;
  readonly retrySeconds: number;
  readonly retryCount: bigint;
}

export interface PrivilegesMessage {
  readonly accounts: readonly AccountMessage[];
  readonly roleEdges: readonly RoleEdgeMessage[];
  readonly binlogSources: readonly BinlogSourceMessage[];
  /** Those that the server itself made. */
  readonly superAccounts: readonly AccountMessage[];
}

const SLOTS = {
  file: 4,
  account: 13,
  set: 4,
  database: 4,
  table: 3,
  routine: 3,
  column: 2,
  edge: 5,
  source: 7,
} as const;

export function readPrivileges(bytes: Uint8Array): PrivilegesMessage {
  const file = openBareMessage(bytes, SLOTS.file);
  if (!file.has(0)) throw new DoltError('corrupt', 'the accounts are missing');
  return {
    accounts: file.tables(0, SLOTS.account).map(readAccount),
    roleEdges: file.tables(1, SLOTS.edge).map((edge) => ({
      fromHost: edge.string(0),
      fromUser: edge.string(1),
      toHost: edge.string(2),
      toUser: edge.string(3),
      withAdmin: edge.boolean(4),
    })),
    binlogSources: file.tables(2, SLOTS.source).map((source) => ({
      host: source.string(0),
      user: source.string(1),
      password: source.string(2),
      port: source.uint16(3),
      uuid: source.string(4),
      retrySeconds: source.uint32(5),
      retryCount: source.uint64(6),
    })),
    superAccounts: file.tables(3, SLOTS.account).map(readAccount),
  };
}

function readAccount(account: FlatbufferTable): AccountMessage {
  const privileges = account.table(2, SLOTS.set);
  if (privileges === undefined) throw new DoltError('corrupt', 'an account has no set of privileges');
  return {
    user: account.string(0),
    host: account.string(1),
    privileges: readSet(privileges),
    plugin: account.string(3),
    authentication: account.string(4),
    passwordChangedSeconds: Number(account.int64(5)),
    isLocked: account.boolean(6),
    attributes: account.has(7) ? account.string(7) : undefined,
    identity: account.string(8),
    sslType: account.string(9),
    sslCipher: account.string(10),
    x509Issuer: account.string(11),
    x509Subject: account.string(12),
  };
}

function readSet(set: FlatbufferTable): PrivilegeSetMessage {
  const withGrant = set.booleans(3);
  return {
    global: numbers(set, 0),
    dynamic: set.strings(1).map((name, i) => ({ name, withGrant: withGrant[i] ?? false })),
    databases: set.tables(2, SLOTS.database).map((database) => ({
      name: database.string(0),
      privileges: numbers(database, 1),
      tables: database.tables(2, SLOTS.table).map((table) => ({
        name: table.string(0),
        privileges: numbers(table, 1),
        columns: table.tables(2, SLOTS.column).map((column) => ({
          name: column.string(0),
          privileges: numbers(column, 1),
        })),
      })),
      routines: database.tables(3, SLOTS.routine).map((routine) => ({
        name: routine.string(0),
        privileges: numbers(routine, 1),
        isProcedure: routine.boolean(2),
      })),
    })),
  };
}

function numbers(table: FlatbufferTable, slot: number): number[] {
  return table.int32s(slot).sort((a, b) => a - b);
}

export function writePrivileges(message: PrivilegesMessage): Uint8Array {
  const builder = new FlatbufferBuilder();
  const accounts = writeAll(builder, message.accounts, writeAccount);
  const edges = writeAll(builder, message.roleEdges, writeEdge);
  const sources = writeAll(builder, message.binlogSources, writeSource);
  const superAccounts = writeAll(builder, message.superAccounts, writeAccount);
  builder.startTable(SLOTS.file);
  builder.addOffset(0, accounts);
  builder.addOffset(1, edges);
  builder.addOffset(2, sources);
  builder.addOffset(3, superAccounts);
  return builder.finishBare(builder.endTable());
}

/** The members first to last, then the vector. */
function writeAll<T>(
  builder: FlatbufferBuilder,
  members: readonly T[],
  write: (builder: FlatbufferBuilder, member: T) => Offset,
): Offset {
  return builder.offsets(members.map((member) => write(builder, member)));
}

function writeAccount(builder: FlatbufferBuilder, account: AccountMessage): Offset {
  const user = builder.string(account.user);
  const host = builder.string(account.host);
  const privileges = writeSet(builder, account.privileges);
  const plugin = builder.string(account.plugin);
  const authentication = builder.string(account.authentication);
  const attributes = account.attributes === undefined ? 0 : builder.string(account.attributes);
  const identity = builder.string(account.identity);
  const sslType = builder.string(account.sslType);
  const sslCipher = builder.string(account.sslCipher);
  const x509Issuer = builder.string(account.x509Issuer);
  const x509Subject = builder.string(account.x509Subject);
  builder.startTable(SLOTS.account);
  builder.addOffset(0, user);
  builder.addOffset(1, host);
  builder.addOffset(2, privileges);
  builder.addOffset(3, plugin);
  builder.addOffset(4, authentication);
  builder.addInt64(5, account.passwordChangedSeconds);
  builder.addBoolean(6, account.isLocked);
  builder.addOffset(7, attributes);
  builder.addOffset(8, identity);
  builder.addOffset(9, sslType);
  builder.addOffset(10, sslCipher);
  builder.addOffset(11, x509Issuer);
  builder.addOffset(12, x509Subject);
  return builder.endTable();
}

function writeSet(builder: FlatbufferBuilder, { global, dynamic, databases }: PrivilegeSetMessage): Offset {
  const statics = writeNumbers(builder, global);
  const withGrant = builder.booleans(dynamic.map((each) => each.withGrant));
  const names = new Map<string, Offset>();
  for (const { name } of dynamic.toReversed()) if (!names.has(name)) names.set(name, builder.string(name));
  const dynamics = builder.offsets(dynamic.map(({ name }) => names.get(name)!));
  const members = writeAll(builder, databases, writeDatabase);
  builder.startTable(SLOTS.set);
  builder.addOffset(0, statics);
  builder.addOffset(1, dynamics);
  builder.addOffset(2, members);
  builder.addOffset(3, withGrant);
  return builder.endTable();
}

function writeDatabase(builder: FlatbufferBuilder, database: DatabasePrivilegesMessage): Offset {
  const name = builder.string(database.name);
  const privileges = writeNumbers(builder, database.privileges);
  const tables = writeAll(builder, database.tables, writeTable);
  const routines = writeAll(builder, database.routines, writeRoutine);
  builder.startTable(SLOTS.database);
  builder.addOffset(0, name);
  builder.addOffset(1, privileges);
  builder.addOffset(2, tables);
  builder.addOffset(3, routines);
  return builder.endTable();
}

function writeTable(builder: FlatbufferBuilder, table: TablePrivilegesMessage): Offset {
  const name = builder.string(table.name);
  const privileges = writeNumbers(builder, table.privileges);
  const columns = writeAll(builder, table.columns, writeColumn);
  builder.startTable(SLOTS.table);
  builder.addOffset(0, name);
  builder.addOffset(1, privileges);
  builder.addOffset(2, columns);
  return builder.endTable();
}

function writeRoutine(builder: FlatbufferBuilder, routine: RoutinePrivilegesMessage): Offset {
  const name = builder.string(routine.name);
  const privileges = writeNumbers(builder, routine.privileges);
  builder.startTable(SLOTS.routine);
  builder.addOffset(0, name);
  builder.addOffset(1, privileges);
  builder.addBoolean(2, routine.isProcedure);
  return builder.endTable();
}

function writeColumn(builder: FlatbufferBuilder, column: ColumnPrivilegesMessage): Offset {
  const name = builder.string(column.name);
  const privileges = writeNumbers(builder, column.privileges);
  builder.startTable(SLOTS.column);
  builder.addOffset(0, name);
  builder.addOffset(1, privileges);
  return builder.endTable();
}

/** The original puts them in from the first on, and a vector grows at its front. */
function writeNumbers(builder: FlatbufferBuilder, privileges: PrivilegeNumbers): Offset {
  return builder.int32s(privileges.toReversed());
}

function writeEdge(builder: FlatbufferBuilder, edge: RoleEdgeMessage): Offset {
  const fromHost = builder.string(edge.fromHost);
  const fromUser = builder.string(edge.fromUser);
  const toHost = builder.string(edge.toHost);
  const toUser = builder.string(edge.toUser);
  builder.startTable(SLOTS.edge);
  builder.addOffset(0, fromHost);
  builder.addOffset(1, fromUser);
  builder.addOffset(2, toHost);
  builder.addOffset(3, toUser);
  builder.addBoolean(4, edge.withAdmin);
  return builder.endTable();
}

function writeSource(builder: FlatbufferBuilder, source: BinlogSourceMessage): Offset {
  const host = builder.string(source.host);
  const user = builder.string(source.user);
  const password = builder.string(source.password);
  const uuid = builder.string(source.uuid);
  builder.startTable(SLOTS.source);
  builder.addOffset(0, host);
  builder.addOffset(1, user);
  builder.addOffset(2, password);
  builder.addOffset(4, uuid);
  builder.addUint16(3, source.port);
  builder.addUint32(5, source.retrySeconds);
  builder.addInt64(6, source.retryCount);
  return builder.endTable();
}
