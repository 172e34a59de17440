/** CALL of stored procedures, by clients and from programs; Dolt's own procedures come first. */
import type { Steps } from '../../../repo/steps.ts';
import type { Value } from '../../../tuple/value.ts';
import { findRoutine, type StoredRoutine } from '../../catalog/stored-programs.ts';
import type { TypedValue } from '../../expressions/session-view.ts';
import type { DatabaseHandle } from '../../session/database-handle.ts';
import { MAX_DEPTH } from '../../session/program-stack.ts';
import {
  ok,
  type ResultColumn,
  type ResultSink,
  type RowsResult,
  type StatementResult,
} from '../../session/statement-result.ts';
import { textValue } from '../../session/text-value.ts';
import type { Expression } from '../../syntax/ast/expression.ts';
import type { CallStatement } from '../../syntax/ast/row-statements.ts';
import { unknownProcedure } from '../../types/sql-error.ts';
import { NULL_TYPE } from '../../types/sql-type.ts';
import { checkCall } from '../access/check-call.ts';
import { evaluateAsOf, evaluateConstant } from '../constant.ts';
import { procedureName } from '../procedure-name.ts';
import { column, rowsOf } from '../result-rows.ts';
import type { StatementScene } from '../scene.ts';
import { conditionOf, warningOf } from './conditions.ts';
import { assign, converted, evaluate } from './evaluate.ts';
import { Frame } from './frame.ts';
import { taken } from './inner-statement.ts';
import { interpret } from './interpret.ts';
import { KeptResults } from './kept-results.ts';
import type { CallInstruction, Cell, OutTarget, Program } from './program.ts';
import { resolveRoutine } from './resolve.ts';
import { argumentCount, notAVariable, recursionLimit } from './routine-errors.ts';
import { inProgram } from './surroundings.ts';

interface Argument {
  readonly given: TypedValue;
  readonly target: OutTarget | undefined;
}

/** CALL by a client. */
export function* callByClient(statement: CallStatement, scene: StatementScene): Steps<StatementResult> {
  const args: Argument[] = [];
  for (const arg of statement.args) {
    // CALL dolt_checkout(main): a bare word is text.
    const isWord = arg.kind === 'column' && arg.table === undefined;
    args.push({ target: targetOf(arg), given: isWord ? textValue(arg.name) : yield* evaluateConstant(arg, scene) });
  }
  const kept = new KeptResults();
  const results = scene.results ?? kept;
  const sent: ResultColumn[] = [];
  const values: Value[] = [];
  const setTarget = (target: OutTarget, { type, value }: TypedValue, name: string): void => {
    if (target.kind === 'user') scene.functions.setUserVariable(target.name, { type, value });
    else {
      sent.push(column(name, type));
      values.push(value);
    }
  };
  let outcome: Outcome;
  try {
    outcome = yield* callProcedure(statement, args, scene, results, setTarget);
    if (sent.length > 0) yield* results.take({ ...rowsOf(sent, [values]), isOutValues: true });
  } catch (error) {
    const [first, ...others] = kept.results;
    if (first === undefined) throw error;
    // What was there for the client before it failed comes first.
    return { ...first, more: untilFailure(others, error, scene) };
  }
  if (outcome.kind === 'builtIn') return outcome.result;
  const [first, ...others] = kept.results;
  const end = ok({ affectedRows: outcome.affectedRows });
  return first === undefined ? end : { ...first, more: [...others, end] };
}

function targetOf(arg: Expression): OutTarget | undefined {
  if (arg.kind === 'userVariable') return { kind: 'user', name: arg.name };
  return arg.kind === 'parameter' ? { kind: 'parameter' } : undefined;
}

function* untilFailure(
  results: readonly RowsResult[],
  error: unknown,
  { session }: StatementScene,
): Generator<StatementResult, void> {
  yield* results;
  const raised = conditionOf(error);
  if (raised !== undefined) session.warn(warningOf(raised));
  throw error;
}

/** CALL in a program. */
export function* callFrom({ statement, args }: CallInstruction, frame: Frame): Steps<void> {
  const { access } = frame.scene.session;
  if (access !== undefined) checkCall(statement, access);
  const given: Argument[] = [];
  for (const { value, target } of args) {
    const { syntax } = value;
    const isWord = syntax.kind === 'column' && syntax.table === undefined && isBuiltIn(statement);
    given.push({ target, given: isWord ? textValue(syntax.name) : yield* evaluate(value, frame) });
  }
  const setTarget = (target: OutTarget, value: TypedValue): void => {
    if (target.kind !== 'parameter') assign(target, value, frame);
  };
  const outcome = yield* callProcedure(statement, given, frame.scene, frame.results, setTarget);
  if (outcome.kind === 'builtIn') {
    // What Dolt's procedures say has nobody who reads it in triggers and functions.
    if (frame.results !== undefined || outcome.result.kind === 'ok') yield* taken(outcome.result, frame);
  } else frame.affectedRows = outcome.affectedRows;
}

/** `name` is the parameter's. */
type SetTarget = (target: OutTarget, value: TypedValue, name: string) => void;

function isBuiltIn({ name }: CallStatement): boolean {
  return procedureName(name.toLowerCase()) !== undefined;
}

type Outcome =
  | { readonly kind: 'builtIn'; readonly result: StatementResult }
  | { readonly kind: 'stored'; readonly affectedRows: number };

function* callProcedure(
  { name, database, asOf }: CallStatement,
  args: readonly Argument[],
  scene: StatementScene,
  results: ResultSink | undefined,
  setTarget: SetTarget,
): Steps<Outcome> {
  const builtIn = scene.callProcedure(
    name.toLowerCase(),
    args.map(({ given }) => given),
    (position, parameter, value) => {
      const target = args[position]?.target;
      // OUT values of placeholders are a result of their own, which Dolt's procedures do not send.
      if (target !== undefined && target.kind !== 'parameter') setTarget(target, value, parameter);
    },
  );
  if (builtIn !== undefined) return { kind: 'builtIn', result: yield* builtIn };
  const { session } = scene;
  if (database === undefined && session.currentDatabase === undefined) throw unknownProcedure(name);
  const now = session.handle(database);
  const at = yield* evaluateAsOf(asOf, scene);
  // AS OF: what today's body reads is of then, as in the original, and nothing can be written.
  const handle = at === undefined ? now : session.handle(`${now.database.name}/${session.view(now, at).head}`);
  const procedure = findRoutine(session.root(now), 'procedure', name);
  if (procedure === undefined) throw unknownProcedure(name, database ?? handle.database.name);
  const depth = session.programs.depth;
  try {
    return { kind: 'stored', affectedRows: yield* runProcedure(procedure, handle, args, scene, results, setTarget) };
  } catch (error) {
    // What its statements did before one failed stands, as if the client had sent them.
    if (depth === 0) session.standsThough = true;
    throw error;
  }
}

const programs = new WeakMap<StoredRoutine, Program>();

export function programOf(routine: StoredRoutine): Program {
  let program = programs.get(routine);
  if (program === undefined) {
    program = resolveRoutine(routine.statement, routine.script);
    programs.set(routine, program);
  }
  return program;
}

function* runProcedure(
  procedure: StoredRoutine,
  handle: DatabaseHandle,
  args: readonly Argument[],
  scene: StatementScene,
  results: ResultSink | undefined,
  setTarget: SetTarget,
): Steps<number> {
  const { session } = scene;
  const program = programOf(procedure);
  const { parameters } = program;
  const name = `${handle.database.name}.${procedure.name}`;
  if (args.length !== parameters.length) throw argumentCount('PROCEDURE', name, parameters.length, args.length);
  args.forEach(({ target }, i) => {
    if (parameters[i]!.mode !== 'in' && target === undefined) throw notAVariable(i + 1, name);
  });
  const key = `procedure ${name.toLowerCase()}`;
  const limit = session.variables.number('max_sp_recursion_depth') || MAX_DEPTH;
  if (session.programs.count(key) > limit || session.programs.depth >= MAX_DEPTH)
    throw recursionLimit(limit, procedure.name);
  const running = { kind: 'procedure', key, uses: () => false } as const;
  let affectedRows = 0;
  const outcomes: [OutTarget, TypedValue, Cell][] = [];
  yield* inProgram(running, procedure, session.access, handle, scene, function* (inner) {
    const frame = new Frame(program, inner, results);
    args.forEach(({ given }, i) => {
      const { mode, cell } = parameters[i]!;
      if (mode !== 'out') frame.set(cell, converted(given, cell, inner));
    });
    yield* interpret(frame);
    affectedRows = frame.affectedRows;
    args.forEach(({ target }, i) => {
      const { mode, cell } = parameters[i]!;
      const value: Value = frame.get(cell);
      if (mode !== 'in') outcomes.push([target!, { type: value === null ? NULL_TYPE : cell.type, value }, cell]);
    });
  });
  for (const [target, value, cell] of outcomes) setTarget(target, value, cell.name);
  return affectedRows;
}
