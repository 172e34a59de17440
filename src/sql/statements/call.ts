/** CALL of Dolt's procedures. */

import type { TypedValue } from '../expressions/session-view.ts';
import { textValue } from '../session/text-value.ts';
import type { CallStatement } from '../syntax/statement.ts';
import { unknownProcedure } from '../types/sql-error.ts';
import { evaluateConstant } from './constant.ts';
import type { RunStatement } from './scene.ts';

export const runCall: RunStatement<CallStatement> = function* ({ database, name, args }, scene) {
  const values: TypedValue[] = [];
  for (const arg of args) {
    // CALL dolt_checkout(main): a bare word is text.
    if (arg.kind === 'column' && arg.table === undefined) values.push(textValue(arg.name));
    else values.push(yield* evaluateConstant(arg, scene));
  }
  const steps = scene.callProcedure(name.toLowerCase(), values);
  if (steps === undefined) throw unknownProcedure(name, database ?? scene.session.currentDatabase);
  return yield* steps;
};
