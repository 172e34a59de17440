/**
 * SHOW STATUS: what is counted here, under MySQL's names. What a server counts of its connections comes from it; without one
 * there is the session alone.
 */
import type { Value } from '../../tuple/value.ts';
import type { ShowStatement } from '../syntax/statement.ts';
import type { StatementScene } from './scene.ts';

const ALONE: Readonly<Record<string, string | number>> = { Connections: 1, Threads_connected: 1, Threads_running: 1 };

/** Name and value of each, by name. */
export function statusRows(statement: ShowStatement, { session }: StatementScene): Value[][] {
  const { engine } = session;
  const isGlobal = statement.scope === 'global';
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
