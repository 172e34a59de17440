/** SQL on the repository of the current folder: all of the statements, or none. */
import { DoltError } from '../../base/errors.ts';
import { openEngine } from '../../open.ts';
import { NotARepositoryError } from '../../repo/repo-errors.ts';
import { complete } from '../../repo/steps.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import type { ParsedArguments } from '../../verbs/arguments.ts';
import type { CommandContext } from '../command.ts';
import { openWorkspace } from '../verb-command.ts';

export async function runStatements(context: CommandContext, statements: readonly string[]): Promise<void> {
  const { environment, directory } = context;
  const opened = openEngine(environment, directory);
  try {
    const database =
      opened.database === undefined ? undefined : opened.engine.state.databases.database(opened.database);
    if (database === undefined) throw new NotARepositoryError(directory);
    const workspace = openWorkspace(context, database.repository);
    const before = workspace.workingSet();
    const session = opened.engine.session({ database: database.name, user: 'root@localhost' });
    try {
      // Only what people do in SQL becomes a commit of its own.
      await session.query('set dolt_transaction_commit = 0');
      for (const statement of statements) await session.query(statement);
    } catch (error) {
      // Definitions commit as they go.
      if (workspace.workingSet().working.address !== before.working.address) {
        await complete(workspace.setWorkingSet(before, 'table'));
      }
      throw error;
    } finally {
      await session.close();
    }
  } finally {
    opened.close();
  }
}

/** With `--force`: the statement that makes room for `to`. */
export function forcedDrop(parsed: ParsedArguments, from: string, to: string): string[] {
  if (from === to) throw new DoltError('invalid', `the table is called '${to}' already`);
  return parsed.has('force') && from.toLowerCase() !== to.toLowerCase()
    ? [`drop table if exists ${quoteName(to)}`]
    : [];
}
