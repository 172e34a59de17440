/** USE db, USE db/branch. */
import { ok } from '../session/statement-result.ts';
import type { UseStatement } from '../syntax/statement.ts';
import type { RunStatement } from './scene.ts';

// biome-ignore lint/correctness/useYield: it never waits
export const runUse: RunStatement<UseStatement> = function* ({ database }, { session }) {
  session.use(database);
  return ok();
};
