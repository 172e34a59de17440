/**
 * What a program runs in: its own database is the selected one, and sql_mode is what it was when the program was made. Both
 * are given back when it ends.
 */
import type { Steps } from '../../../repo/steps.ts';
import type { RunningProgram } from '../../session/program-stack.ts';
import type { DatabaseHandle } from '../../session/session.ts';
import { textValue } from '../../session/text-value.ts';
import type { StatementScene } from '../scene.ts';

interface Source {
  readonly sqlMode: string;
  readonly script: string;
  readonly text: string;
}

export function* inProgram<T>(
  running: RunningProgram,
  { sqlMode, script, text }: Source,
  handle: DatabaseHandle,
  scene: StatementScene,
  run: (inner: StatementScene) => Steps<T>,
): Steps<T> {
  const { session } = scene;
  const mode = session.variables.text('sql_mode');
  const database = session.selectFor(handle);
  if (sqlMode !== '' && sqlMode !== mode) session.variables.set('sql_mode', undefined, textValue(sqlMode));
  session.programs.push(running);
  try {
    return yield* run(scene.inside(script, text));
  } finally {
    session.programs.pop();
    session.selectAgain(database);
    if (session.variables.text('sql_mode') !== mode) session.variables.set('sql_mode', undefined, textValue(mode));
  }
}
