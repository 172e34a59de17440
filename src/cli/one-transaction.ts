/** SQL on the database of the folder as one transaction, definitions included: here, or on the server that holds it. */
import { openEngine } from '../open.ts';
import { NotARepositoryError } from '../repo/repo-errors.ts';
import type { ScriptSession } from '../sql/script-session.ts';
import type { CommandContext } from './command.ts';

/** All that `work` does stands, or nothing when it throws. */
export async function inOneTransaction<Result>(
  context: CommandContext,
  work: (session: ScriptSession) => Promise<Result>,
): Promise<Result> {
  const server = await context.server();
  if (server !== undefined) {
    const { explained } = await import('./server/other-program.ts');
    return await transaction(server, work).catch((error: unknown) => Promise.reject(explained(error, '…')));
  }
  const { environment, directory } = context;
  const opened = openEngine(environment, directory);
  try {
    if (opened.database === undefined) throw new NotARepositoryError(directory);
    const session = opened.engine.session({ database: opened.database, user: 'root@localhost' });
    try {
      return await transaction(session, work);
    } finally {
      await session.close();
    }
  } finally {
    opened.close();
  }
}

async function transaction<Result>(
  session: ScriptSession,
  work: (session: ScriptSession) => Promise<Result>,
): Promise<Result> {
  // Only what people do in SQL becomes a commit of its own.
  await session.query('set dolt_transaction_commit = 0');
  await session.query("call dolt_command_line('begin')");
  try {
    const result = await work(session);
    await session.query('commit');
    return result;
  } catch (error) {
    await session.query('rollback').catch(() => {});
    throw error;
  }
}
