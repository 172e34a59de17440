/**
 * Status variables: what is counted here, under MySQL's names. What a server counts of its connections comes from it; without one
 * there is the session alone.
 */
import type { Value } from '../../tuple/value.ts';
import type { Session } from './session.ts';

const ALONE: Readonly<Record<string, string | number>> = { Connections: 1, Threads_connected: 1, Threads_running: 1 };

/** Name and value of each, by name; of the session alone unless `isGlobal`. */
export function statusValues(session: Session, isGlobal: boolean): Value[][] {
  const { engine } = session;
  const counts = isGlobal ? engine.statementCounts : session.statementCounts;
  const values = new Map<string, string | number>([
    ...Object.entries(engine.processes?.status(isGlobal ? undefined : session.connectionId) ?? ALONE),
    ...counts.commands(),
    ['Queries', engine.statementCounts.questions],
    ['Questions', counts.questions],
    ['Slow_queries', counts.slow],
  ]);
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, String(value)]);
}
