/** SQL on the database of the folder: here, or on the server that holds it. */
import { openEngine } from '../open.ts';
import { NotARepositoryError } from '../repo/repo-errors.ts';
import type { ScriptSession } from '../sql/script-session.ts';
import type { CommandContext } from './command.ts';

export async function withSession<Result>(
  context: CommandContext,
  work: (session: ScriptSession) => Promise<Result>,
): Promise<Result> {
  const server = await context.server();
  if (server !== undefined) return await work(server);
  const { environment, directory } = context;
  const opened = openEngine(environment, directory);
  try {
    if (opened.database === undefined) throw new NotARepositoryError(directory);
    const session = opened.engine.session({ database: opened.database, user: 'root@localhost' });
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  } finally {
    opened.close();
  }
}
