/**
 * What a program runs in: its own database is the selected one, sql_mode is what it was when the program was made, and its
 * definer's rights count, or its caller's. All are given back when it ends.
 */
import type { Steps } from '../../../repo/steps.ts';
import type { StoredRoutine, StoredTrigger } from '../../catalog/stored-programs.ts';
import type { DatabaseHandle } from '../../session/database-handle.ts';
import type { RunningProgram } from '../../session/program-stack.ts';
import type { SessionAccess } from '../../session/session-access.ts';
import { textValue } from '../../session/text-value.ts';
import type { StatementScene } from '../scene.ts';
import { programRights } from './program-rights.ts';

export function* inProgram<T>(
  running: RunningProgram,
  program: StoredRoutine | StoredTrigger,
  caller: SessionAccess | undefined,
  handle: DatabaseHandle,
  scene: StatementScene,
  run: (inner: StatementScene) => Steps<T>,
): Steps<T> {
  const { session } = scene;
  const { sqlMode, script, text } = program;
  const access = session.actAs(programRights(program, caller, handle, session));
  const mode = session.variables.text('sql_mode');
  const selection = session.selection.enterProgram(handle);
  if (sqlMode !== '' && sqlMode !== mode) session.variables.set('sql_mode', undefined, textValue(sqlMode));
  session.programs.push(running);
  try {
    return yield* run(scene.inside(script, text));
  } finally {
    session.programs.pop();
    session.actAs(access);
    session.selection.leaveProgram(selection);
    if (session.variables.text('sql_mode') !== mode) session.variables.set('sql_mode', undefined, textValue(mode));
  }
}
