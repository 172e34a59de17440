/** Calls of stored functions in expressions. */
import type { Steps } from '../../../repo/steps.ts';
import type { Value } from '../../../tuple/value.ts';
import { Privilege } from '../../accounts/privilege.ts';
import type { StoredRoutine } from '../../catalog/stored-programs.ts';
import type { StoredFunctionCall } from '../../expressions/session-view.ts';
import { MAX_DEPTH } from '../../session/program-stack.ts';
import type { SessionAccess } from '../../session/session-access.ts';
import type { Statement } from '../../syntax/ast/statement.ts';
import type { StatementScene } from '../scene.ts';
import { programOf } from './call.ts';
import { converted } from './evaluate.ts';
import { Frame } from './frame.ts';
import { interpret } from './interpret.ts';
import { argumentCount, endedWithoutReturn, recursionLimit, recursiveFunction } from './routine-errors.ts';
import { inProgram } from './surroundings.ts';
import { tablesUsed } from './tables-used.ts';

/** The value of a call that is part of `statement`. */
export function* callFunction(
  { database, routine: found, args, inView }: StoredFunctionCall,
  statement: Statement,
  scene: StatementScene,
): Steps<Value> {
  const { session } = scene;
  const routine = found as StoredRoutine;
  const caller = inView === undefined ? session.access : (inView.access as SessionAccess | undefined);
  const handle = session.handle(database);
  const name = `${handle.database.name}.${routine.name}`;
  caller?.assertRoutine(Privilege.execute, { database: handle.database.name, name: routine.name }, false, false);
  const program = programOf(routine);
  const { parameters, returns } = program;
  if (args.length !== parameters.length) throw argumentCount('FUNCTION', name, parameters.length, args.length);
  const key = `function ${name.toLowerCase()}`;
  if (session.programs.count(key) > 0) throw recursiveFunction();
  if (session.programs.depth >= MAX_DEPTH) throw recursionLimit(MAX_DEPTH, routine.name);
  let used: ReadonlySet<string> | undefined;
  const uses = (table: string): boolean => {
    used ??= new Set(tablesUsed(statement, scene));
    return used.has(table);
  };
  const restoreOutcome = session.keepOutcome();
  // Its body may change tables, whatever statement it is part of.
  session.onlyReads = false;
  try {
    return yield* inProgram({ kind: 'function', key, uses }, routine, caller, handle, scene, function* (inner) {
      const frame = new Frame(program, inner, undefined);
      args.forEach((given, i) => {
        const { cell } = parameters[i]!;
        frame.set(cell, converted(given, cell, inner));
      });
      const result = yield* interpret(frame);
      if (result === undefined) throw endedWithoutReturn(name);
      return converted(result, { name: routine.name, type: returns! }, inner);
    });
  } finally {
    restoreOutcome();
  }
}
