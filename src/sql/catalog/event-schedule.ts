/**
 * When events run. A recurring one runs at STARTS and at whole intervals after it, up to ENDS. Months and years are those of the
 * calendar, counted from STARTS, as in MySQL: one that starts on the 31st runs on the last day of shorter months.
 */
import { MICROS_PER_DAY } from '../types/civil.ts';
import { addSpan, type IntervalUnit, type Span, simpleSpan } from '../types/interval.ts';
import type { EventDefinition } from './event-definition.ts';

const LONGEST_MONTH = 31 * MICROS_PER_DAY;

/** Whether the stored text says when the event runs: somebody may have written another one into `dolt_schemas`. */
export function hasSchedule({ at, every, starts }: EventDefinition): boolean {
  if (every === undefined) return at !== null;
  return starts !== null && longestOf(spanOf(every)) > 0;
}

/** The first time from `from` on that an event with a schedule runs, microseconds since 1970 UTC; undefined where it is over. */
export function nextRun({ at, every, starts, ends }: EventDefinition, from: number): number | undefined {
  if (every === undefined) return at !== null && Number(at) >= from ? Number(at) : undefined;
  const start = Number(starts);
  const span = spanOf(every);
  for (let count = Math.max(0, Math.floor((from - start) / longestOf(span))); ; count++) {
    const run = addSpan(start, times(span, count));
    if (run === undefined || (ends !== null && Number(run) > Number(ends))) return undefined;
    if (Number(run) >= from) return Number(run);
  }
}

/** `'1:30'` of `DAY_MINUTE`: a number for each part that the unit names. */
function spanOf({ value, field }: NonNullable<EventDefinition['every']>): Span {
  const numbers = value.match(/\d+/g) ?? [];
  const spans = field.split('_').map((unit, i) => simpleSpan(unit.toLowerCase() as IntervalUnit, Number(numbers[i])));
  return spans.reduce((sum, { months, days, micros }) => ({
    months: sum.months + months,
    days: sum.days + days,
    micros: sum.micros + micros,
  }));
}

function longestOf({ months, days, micros }: Span): number {
  return months * LONGEST_MONTH + days * MICROS_PER_DAY + micros;
}

function times({ months, days, micros }: Span, count: number): Span {
  const whole = days * count + Math.floor((micros * count) / MICROS_PER_DAY);
  return { months: months * count, days: whole, micros: (micros * count) % MICROS_PER_DAY };
}
