/** What SHOW says of the server rather than of databases: character sets, engines, privileges, logs that it does not keep. */
import { allCollations } from '../../../tuple/collation.ts';
import { PRIVILEGE_NAMES, Privilege, type Privileges } from '../../accounts/privilege.ts';
import { characterSets } from '../../catalog/character-sets.ts';
import type { ShowStatement } from '../../syntax/ast/show-statements.ts';
import { notSupported, SqlError } from '../../types/sql-error.ts';
import { UNSIGNED_BIGINT } from '../../types/sql-type.ts';
import { column } from '../result-rows.ts';
import { named, type Row, type Shown } from './shown.ts';

/** What has no rows, and the columns that it would have (MySQL 8.0's). */
const EMPTY: Readonly<Record<string, string>> = {
  plugins: 'Name Status Type Library License',
  'open tables': 'Database Table In_use Name_locked',
  'binary log status': 'File Position Binlog_Do_DB Binlog_Ignore_DB Executed_Gtid_Set',
  'replica status': 'Replica_IO_State Source_Host',
  replicas: 'Server_Id Host Port Source_Id Replica_UUID',
  'binlog events': 'Log_name Pos Event_type Server_id End_log_pos Info',
  'relaylog events': 'Log_name Pos Event_type Server_id End_log_pos Info',
  profiles: 'Query_ID Duration Query',
  profile: 'Status Duration',
};

export function showServer({ subject }: ShowStatement): Shown {
  switch (subject) {
    case 'collation':
      return collations();
    case 'character set':
      return {
        columns: [...named('Charset Description Default-collation'), column('Maxlen', UNSIGNED_BIGINT)],
        rows: characterSets().map((set): Row => [set.name, set.description, set.defaultCollation, set.length]),
      };
    case 'engines':
      return {
        columns: named('Engine Support Comment Transactions XA Savepoints'),
        rows: [
          ['InnoDB', 'DEFAULT', 'Supports transactions, row-level locking, and foreign keys', 'YES', 'YES', 'YES'],
        ],
      };
    case 'engine':
      return { columns: named('Type Name Status'), rows: [['InnoDB', '', '']] };
    case 'privileges':
      return { columns: named('Privilege Context Comment'), rows: privileges() };
    case 'binary logs':
      throw new SqlError(1381, 'HY000', 'You are not using binary logging');
    default: {
      const columns = EMPTY[subject];
      if (columns === undefined) throw notSupported(`SHOW ${subject.toUpperCase()}`);
      return { columns: named(columns), rows: [] };
    }
  }
}

function collations(): Shown {
  const columns = named('Collation Charset Id Default Compiled Sortlen Pad_attribute');
  return {
    columns: columns.map((c) => (c.name === 'Id' || c.name === 'Sortlen' ? { ...c, type: UNSIGNED_BIGINT } : c)),
    rows: [...allCollations()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, characterSet, id, isDefault, padSpace }): Row => {
        return [name, characterSet, id, isDefault ? 'Yes' : '', 'Yes', 1, padSpace ? 'PAD SPACE' : 'NO PAD'];
      }),
  };
}

/** Where a privilege is granted, and for what; those that are not here are granted globally. */
const CONTEXTS: Readonly<Record<Privileges, readonly [context: string, comment: string]>> = {
  [Privilege.select]: ['Tables', 'To read rows'],
  [Privilege.insert]: ['Tables', 'To insert rows'],
  [Privilege.update]: ['Tables', 'To change rows'],
  [Privilege.delete]: ['Tables', 'To delete rows'],
  [Privilege.create]: ['Databases,Tables,Indexes', 'To create databases and tables'],
  [Privilege.drop]: ['Databases,Tables', 'To drop databases, tables and views'],
  [Privilege.grantOption]: ['Databases,Tables,Functions,Procedures', 'To give others the privileges that one has'],
  [Privilege.references]: ['Databases,Tables', 'To have foreign keys on tables'],
  [Privilege.index]: ['Tables', 'To create and drop indexes'],
  [Privilege.alter]: ['Tables', 'To alter tables'],
  [Privilege.createTemporaryTables]: ['Databases', 'To create temporary tables'],
  [Privilege.lockTables]: ['Databases', 'To lock tables'],
  [Privilege.execute]: ['Functions,Procedures', 'To run stored routines'],
  [Privilege.createView]: ['Tables', 'To create views'],
  [Privilege.showView]: ['Tables', 'To see the definition of views'],
  [Privilege.createRoutine]: ['Databases', 'To create stored routines'],
  [Privilege.alterRoutine]: ['Functions,Procedures', 'To alter and drop stored routines'],
  [Privilege.event]: ['Databases', 'To create, alter and drop events'],
  [Privilege.trigger]: ['Tables', 'To have triggers on tables'],
};

function privileges(): Row[] {
  return PRIVILEGE_NAMES.map((name, bit): Row => {
    const title = name.replace(/\w+/g, (word) => word[0] + word.slice(1).toLowerCase());
    const [context, comment] = CONTEXTS[1 << bit] ?? ['Server Admin', ''];
    return [title, context, comment];
  });
}
