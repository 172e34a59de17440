/** SIGNAL, RESIGNAL and GET DIAGNOSTICS as statements of a client: programs of one instruction. */
import { ok } from '../../session/statement-result.ts';
import type { GetDiagnosticsStatement, SignalStatement } from '../../syntax/ast/routine-statements.ts';
import type { RunStatement } from '../scene.ts';
import { Frame } from './frame.ts';
import { interpret } from './interpret.ts';
import { resolveBody } from './resolve.ts';

export const runAlone: RunStatement<SignalStatement | GetDiagnosticsStatement> = function* (statement, scene) {
  yield* interpret(new Frame(resolveBody(statement, scene.script), scene, undefined));
  return ok();
};
