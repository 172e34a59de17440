/**
 * Conversions to dates and times. What is no date is NULL in expressions (with a warning), an error when it is stored
 * strictly, and the zero date when it is stored leniently.
 */
import type { Integer, Value } from '../../tuple/value.ts';
import {
  dateOfDatetime,
  datetimeFromDays,
  datetimeOfDate,
  formatDatetime,
  MAX_DATETIME,
  microsOfDay,
  roundDatetime,
  roundMicros,
} from './civil.ts';
import type { Convert, ConvertMode, ConvertScene } from './convert.ts';
import { formatDecimal, rescale, scaleFactor } from './decimal.ts';
import { formatValue, textOfBytes } from './format.ts';
import { quotient, remainder } from './integer.ts';
import { JsonTemporal, parseJson } from './json-value.ts';
import { doubleToText } from './number-text.ts';
import { dataTruncated, incorrectTemporal, outOfRange, type SqlError } from './sql-error.ts';
import { type DatetimeType, type SqlType, type TimeType, ZERO_DATETIME } from './sql-type.ts';
import { datetimeOfNumber, parseDatetime, parseTime, timeOfNumber } from './temporal-text.ts';

type Kind = 'date' | 'datetime' | 'time';

function problem(kind: Kind, text: string, mode: ConvertMode, scene: ConvertScene): Integer | null {
  const error = incorrectTemporal(kind, text, scene.column, scene.row);
  if (mode === 'strict') throw error;
  if (mode === 'lenient') {
    warnOfCut(isInCalendar(text) ? outOfRange : dataTruncated, error, scene);
    return kind === 'time' ? 0 : ZERO_DATETIME;
  }
  // Of what is no date at all nobody knows whether a time was wanted.
  const { errno, message } = kind === 'date' ? incorrectTemporal('datetime', text) : error;
  scene.warn?.({ level: 'Warning', code: errno, message });
  return null;
}

/** What is stored without strict mode is told of by its column, and with IGNORE in strict mode by its value, too. */
function warnOfCut(cut: typeof outOfRange, strict: SqlError, { column, row, sqlMode, warn }: ConvertScene): void {
  const isStrict = sqlMode?.has('STRICT_TRANS_TABLES') === true || sqlMode?.has('STRICT_ALL_TABLES') === true;
  const { errno, message } = isStrict ? strict : cut(column, row);
  warn?.({ level: 'Warning', code: errno, message });
}

/** Whether each part of a date is one for itself: the 30th of February. */
function isInCalendar(text: string): boolean {
  const [, month, day, hour = '0', minute = '0', second = '0'] =
    /^\s*\d{1,4}\D(\d{1,2})\D(\d{1,2})(?:[T ]+(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.\d*)?)?)?)?\s*$/.exec(text) ?? [];
  if (month === undefined || day === undefined) return false;
  return Number(month) < 13 && Number(day) < 32 && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

function leftover(kind: Kind, text: string, mode: ConvertMode, scene: ConvertScene): boolean {
  if (mode === 'strict') throw incorrectTemporal(kind, text, scene.column, scene.row);
  if (mode === 'lenient') {
    warnOfCut(dataTruncated, incorrectTemporal(kind, text, scene.column, scene.row), scene);
    return true;
  }
  scene.warn?.({ level: 'Warning', code: 1292, message: `Truncated incorrect ${kind} value: '${text.slice(0, 128)}'` });
  return true;
}

function refuseZero(value: Integer, kind: Kind, mode: ConvertMode, scene: ConvertScene): Integer | null {
  if (value === ZERO_DATETIME && (mode === 'strict' || mode === 'cast') && scene.sqlMode?.has('NO_ZERO_DATE')) {
    return problem(kind, kind === 'date' ? '0000-00-00' : '0000-00-00 00:00:00', mode, scene);
  }
  return value;
}

/** Any value as a DATETIME with all its digits, or NULL. */
function readDatetime(
  from: SqlType,
  kind: Kind,
  mode: ConvertMode,
): (value: Value, scene: ConvertScene) => Integer | null {
  const text = (value: string, scene: ConvertScene): Integer | null => {
    const parsed = parseDatetime(value);
    if (parsed === undefined) return problem(kind, value, mode, scene);
    if (parsed.truncated) leftover(kind, value, mode, scene);
    return refuseZero(parsed.value, kind, mode, scene);
  };
  switch (from.kind) {
    case 'date':
      return (value) => datetimeOfDate(value as number);
    case 'datetime':
    case 'timestamp':
      return (value) => value as Integer;
    case 'time':
      return (value, scene) => datetimeFromDays(scene.today?.() ?? 0, value as number);
    case 'integer':
    case 'bit':
    case 'year':
      return (value, scene) => datetimeOfNumber(value as Integer) ?? problem(kind, String(value), mode, scene);
    case 'decimal': {
      const { scale } = from;
      const factor = scaleFactor(scale);
      return (value, scene) => {
        const micros = rescale(remainder(value as Integer, factor), scale, 6);
        return (
          datetimeOfNumber(quotient(value as Integer, factor), Number(micros)) ??
          problem(kind, formatDecimal(value as Integer, scale), mode, scene)
        );
      };
    }
    case 'float':
    case 'double':
      return (value, scene) => {
        const number = value as number;
        const whole = Math.trunc(number);
        if (!Number.isSafeInteger(whole)) return problem(kind, doubleToText(number), mode, scene);
        return (
          datetimeOfNumber(whole, Math.round((number - whole) * 1e6)) ??
          problem(kind, doubleToText(number), mode, scene)
        );
      };
    case 'char':
    case 'varchar':
    case 'text':
      return (value, scene) => text(value as string, scene);
    case 'json':
      return (value, scene) => {
        const found = parseJson(value as string, from.computed ? 'computed' : 'stored');
        if (found === null) return null;
        return text(
          typeof found === 'string' ? found : found instanceof JsonTemporal ? found.text : (value as string),
          scene,
        );
      };
    case 'binary':
    case 'varbinary':
    case 'blob':
    case 'geometry':
      return (value, scene) => text(textOfBytes(value as Uint8Array), scene);
    case 'enum':
    case 'set':
      return (value, scene) => text(formatValue(value, from), scene);
    case 'null':
      return () => null;
  }
}

/** 1970-01-01 00:00:01 to 2038-01-19 03:14:07.999999, or the zero date. */
function isTimestampMoment(value: Integer): boolean {
  return (value >= 1_000_000 && value < 2_147_483_648_000_000) || value === ZERO_DATETIME;
}

function fractionDigits(value: Integer): number {
  return microsOfDay(value) % 1_000_000 === 0 ? 0 : 6;
}

export function toDatetime(from: SqlType, to: DatetimeType, mode: ConvertMode): Convert {
  const read = readDatetime(from, 'datetime', mode);
  // Only what is stored has to be in range; what is compared with a TIMESTAMP may lie outside.
  const isTimestamp = to.kind === 'timestamp' && (mode === 'strict' || mode === 'lenient');
  return (value, scene) => {
    const found = read(value, scene);
    if (found === null) return null;
    const rounded = roundDatetime(found, to.precision);
    // Rounding may leave the calendar.
    if (rounded > MAX_DATETIME || (isTimestamp && !isTimestampMoment(rounded))) {
      return problem('datetime', formatDatetime(found, fractionDigits(found)), mode, scene);
    }
    return rounded;
  };
}

export function toDate(from: SqlType, mode: ConvertMode): Convert {
  const read = readDatetime(from, 'date', mode);
  const isStored = mode === 'strict' || mode === 'lenient';
  return (value, scene) => {
    const found = read(value, scene);
    if (found === null) return null;
    if (isStored && microsOfDay(found) !== 0) {
      // The time of day is left out, in every mode.
      const { errno, message } = dataTruncated(scene.column, scene.row);
      scene.warn?.({ level: 'Note', code: errno, message });
    }
    return dateOfDatetime(found);
  };
}

export function toTime(from: SqlType, to: TimeType, mode: ConvertMode): Convert {
  const text = (value: string, scene: ConvertScene): number | null => {
    const parsed = parseTime(value);
    if (parsed === undefined) return problem('time', value, mode, scene) as number | null;
    if (parsed.truncated) leftover('time', value, mode, scene);
    if (parsed.clamped && mode === 'lenient') {
      warnOfCut(outOfRange, incorrectTemporal('time', value, scene.column, scene.row), scene);
    } else if (parsed.clamped && mode !== 'strict') {
      scene.warn?.({
        level: 'Warning',
        code: 1292,
        message: `Truncated incorrect time value: '${value.slice(0, 128)}'`,
      });
    }
    return roundMicros(parsed.value, to.precision);
  };
  switch (from.kind) {
    case 'time':
      return (value) => roundMicros(value as number, to.precision);
    case 'date':
      return () => 0;
    case 'datetime':
    case 'timestamp':
      return (value) => (value === ZERO_DATETIME ? 0 : roundMicros(microsOfDay(value as Integer), to.precision));
    case 'integer':
    case 'bit':
    case 'year':
      return (value, scene) => timeOfNumber(value as Integer) ?? problem('time', String(value), mode, scene);
    case 'decimal': {
      const { scale } = from;
      const factor = scaleFactor(scale);
      return (value, scene) => {
        const whole = quotient(value as Integer, factor);
        const micros = Math.abs(Number(rescale(remainder(value as Integer, factor), scale, 6)));
        const found = timeOfNumber(whole, micros);
        return found === undefined
          ? problem('time', formatDecimal(value as Integer, scale), mode, scene)
          : roundMicros((value as Integer) < 0 && whole === 0 ? -found : found, to.precision);
      };
    }
    case 'float':
    case 'double':
      return (value, scene) => {
        const number = value as number;
        const whole = Math.trunc(number);
        const micros = Math.abs(Math.round((number - whole) * 1e6));
        return timeOfNumber(whole, micros) ?? problem('time', doubleToText(number), mode, scene);
      };
    case 'char':
    case 'varchar':
    case 'text':
      return (value, scene) => text(value as string, scene);
    case 'null':
      return () => null;
    default:
      return (value, scene) => text(formatValue(value, from), scene);
  }
}
