/** The collation of the database, where two roots differ in it: shown as a table that goes by the database's name. */
import { DATABASE_PREFIX } from '../../repo/status.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import { collationById, defaultCollation } from '../../tuple/collation.ts';
import type { DiffResult } from '../../verbs/diff.ts';
import type { Terminal } from '../terminal.ts';

export interface DatabaseChange {
  /** Among the names of tables. */
  readonly name: string;
  /** The database as it is now. */
  readonly create: string;
  readonly alter: string;
}

/** Undefined where there is none, or none is to be shown. */
export function databaseChange({ database, parts, fromRoot, toRoot }: DiffResult): DatabaseChange | undefined {
  if (database === undefined || parts === 'data' || fromRoot.collation === toRoot.collation) return undefined;
  const { name, characterSet } = collationById(toRoot.collation) ?? defaultCollation();
  const quoted = quoteName(database);
  return {
    name: DATABASE_PREFIX + database,
    create: `CREATE DATABASE ${quoted} /*!40100 DEFAULT CHARACTER SET ${characterSet} COLLATE ${name} */;`,
    alter: `ALTER DATABASE ${quoted} COLLATE='${name}';`,
  };
}

export function databaseLines({ name, create }: DatabaseChange, { colors }: Terminal): string {
  const heading = [`diff --dolt a/${name} b/${name}`, `--- a/${name}\n+++ b/${name}`].map((line) => colors.bold(line));
  return `${heading.join('\n')}\n${colors.green(`+${create}`)}\n`;
}
