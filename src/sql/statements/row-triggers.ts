/**
 * The triggers of a table that a statement changes. A table without any costs one look-up a statement; what runs them is
 * loaded with the first.
 */
import { type Steps, waitFor } from '../../repo/steps.ts';
import { triggersOn } from '../catalog/stored-programs.ts';
import type { Statement } from '../syntax/ast/statement.ts';
import type { TableTriggers } from './routines/table-triggers.ts';
import type { StatementScene } from './scene.ts';
import type { TableWriter } from './table-writer.ts';

export type TriggerEvent = 'insert' | 'update' | 'delete';

type Module = typeof import('./routines/table-triggers.ts');
let module: Module | undefined;

/** Of a table that has some. */
export function* rowTriggers(writer: TableWriter, statement: Statement, scene: StatementScene): Steps<TableTriggers> {
  module ??= yield* waitFor(import('./routines/table-triggers.ts'));
  return new module.TableTriggers(writer, statement, scene);
}

/** Whether something is to be run for any of the events. */
export function hasTriggers(
  { temporary, handle, name }: TableWriter['target'],
  { session }: StatementScene,
  events: readonly TriggerEvent[],
): boolean {
  if (temporary) return false;
  const stored = triggersOn(session.root(handle), name);
  return stored?.some(({ statement: { event } }) => events.includes(event)) === true;
}
