/** What a table is by its name in any case: its own name and its schema, here or on a server. */
import { openEngine } from '../../open.ts';
import { type Environment, Repository } from '../../repo/repository.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { Session } from '../../sql/engine-session.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import type { TableSchema } from '../../table/schema.ts';

export interface Definition {
  readonly name: string;
  readonly schema: TableSchema;
}

/** Undefined for a table that is not there. */
export async function definitionOf(
  session: ScriptSession,
  given: string,
  environment: Environment,
): Promise<Definition | undefined> {
  if (session instanceof Session) return definitionIn(workingRoot(session), given);
  const { rows } = await session.query('show full tables');
  const found = rows.find(([name, kind]) => kind === 'BASE TABLE' && sameName(String(name), given));
  if (found === undefined) return undefined;
  const name = String(found[0]);
  const shown = await session.query(`show create table ${quoteName(name)}`);
  return await definitionByStatement(name, String(shown.rows[0]![1]), environment);
}

export const workingRoot = ({ state }: Session): RootValue => state.root(state.handle());

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function definitionIn(root: RootValue, given: string): Definition | undefined {
  const name = root.resolveTableName(given);
  return name === undefined ? undefined : { name, schema: root.table(name)!.schema };
}

/** What CREATE TABLE makes, in a repository that is nowhere but in memory. */
async function definitionByStatement(
  name: string,
  create: string,
  environment: Environment,
): Promise<Definition | undefined> {
  const { MemoryDisk } = await import('../../base/memory-disk.ts');
  const nowhere: Environment = { ...environment, disk: new MemoryDisk(), homeDirectory: undefined, branch: undefined };
  const directory = '/nowhere';
  nowhere.disk.makeDirectory('definition:directory', directory);
  Repository.init(nowhere, directory, { name: 'dolt', email: 'dolt@localhost', initialBranch: 'main' }).close();
  const opened = openEngine(nowhere, directory);
  try {
    const session = opened.engine.session({ database: opened.database });
    // Tables that foreign keys point to are not there.
    await session.query('set foreign_key_checks = 0');
    await session.query(create);
    return definitionIn(workingRoot(session), name);
  } finally {
    opened.close();
  }
}
