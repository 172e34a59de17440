/** DROP TRIGGER, PROCEDURE, FUNCTION, EVENT. */
import { ok } from '../../session/statement-result.ts';
import type { DropObjectStatement } from '../../syntax/routine-statements.ts';
import type { RunStatement } from '../scene.ts';
import { dropRoutine } from './create-routine.ts';
import { dropTrigger } from './create-trigger.ts';

// biome-ignore lint/correctness/useYield: it never waits
export const runDropObject: RunStatement<DropObjectStatement> = function* ({ object, name, ifExists }, scene) {
  if (object === 'trigger') dropTrigger(name, ifExists, scene);
  else if (object === 'procedure' || object === 'function') dropRoutine(object, name, ifExists, scene);
  return ok();
};
