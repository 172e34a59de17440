/** A table of information_schema: computed from what the session sees. */
import type { Value } from '../../tuple/value.ts';
import type { SourceColumn, VirtualRequest, VirtualSource } from '../catalog/catalog.ts';
import type { DatabaseView } from '../catalog/database-view.ts';
import type { Session } from '../session/session.ts';
import { BIGINT, datetime, LONGTEXT, type SqlType, UNSIGNED_BIGINT, UNSIGNED_INT, varchar } from '../types/sql-type.ts';

export interface SchemaTable {
  open(session: Session): VirtualSource;
}

const TYPES: Readonly<Record<string, SqlType>> = {
  n: varchar(64, 'utf8mb3_general_ci'),
  t: LONGTEXT,
  i: BIGINT,
  u: UNSIGNED_BIGINT,
  o: UNSIGNED_INT,
  d: datetime(0),
};

/** `NAME:type`, where a type is n(ame), t(ext), i(nteger), u(nsigned), o(rdinal), d(atetime); `!` is NOT NULL. */
export function schemaColumns(text: string): SourceColumn[] {
  return text.split(/\s+/).map((word) => {
    const [name = '', type = 'n'] = word.split(':');
    return { name, type: TYPES[type.replace('!', '')] ?? TYPES['n']!, nullable: !type.endsWith('!') };
  });
}

export function schemaTable(
  name: string,
  columns: string,
  rows: (session: Session, request: VirtualRequest) => Iterable<readonly Value[]>,
): SchemaTable {
  const parsed = schemaColumns(columns);
  return {
    open: (session) => ({
      kind: 'virtual',
      database: 'information_schema',
      name,
      columns: parsed,
      rows: (request) => rows(session, request),
    }),
  };
}

/** Every database as the session sees it. */
export function* views(session: Session): Generator<DatabaseView> {
  for (const { name } of session.engine.databases.databases()) yield session.view(session.handle(name));
}

/** Tables that users see. */
export function* userTables(view: DatabaseView) {
  for (const name of view.root.tableNames()) {
    if (!/^dolt_/i.test(name)) yield { name, table: view.root.table(name)! };
  }
}
