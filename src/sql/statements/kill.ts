/** KILL: ends a connection, or the statement that it runs. */
import { ok } from '../session/statement-result.ts';
import type { KillStatement } from '../syntax/ast/session-statements.ts';
import { SqlError } from '../types/sql-error.ts';
import { evaluateConstant } from './constant.ts';
import type { RunStatement } from './scene.ts';

export const runKill: RunStatement<KillStatement> = function* ({ id, query }, scene) {
  const { value } = yield* evaluateConstant(id, scene);
  const { engine, access } = scene.session;
  if (engine.processes === undefined) throw new SqlError(1094, 'HY000', `Unknown thread id: ${value}`, 'notFound');
  access?.assertMayKill(Number(value), engine.processes);
  engine.processes.kill(Number(value), query);
  return ok();
};
