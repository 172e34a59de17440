/** SIGNAL, RESIGNAL and GET DIAGNOSTICS. */
import type { Steps } from '../../../repo/steps.ts';
import type { TypedValue } from '../../expressions/session-view.ts';
import { textValue } from '../../session/text-value.ts';
import { formatValue } from '../../types/format.ts';
import { wrongVariableValue } from '../../types/sql-error.ts';
import { BIGINT } from '../../types/sql-type.ts';
import { conditionOfWarning, type RaisedCondition, SignalError } from './conditions.ts';
import { assign, evaluate } from './evaluate.ts';
import type { Frame } from './frame.ts';
import type { Instruction, SignalInstruction } from './program.ts';
import { noConditionItem, noStackedDiagnostics, resignalOutside } from './routine-errors.ts';

/** MESSAGE_TEXT is cut to this many characters. */
const LONGEST_MESSAGE = 128;

/** The number and text of a class of conditions that says nothing else. */
function defaultsOf(sqlState: string): readonly [errno: number, message: string] {
  if (sqlState.startsWith('01')) return [1642, 'Unhandled user-defined warning condition'];
  if (sqlState.startsWith('02')) return [1643, 'Unhandled user-defined not found condition'];
  return [1644, 'Unhandled user-defined exception condition'];
}

export function* signal(instruction: SignalInstruction, frame: Frame): Steps<void> {
  const { kind, condition } = instruction;
  const { session } = frame.scene;
  const before = frame.handled.at(-1);
  if (kind === 'resignal' && before === undefined) throw resignalOutside();
  if (kind === 'signal') session.warnings = [];
  const items: Record<string, string> = {};
  for (const { name, value } of instruction.items) {
    const typed = yield* evaluate(value, frame);
    if (typed.value === null) throw wrongVariableValue(name.toUpperCase(), 'NULL');
    items[name] = formatValue(typed.value, typed.type);
  }
  const sqlState = condition?.kind === 'sqlstate' ? condition.value : before!.sqlState;
  const [errno, message] =
    condition !== undefined || before === undefined ? defaultsOf(sqlState) : [before.errno, before.message];
  const { mysql_errno: ownErrno, message_text: ownMessage, ...others } = items;
  const number = ownErrno === undefined ? errno : Number(ownErrno);
  if (!Number.isInteger(number) || number < 1 || number > 65535)
    throw wrongVariableValue('MYSQL_ERRNO', ownErrno ?? '');
  const text = (ownMessage ?? message).slice(0, LONGEST_MESSAGE);
  const kept = { ...(condition === undefined ? before?.items : {}), ...others };
  if (sqlState.startsWith('01')) session.warn({ level: 'Warning', code: number, message: text, sqlState, items: kept });
  else throw new SignalError(number, sqlState, text, kept);
}

type GetDiagnostics = Extract<Instruction, { kind: 'getDiagnostics' }>;

export function* getDiagnostics({ stacked, condition, items }: GetDiagnostics, frame: Frame): Steps<void> {
  const { session } = frame.scene;
  const handled = frame.handled.at(-1);
  if (stacked && handled === undefined) throw noStackedDiagnostics();
  const conditions = stacked ? [handled!] : session.warnings.map(conditionOfWarning);
  if (condition === undefined) {
    for (const { target, name } of items) {
      const value = name === 'number' ? conditions.length : name === 'row_count' ? session.rowCount : null;
      assign(target, { type: BIGINT, value }, frame);
    }
    return;
  }
  const { value } = yield* evaluate(condition, frame);
  const raised = conditions[Number(value) - 1];
  if (raised === undefined) {
    const { errno, message } = noConditionItem();
    session.warn({ level: 'Error', code: errno, message });
    return;
  }
  for (const { target, name } of items) assign(target, itemOf(raised, name), frame);
}

function itemOf({ sqlState, errno, message, items }: RaisedCondition, name: string): TypedValue {
  switch (name) {
    case 'returned_sqlstate':
      return textValue(sqlState);
    case 'mysql_errno':
      return { type: BIGINT, value: errno };
    case 'message_text':
      return textValue(message);
    case 'class_origin':
    case 'subclass_origin':
      return textValue(items[name] ?? (/^(0[012]|2[0-9]|4[02]|HZ)/.test(sqlState) ? 'ISO 9075' : 'MySQL'));
    default:
      return textValue(items[name] ?? '');
  }
}
