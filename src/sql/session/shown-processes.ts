/** The connections that a session may see. */
import { Privilege } from '../accounts/privilege.ts';
import type { Process } from './processes.ts';
import type { Session } from './session.ts';

/** Without PROCESS only one's own; where nobody serves connections, the session with the statement `text`. */
export function shownProcesses(session: Session, text: string | null): readonly Process[] {
  const { engine, access } = session;
  if (engine.processes === undefined) return [ownProcess(session, text)];
  const all = engine.processes.list();
  if (access === undefined || (access.privileges.global & Privilege.process) !== 0) return all;
  return all.filter((process) => access.isOwnProcess(process));
}

function ownProcess(session: Session, statement: string | null): Process {
  const [user = '', host = ''] = session.user.split('@');
  const database = session.currentDatabase ?? null;
  return {
    id: session.connectionId,
    user,
    host,
    database,
    command: 'Query',
    seconds: 0,
    statement,
    attributes: new Map(),
  };
}

/** As the lists show it. */
export function stateOf(process: Process): string {
  return process.state ?? (process.command === 'Query' ? 'running' : '');
}
