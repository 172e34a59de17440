/** SHOW: what it tells of is seen by who may do anything with it. Lists leave out the rest instead. */
import { Privilege as P } from '../../accounts/privilege.ts';
import type { SessionAccess } from '../../session/session-access.ts';
import type { TableName } from '../../syntax/ast/node.ts';
import type { ShowStatement } from '../../syntax/ast/show-statements.ts';

export function checkShow(statement: ShowStatement, access: SessionAccess): void {
  const { subject, database, name } = statement;
  switch (subject) {
    case 'tables':
    case 'table status':
    case 'open tables':
    case 'triggers':
    case 'branches':
      access.assertSeesDatabase(database);
      return;
    case 'events':
      access.assertDatabase(P.event, database);
      return;
    case 'create event':
      access.assertDatabase(P.event, name?.database ?? database);
      return;
    case 'create trigger':
      // The privilege is the table's, which is known when the trigger is found.
      access.assertSeesDatabase(name?.database ?? database);
      return;
    case 'create database':
      access.assertSeesDatabase(name?.name ?? database);
      return;
    case 'columns':
    case 'index':
    case 'create table':
      access.assertSeesTable(qualified(statement), 'SELECT', statement.asOf !== undefined);
      return;
    case 'create view':
      access.assertTable(P.select | P.showView, qualified(statement));
      return;
    case 'engine':
      access.assertOneOf('PROCESS', P.process);
      return;
    case 'binary log status':
    case 'binary logs':
    case 'replica status':
      access.assertOneOf('SUPER, REPLICATION CLIENT', P.super | P.replicationClient);
      return;
    case 'replicas':
    case 'binlog events':
    case 'relaylog events':
      access.assertOneOf('REPLICATION SLAVE', P.super | P.replicationSlave);
      return;
    default:
  }
}

function qualified({ name, database }: ShowStatement): TableName {
  return database === undefined ? name! : { ...name!, database };
}
