/**
 * BEGIN … END, IF, CASE and loops that are no part of a program: the body of an event. It is as many statements as it ran, as a
 * CALL is: what they did before one failed stands. Who interrupts it takes all of it back that was not committed.
 */
import type { Steps } from '../../../repo/steps.ts';
import { isWait } from '../../execute/operator.ts';
import { ok, type ResultSink, type RowsResult } from '../../session/statement-result.ts';
import type { BlockStatement, CaseStatement, IfStatement, LoopStatement } from '../../syntax/ast/routine-statements.ts';
import type { Statement } from '../../syntax/ast/statement.ts';
import { interrupted, SqlError } from '../../types/sql-error.ts';
import type { RunStatement } from '../scene.ts';
import { Frame } from './frame.ts';
import { interpret } from './interpret.ts';
import type { Program } from './program.ts';
import { resolveBody } from './resolve.ts';

const programs = new WeakMap<Statement, Program>();

export const runCompound: RunStatement<BlockStatement | IfStatement | CaseStatement | LoopStatement> = function* (
  statement,
  scene,
) {
  let program = programs.get(statement);
  if (program === undefined) {
    program = resolveBody(statement, scene.script);
    programs.set(statement, program);
  }
  try {
    yield* interpret(new Frame(program, scene, NOBODY));
  } catch (error) {
    scene.session.standsThough = !(error instanceof SqlError && error.errno === interrupted().errno);
    throw error;
  }
  return ok();
};

/** Nobody reads what an event selects. */
const NOBODY: ResultSink = {
  *take({ rows }: RowsResult): Steps<number> {
    let count = 0;
    for (const item of rows) {
      if (isWait(item)) yield item;
      else count += item.length;
    }
    return count;
  },
};
