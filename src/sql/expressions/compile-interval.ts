/** Adding intervals to dates, times and text. */
import type { Integer, Value } from '../../tuple/value.ts';
import {
  dateOfDatetime,
  datetimeOfDate,
  formatDate,
  formatDatetime,
  MAX_TIME,
  MICROS_PER_DAY,
  microsOfDay,
} from '../types/civil.ts';
import { addSpan, compositeSpan, hasClock, negatedSpan, type Span, simpleSpan, unitParts } from '../types/interval.ts';
import type { SqlType } from '../types/sql-type.ts';
import { parseDatetime } from '../types/temporal-text.ts';
import { compile, type Evaluate } from './compile.ts';
import { type EvaluationContext, sceneOf } from './evaluation-context.ts';
import type { IntervalExpression } from './expression.ts';

function spanReader({ amount, unit, negated }: IntervalExpression): (value: Value) => Span {
  const signed = (span: Span) => (negated ? negatedSpan(span) : span);
  if (unitParts(unit) !== undefined) return (value) => signed(compositeSpan(unit, value as string));
  if (amount.type.kind === 'decimal') {
    const factor = 10 ** amount.type.scale;
    return (value) => signed(simpleSpan(unit, Number(value) / factor));
  }
  return (value) => signed(simpleSpan(unit, Number(value)));
}

function overflow(context: EvaluationContext): null {
  sceneOf(context).warn?.({
    level: 'Warning',
    code: 1441,
    message: 'Datetime function: datetime field overflow',
  });
  return null;
}

type Add = (value: Value, span: Span, context: EvaluationContext) => Value;

function adder(type: SqlType, result: SqlType, expression: IntervalExpression): Add {
  switch (type.kind) {
    case 'date':
      return (value, span, context) => {
        const sum = addSpan(datetimeOfDate(value as number), span);
        if (sum === undefined) return overflow(context);
        return result.kind === 'date' ? dateOfDatetime(sum) : sum;
      };
    case 'time':
      if (result.kind !== 'time') {
        return (value, span, context) => {
          const today = sceneOf(context).today?.() ?? 0;
          return addSpan(today * MICROS_PER_DAY + (value as number), span) ?? overflow(context);
        };
      }
      return (value, span, context) => {
        const sum = (value as number) + span.days * MICROS_PER_DAY + span.micros;
        return Math.abs(sum) > MAX_TIME ? overflow(context) : sum + 0;
      };
    case 'datetime':
    case 'timestamp':
      return (value, span, context) => addSpan(value as Integer, span) ?? overflow(context);
    default:
      return (value, span, context) => addToText(value as string, span, expression, context);
  }
}

/** Text stays text: a date when it was one and the unit has no clock, with a fraction only where there is one. */
function addToText(text: string, span: Span, expression: IntervalExpression, context: EvaluationContext): Value {
  const parsed = parseDatetime(text);
  if (parsed === undefined || parsed.date === 0) {
    const message = `Incorrect datetime value: '${text.slice(0, 128)}'`;
    sceneOf(context).warn?.({ level: 'Warning', code: 1292, message });
    return null;
  }
  const sum = addSpan(parsed.value, span);
  if (sum === undefined) return overflow(context);
  if (!parsed.hasTime && !hasClock(expression.unit)) return formatDate(dateOfDatetime(sum));
  return formatDatetime(sum, microsOfDay(sum) % 1_000_000 === 0 ? 0 : 6);
}

export function compileInterval(expression: IntervalExpression): Evaluate {
  const operand = compile(expression.operand);
  const amount = compile(expression.amount);
  const spanOf = spanReader(expression);
  const addTo = adder(expression.operand.type, expression.type, expression);
  return (batch, row, context) => {
    const value = operand(batch, row, context);
    if (value === null) return null;
    const size = amount(batch, row, context);
    return size === null ? null : addTo(value, spanOf(size), context);
  };
}
