/** Triggers, procedures, functions, events: their heads; the bodies are parse-block.ts. */

import type {
  AlterEventStatement,
  AlterRoutineStatement,
  CreateEventStatement,
  CreateRoutineStatement,
  CreateTriggerStatement,
  EventSchedule,
  RoutineCharacteristics,
  RoutineParameter,
  TriggerOrder,
} from './ast/routine-statements.ts';
import { parseBodyStatement } from './parse-block.ts';
import { parseUnit } from './parse-call.ts';
import { parseDataType } from './parse-data-type.ts';
import { parseExpression } from './parse-expression.ts';
import { parseTableName } from './parse-table-reference.ts';
import type { CreateModifiers } from './parse-view.ts';
import { span, type Tokens } from './tokens.ts';

const definerOf = ({ definer, definerAt }: CreateModifiers) => ({ ...(definer && { definer }), definerAt });

/** From TRIGGER on. */
export function parseCreateTrigger(tokens: Tokens, start: number, modifiers: CreateModifiers): CreateTriggerStatement {
  tokens.expect('trigger');
  const ifNotExists = tokens.acceptIfNotExists();
  const trigger = parseTableName(tokens);
  const time = tokens.expectOne('before', 'after');
  const event = tokens.expectOne('insert', 'update', 'delete');
  tokens.expect('on');
  const table = parseTableName(tokens);
  tokens.expectAll('for', 'each', 'row');
  const order = parseTriggerOrder(tokens);
  const body = parseBodyStatement(tokens);
  return {
    kind: 'createTrigger',
    ...span(tokens, start),
    ifNotExists,
    ...definerOf(modifiers),
    trigger,
    time,
    event,
    table,
    ...(order && { order }),
    body,
  };
}

function parseTriggerOrder(tokens: Tokens): TriggerOrder | undefined {
  const { start } = tokens;
  const when = tokens.acceptOne('follows', 'precedes');
  if (when === undefined) return undefined;
  const trigger = tokens.name();
  return { when, trigger, ...span(tokens, start) };
}

/** From PROCEDURE or FUNCTION on. */
export function parseCreateRoutine(tokens: Tokens, start: number, modifiers: CreateModifiers): CreateRoutineStatement {
  const routine = tokens.expectOne('procedure', 'function');
  const ifNotExists = tokens.acceptIfNotExists();
  const name = parseTableName(tokens);
  tokens.expect('(');
  const parameters = tokens.at(')') ? [] : tokens.list(() => parseParameter(tokens));
  tokens.expect(')');
  const returns = routine === 'function' && tokens.accept('returns') ? parseDataType(tokens) : undefined;
  const { lastEnd } = tokens;
  const characteristics = parseCharacteristics(tokens);
  const characteristicsAt = span(tokens, lastEnd);
  const body = parseBodyStatement(tokens);
  return {
    kind: 'createRoutine',
    ...span(tokens, start),
    routine,
    ifNotExists,
    orReplace: modifiers.orReplace,
    ...definerOf(modifiers),
    name,
    parameters,
    ...(returns && { returns }),
    characteristics,
    characteristicsAt,
    body,
  };
}

/** From PROCEDURE or FUNCTION on. */
export function parseAlterRoutine(tokens: Tokens, start: number): AlterRoutineStatement {
  const routine = tokens.expectOne('procedure', 'function');
  const name = parseTableName(tokens);
  const characteristics = parseCharacteristics(tokens);
  return { kind: 'alterRoutine', ...span(tokens, start), routine, name, characteristics };
}

function parseParameter(tokens: Tokens): RoutineParameter {
  const { start } = tokens;
  const mode = tokens.acceptOne('in', 'out', 'inout') ?? 'in';
  const name = tokens.name();
  const type = parseDataType(tokens);
  return { mode, name, type, ...span(tokens, start) };
}

function parseCharacteristics(tokens: Tokens): RoutineCharacteristics {
  const characteristics: { -readonly [Key in keyof RoutineCharacteristics]: RoutineCharacteristics[Key] } = {};
  for (;;) {
    if (tokens.accept('comment')) characteristics.comment = tokens.string();
    else if (tokens.acceptAll('language', 'sql')) continue;
    else if (tokens.accept('deterministic')) characteristics.deterministic = true;
    else if (tokens.acceptAll('not', 'deterministic')) characteristics.deterministic = false;
    else if (tokens.acceptAll('contains', 'sql')) characteristics.access = 'contains sql';
    else if (tokens.acceptAll('no', 'sql')) characteristics.access = 'no sql';
    else if (tokens.acceptAll('reads', 'sql', 'data')) characteristics.access = 'reads sql data';
    else if (tokens.acceptAll('modifies', 'sql', 'data')) characteristics.access = 'modifies sql data';
    else if (tokens.acceptAll('sql', 'security')) characteristics.security = tokens.expectOne('definer', 'invoker');
    else return characteristics;
  }
}

/** From EVENT on. */
export function parseCreateEvent(tokens: Tokens, start: number, modifiers: CreateModifiers): CreateEventStatement {
  tokens.expect('event');
  const ifNotExists = tokens.acceptIfNotExists();
  const event = parseTableName(tokens);
  tokens.expectAll('on', 'schedule');
  const schedule = parseSchedule(tokens);
  const preserve = parseCompletion(tokens) ?? false;
  const status = parseStatus(tokens);
  const comment = tokens.accept('comment') ? tokens.string() : undefined;
  tokens.expect('do');
  const body = parseBodyStatement(tokens);
  return {
    kind: 'createEvent',
    ...span(tokens, start),
    ifNotExists,
    ...definerOf(modifiers),
    event,
    schedule,
    preserve,
    ...(status && { status }),
    ...(comment !== undefined && { comment }),
    body,
  };
}

/** From EVENT on. */
export function parseAlterEvent(tokens: Tokens, start: number, modifiers: CreateModifiers): AlterEventStatement {
  tokens.expect('event');
  const event = parseTableName(tokens);
  const schedule = tokens.acceptAll('on', 'schedule') ? parseSchedule(tokens) : undefined;
  const preserve = parseCompletion(tokens);
  const renameTo = tokens.acceptAll('rename', 'to') ? parseTableName(tokens) : undefined;
  const status = parseStatus(tokens);
  const comment = tokens.accept('comment') ? tokens.string() : undefined;
  const body = tokens.accept('do') ? parseBodyStatement(tokens) : undefined;
  return {
    kind: 'alterEvent',
    ...span(tokens, start),
    ...definerOf(modifiers),
    event,
    ...(schedule && { schedule }),
    ...(preserve !== undefined && { preserve }),
    ...(renameTo && { renameTo }),
    ...(status && { status }),
    ...(comment !== undefined && { comment }),
    ...(body && { body }),
  };
}

function parseSchedule(tokens: Tokens): EventSchedule {
  if (tokens.accept('at')) return { kind: 'at', at: parseExpression(tokens) };
  const { start } = tokens;
  tokens.expect('every');
  const amount = parseExpression(tokens);
  const unit = parseUnit(tokens);
  const interval = { kind: 'interval', ...span(tokens, start), amount, unit } as const;
  const starts = tokens.accept('starts') ? parseExpression(tokens) : undefined;
  const ends = tokens.accept('ends') ? parseExpression(tokens) : undefined;
  return { kind: 'every', interval, ...(starts && { starts }), ...(ends && { ends }) };
}

/** ON COMPLETION [NOT] PRESERVE. */
function parseCompletion(tokens: Tokens): boolean | undefined {
  if (!tokens.acceptAll('on', 'completion')) return undefined;
  const preserve = !tokens.accept('not');
  tokens.expect('preserve');
  return preserve;
}

function parseStatus(tokens: Tokens): CreateEventStatement['status'] {
  const word = tokens.acceptOne('enable', 'disable');
  if (word !== 'disable' || !tokens.accept('on')) return word;
  tokens.expectOne('replica', 'slave');
  return 'disable on replica';
}
