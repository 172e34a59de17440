/** DROP TRIGGER, PROCEDURE, FUNCTION, EVENT. */
import { ok } from '../../session/statement-result.ts';
import type { DropObjectStatement } from '../../syntax/ast/routine-statements.ts';
import type { RunStatement } from '../scene.ts';
import { dropRoutine } from './create-routine.ts';
import { dropTrigger } from './create-trigger.ts';
import { dropEvent } from './events.ts';

export const runDropObject: RunStatement<DropObjectStatement> = function* ({ object, name, ifExists }, scene) {
  if (object === 'trigger') dropTrigger(name, ifExists, scene);
  else if (object === 'event') dropEvent(name, ifExists, scene);
  else yield* dropRoutine(object, name, ifExists, scene);
  return ok();
};
