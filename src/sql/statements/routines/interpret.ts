/**
 * Runs programs. Each instruction is run by a `step`, which asks the handlers in sight when it fails: a CONTINUE handler
 * lets the run go on behind it, an EXIT handler behind the block that declared it. How a step ends is a `Completion`: nothing
 * special, or where the run goes on. Loops and steps take part in the time slices of the statement, so that others have
 * their turn and what runs away can be killed.
 */
import { unreachable } from '../../../base/errors.ts';
import type { Steps } from '../../../repo/steps.ts';
import type { TypedValue } from '../../expressions/session-view.ts';
import { callFrom } from './call.ts';
import { conditionOf, conditionOfWarning, type RaisedCondition, warningOf } from './conditions.ts';
import { closeCursor, fetchCursor, openCursor } from './cursors.ts';
import { getDiagnostics, signal } from './diagnostics.ts';
import { assign, evaluate, isTrue } from './evaluate.ts';
import type { ActiveBlock, Frame } from './frame.ts';
import { runSession, runSql } from './inner-statement.ts';
import type { Block, Instruction, Label, Loop } from './program.ts';
import { caseNotFound } from './routine-errors.ts';

export type Completion =
  | undefined
  | { readonly kind: 'leave' | 'iterate'; readonly label: Label }
  | { readonly kind: 'exit'; readonly block: ActiveBlock }
  | { readonly kind: 'return'; readonly value: TypedValue };

/** Runs the program of a frame; the value that it returns. Throws what no handler takes. */
export function* interpret(frame: Frame): Steps<TypedValue | undefined> {
  const completion = yield* step(frame.program.body, frame);
  return completion?.kind === 'return' ? completion.value : undefined;
}

function* step(instruction: Instruction, frame: Frame): Steps<Completion> {
  let raised: RaisedCondition | undefined;
  try {
    const wait = frame.scene.pause();
    if (wait !== undefined) yield wait;
    const completion = yield* perform(instruction, frame);
    if (completion !== undefined || frame.blocks.length === 0 || !WARNS.has(instruction.kind)) return completion;
    raised = warningFor(frame);
    if (raised === undefined) return undefined;
  } catch (error) {
    raised = error === frame.unhandled ? undefined : conditionOf(error);
    if (raised === undefined) throw error;
  }
  return yield* handle(raised, frame);
}

const WARNS: ReadonlySet<Instruction['kind']> = new Set(['sql', 'set', 'signal', 'call', 'return']);

/** The warning of the last statement that a handler wants. */
function warningFor(frame: Frame): RaisedCondition | undefined {
  for (const warning of frame.scene.session.warnings.toReversed()) {
    if (warning.level !== 'Warning') continue;
    const raised = conditionOfWarning(warning);
    if (frame.handlerOf(raised) !== undefined) return raised;
  }
  return undefined;
}

function* handle(raised: RaisedCondition, frame: Frame): Steps<Completion> {
  const found = frame.handlerOf(raised);
  if (found === undefined) {
    frame.unhandled = raised.error;
    throw raised.error;
  }
  const { blocks } = frame;
  const { session } = frame.scene;
  if (raised.error !== undefined) session.warnings = [...session.warnings, warningOf(raised)];
  // While a handler runs, it and its neighbours are out of sight.
  frame.blocks = blocks.slice(0, found.depth);
  frame.handled.push(raised);
  try {
    const completion = yield* step(found.handler.body, frame);
    if (completion !== undefined) return completion;
  } finally {
    frame.handled.pop();
    frame.blocks = blocks;
  }
  session.warnings = session.warnings.filter(
    ({ code, message }) => code !== raised.errno || message !== raised.message,
  );
  return found.handler.exits ? { kind: 'exit', block: blocks[found.depth]! } : undefined;
}

function* perform(instruction: Instruction, frame: Frame): Steps<Completion> {
  switch (instruction.kind) {
    case 'block':
      return yield* runBlock(instruction, frame);
    case 'loop':
      return yield* runLoop(instruction, undefined, frame);
    case 'labelled': {
      const { label, body } = instruction;
      const completion = body.kind === 'loop' ? yield* runLoop(body, label, frame) : yield* runBlock(body, frame);
      return completion?.kind === 'leave' && completion.label === label ? undefined : completion;
    }
    case 'branch': {
      for (const { condition, body } of instruction.branches) {
        if (yield* isTrue(condition, frame)) return yield* runList(body, frame);
      }
      if (instruction.otherwise !== undefined) return yield* runList(instruction.otherwise, frame);
      if (instruction.isCase) throw caseNotFound();
      return undefined;
    }
    case 'leave':
    case 'iterate':
      return instruction;
    case 'return': {
      frame.scene.session.warnings = [];
      return { kind: 'return', value: yield* evaluate(instruction.value, frame) };
    }
    case 'set': {
      frame.scene.session.warnings = [];
      for (const item of instruction.items) {
        if (item.kind === 'assign') assign(item.target, yield* evaluate(item.value, frame), frame);
        else yield* runSession(item, frame);
      }
      return undefined;
    }
    case 'sql':
      yield* runSql(instruction, frame);
      return undefined;
    case 'call':
      frame.scene.session.warnings = [];
      yield* callFrom(instruction, frame);
      return undefined;
    case 'open':
      yield* openCursor(instruction.cursor, frame);
      return undefined;
    case 'close':
      closeCursor(instruction.cursor, frame);
      return undefined;
    case 'fetch':
      fetchCursor(instruction.cursor, instruction.into, frame);
      return undefined;
    case 'signal':
    case 'resignal':
      yield* signal(instruction, frame);
      return undefined;
    case 'getDiagnostics':
      yield* getDiagnostics(instruction, frame);
      return undefined;
    default:
      return unreachable(instruction);
  }
}

function* runList(body: readonly Instruction[], frame: Frame): Steps<Completion> {
  for (const instruction of body) {
    const completion = yield* step(instruction, frame);
    if (completion !== undefined) return completion;
  }
  return undefined;
}

function* runBlock(block: Block, frame: Frame): Steps<Completion> {
  for (const { cell, initial } of block.variables) {
    if (initial === undefined) frame.set(cell, null);
    else assign({ kind: 'cell', cell }, yield* evaluate(initial, frame), frame);
  }
  const { blocks } = frame;
  const active: ActiveBlock = { handlers: block.handlers };
  if (block.handlers.length > 0) frame.blocks = [...blocks, active];
  try {
    const completion = yield* runList(block.body, frame);
    return completion?.kind === 'exit' && completion.block === active ? undefined : completion;
  } finally {
    frame.blocks = blocks;
    for (const cursor of block.cursors) frame.setCursor(cursor, undefined);
  }
}

function* runLoop({ type, condition, body }: Loop, label: Label | undefined, frame: Frame): Steps<Completion> {
  for (;;) {
    const wait = frame.scene.pause();
    if (wait !== undefined) yield wait;
    if (type === 'while' && !(yield* isTrue(condition!, frame))) return undefined;
    const completion = yield* runList(body, frame);
    const goesOn = completion === undefined || (completion.kind === 'iterate' && completion.label === label);
    if (!goesOn) return completion;
    if (type === 'repeat' && (yield* isTrue(condition!, frame))) return undefined;
  }
}
