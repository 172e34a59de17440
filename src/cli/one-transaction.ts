/** SQL on the database of the folder as one transaction, definitions included: here, or on the server that holds it. */
import type { ScriptSession } from '../sql/script-session.ts';
import type { CommandContext } from './command.ts';
import { withSession } from './with-session.ts';

/** All that `work` does stands, or nothing when it throws. */
export async function inOneTransaction<Result>(
  context: CommandContext,
  work: (session: ScriptSession) => Promise<Result>,
): Promise<Result> {
  try {
    return await withSession(context, async (session) => await transaction(session, work));
  } catch (error) {
    if ((await context.server()) === undefined) throw error;
    const { explained } = await import('./server/other-program.ts');
    throw explained(error, '…');
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
