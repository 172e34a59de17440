/**
 * Conversions to numbers. Every source is first read as the number it means (text by its longest numeric prefix, a
 * date as YYYYMMDD, an ENUM by its index), then fitted to the target's range.
 */
import type { Integer, Value } from '../../tuple/value.ts';
import { integerOf } from '../../tuple/value.ts';
import {
  dateOfDatetime,
  dayOf,
  MICROS_PER_SECOND,
  microsOfDay,
  monthOf,
  roundDatetime,
  roundMicros,
  yearOf,
} from './civil.ts';
import type { Convert, ConvertMode, ConvertScene } from './convert.ts';
import {
  decimalLimit,
  decimalToDouble,
  doubleToDecimal,
  parseDecimal,
  parsePlainDecimal,
  rescale,
  scaleFactor,
} from './decimal.ts';
import { textOfBytes } from './format.ts';
import { add, integerOfDouble, integerRange, multiply, negated } from './integer.ts';
import { JsonDecimal, JsonTemporal, type JsonValue, parseJson } from './json-value.ts';
import { doubleOfText, formatDouble, numberPrefix } from './number-text.ts';
import { dataTruncated, incorrectValue, outOfRange } from './sql-error.ts';
import {
  type BitType,
  type DecimalType,
  type FloatType,
  type IntegerType,
  type SqlType,
  ZERO_DATETIME,
} from './sql-type.ts';

/** What a value reads as: an exact decimal (`scale` digits after the point) or a double. */
type Reading = { readonly exact: Integer; readonly scale: number } | { readonly double: number };
type Read = (value: Value, scene: ConvertScene) => Reading | null;

const ZERO: Reading = { exact: 0, scale: 0 };

function integerOfBytes(bytes: Uint8Array): Integer {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return integerOf(value);
}

/** YYYYMMDD. */
function numberOfDate(date: number): number {
  return yearOf(date) * 10_000 + monthOf(date) * 100 + dayOf(date);
}
function clockNumber(micros: number): number {
  const seconds = Math.floor(micros / MICROS_PER_SECOND);
  return Math.floor(seconds / 3600) * 10_000 + (Math.floor(seconds / 60) % 60) * 100 + (seconds % 60);
}
/** hhmmss.ffffff, unscaled at 6 digits. */
function numberOfTime(micros: number): Integer {
  const magnitude = Math.abs(micros);
  const value = clockNumber(magnitude) * 1_000_000 + (magnitude % MICROS_PER_SECOND);
  return micros < 0 ? 0 - value : value;
}
/** YYYYMMDDhhmmss.ffffff, unscaled at 6 digits. */
function numberOfDatetime(value: Integer): Integer {
  if (value === ZERO_DATETIME) return 0;
  const micros = microsOfDay(value);
  const whole = numberOfDate(dateOfDatetime(value)) * 1_000_000 + clockNumber(micros);
  return add(multiply(whole, 1_000_000), micros % MICROS_PER_SECOND);
}

type TextProblem = (text: string, whole: boolean, scene: ConvertScene) => void;

/** How a mode meets text that is not a number, or not all a number. */
function textProblem(target: 'INTEGER' | 'DECIMAL' | 'DOUBLE', mode: ConvertMode): TextProblem {
  if (mode === 'strict') {
    return (text, some, scene) => {
      // As the original, an empty string stores as zero.
      if (text.trim() === '') return;
      if (some || target === 'DOUBLE') throw dataTruncated(scene.column, scene.row);
      throw incorrectValue(target.toLowerCase(), text, scene.column, scene.row);
    };
  }
  if (mode === 'lenient') {
    return (text, some, scene) => {
      const error = some
        ? dataTruncated(scene.column, scene.row)
        : incorrectValue(target.toLowerCase(), text, scene.column, scene.row);
      scene.warn?.({ level: 'Warning', code: error.errno, message: error.message });
    };
  }
  return (text, _some, scene) =>
    scene.warn?.({
      level: 'Warning',
      code: 1292,
      message: `Truncated incorrect ${target} value: '${text.slice(0, 128)}'`,
    });
}

function readText(text: string, scene: ConvertScene, problem: TextProblem): Reading {
  const plain = parsePlainDecimal(text);
  if (plain !== undefined) return { exact: plain.value, scale: plain.scale };
  const prefix = numberPrefix(text);
  if (!prefix.whole) problem(text, prefix.text !== '', scene);
  if (prefix.text === '') return ZERO;
  if (/[eE]/.test(prefix.text)) {
    const double = doubleOfText(prefix.text);
    if (Math.abs(double) > 1e60 || (double !== 0 && Math.abs(double) < 1e-20)) return { double };
  }
  const parsed = parseDecimal(prefix.text);
  return { exact: parsed.value, scale: parsed.scale };
}

function readJson(value: JsonValue, scene: ConvertScene, problem: TextProblem): Reading | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return { exact: value ? 1 : 0, scale: 0 };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { exact: value + 0, scale: 0 } : { double: value };
  if (typeof value === 'bigint') return { exact: integerOf(value), scale: 0 };
  if (typeof value === 'string') return readText(value, scene, problem);
  if (value instanceof JsonDecimal || value instanceof JsonTemporal) return readText(value.text, scene, problem);
  problem(Array.isArray(value) ? '[...]' : '{...}', false, scene);
  return ZERO;
}

function reader(from: SqlType, problem: TextProblem): Read {
  switch (from.kind) {
    case 'integer':
    case 'bit':
    case 'year':
    case 'enum':
    case 'set':
      return (value) => ({ exact: value as Integer, scale: 0 });
    case 'float':
    case 'double':
      return (value) => ({ double: value as number });
    case 'decimal': {
      const { scale } = from;
      return (value) => ({ exact: value as Integer, scale });
    }
    case 'date':
      return (value) => ({ exact: numberOfDate(value as number), scale: 0 });
    case 'time': {
      const { precision } = from;
      return (value) => ({ exact: numberOfTime(roundMicros(value as number, precision)), scale: 6 });
    }
    case 'datetime':
    case 'timestamp': {
      const { precision } = from;
      return (value) => ({ exact: numberOfDatetime(roundDatetime(value as Integer, precision)), scale: 6 });
    }
    case 'char':
    case 'varchar':
    case 'text':
      return (value, scene) => readText(value as string, scene, problem);
    case 'binary':
    case 'varbinary':
      if (from.hexadecimal) return (value) => ({ exact: integerOfBytes(value as Uint8Array), scale: 0 });
      return (value, scene) => readText(textOfBytes(value as Uint8Array), scene, problem);
    case 'blob':
    case 'geometry':
      return (value, scene) => readText(textOfBytes(value as Uint8Array), scene, problem);
    case 'json': {
      const dialect = from.computed ? 'computed' : 'stored';
      return (value, scene) => readJson(parseJson(value as string, dialect), scene, problem);
    }
    case 'null':
      return () => null;
  }
}

function rangeProblem(scene: ConvertScene, mode: ConvertMode, kind: string, text: () => string): void {
  const error = outOfRange(scene.column, scene.row);
  if (mode === 'strict') throw error;
  if (mode === 'lenient') scene.warn?.({ level: 'Warning', code: error.errno, message: error.message });
  else scene.warn?.({ level: 'Warning', code: 1292, message: `Truncated incorrect ${kind} value: '${text()}'` });
}

/** A CAST to DECIMAL tells of the column of the result that it is, and of no name in a longer expression. */
function decimalProblem(scene: ConvertScene, mode: ConvertMode): void {
  const error = mode === 'cast' ? outOfRange(scene.column ?? '(null)', 1) : outOfRange(scene.column, scene.row);
  if (mode === 'strict') throw error;
  scene.warn?.({ level: 'Warning', code: error.errno, message: error.message });
}

export function toInteger(from: SqlType, to: IntegerType, mode: ConvertMode): Convert {
  const read = reader(from, textProblem('INTEGER', mode));
  const [low, high] = integerRange(to);
  // CAST between signed and unsigned keeps the 64 bits.
  const wraps = mode === 'cast' && to.bits === 64;
  const clamp = (value: Integer, scene: ConvertScene): Integer => {
    if (value >= low && value <= high) return value;
    if (wraps) {
      const bits = BigInt(value);
      if (bits >= -(2n ** 63n) && bits < 2n ** 64n) {
        return integerOf(to.unsigned ? BigInt.asUintN(64, bits) : BigInt.asIntN(64, bits));
      }
    }
    rangeProblem(scene, mode, 'INTEGER', () => String(value));
    return value < low ? low : high;
  };
  if (
    from.kind === 'integer' ||
    from.kind === 'bit' ||
    from.kind === 'year' ||
    from.kind === 'enum' ||
    from.kind === 'set'
  ) {
    return (value, scene) => clamp(value as Integer, scene);
  }
  // Inside expressions text counts up to the first character that is no digit; columns round what it means.
  if (
    (mode === 'cast' || mode === 'implicit') &&
    (from.kind === 'char' || from.kind === 'varchar' || from.kind === 'text')
  ) {
    const problem = textProblem('INTEGER', mode);
    return (value, scene) => {
      const match = /^[ \t\n\v\f\r]*([+-]?\d+)?\s*/.exec(value as string)!;
      if (match[1] === undefined || match[0].length < (value as string).length) {
        problem(value as string, match[1] !== undefined, scene);
      }
      return match[1] === undefined ? 0 : clamp(integerOf(BigInt(match[1])), scene);
    };
  }
  return (value, scene) => {
    const reading = read(value, scene);
    if (reading === null) return null;
    if ('double' in reading) {
      if (!Number.isFinite(reading.double)) {
        rangeProblem(scene, mode, 'INTEGER', () => String(reading.double));
        return reading.double < 0 ? low : high;
      }
      return clamp(integerOfDouble(reading.double), scene);
    }
    return clamp(rescale(reading.exact, reading.scale, 0), scene);
  };
}

const MAX_FLOAT = 3.4028234663852886e38;

export function toDouble(from: SqlType, to: FloatType, mode: ConvertMode): Convert {
  const single = to.kind === 'float';
  const finish = (double: number, scene: ConvertScene): number => {
    if (!single) {
      if (Number.isFinite(double)) return double + 0;
      rangeProblem(scene, mode, 'DOUBLE', () => String(double));
      return double < 0 ? -Number.MAX_VALUE : Number.MAX_VALUE;
    }
    const rounded = Math.fround(double);
    if (Number.isFinite(rounded)) return rounded + 0;
    rangeProblem(scene, mode, 'FLOAT', () => formatDouble(double));
    return double < 0 ? -MAX_FLOAT : MAX_FLOAT;
  };
  if (from.kind === 'integer' || from.kind === 'year' || from.kind === 'double') {
    return (value, scene) => finish(Number(value), scene);
  }
  if (from.kind === 'decimal') {
    const { scale } = from;
    return (value, scene) => finish(decimalToDouble(value as Integer, scale), scene);
  }
  const problem = textProblem('DOUBLE', mode);
  // Text beyond all doubles is the largest in an expression, and out of range where it is stored.
  const doubleOf = mode === 'strict' || mode === 'lenient' ? Number : doubleOfText;
  if (from.kind === 'char' || from.kind === 'varchar' || from.kind === 'text') {
    return (value, scene) => {
      const prefix = numberPrefix(value as string);
      if (!prefix.whole) problem(value as string, prefix.text !== '', scene);
      return finish(prefix.text === '' ? 0 : doubleOf(prefix.text), scene);
    };
  }
  const read = reader(from, problem);
  return (value, scene) => {
    const reading = read(value, scene);
    if (reading === null) return null;
    return finish('double' in reading ? reading.double : decimalToDouble(reading.exact, reading.scale), scene);
  };
}

export function toDecimal(from: SqlType, to: DecimalType, mode: ConvertMode): Convert {
  const { scale } = to;
  const limit = decimalLimit(to.precision);
  const lowest = negated(limit);
  // Coercions only align scales: what they come from has passed its own limit.
  const unlimited = mode === 'implicit';
  const clamp = (value: Integer, scene: ConvertScene): Integer => {
    if (unlimited || (value <= limit && value >= lowest)) return value;
    decimalProblem(scene, mode);
    return value < 0 ? lowest : limit;
  };
  if (from.kind === 'integer' || from.kind === 'year' || from.kind === 'bit') {
    const factor = scaleFactor(scale);
    return (value, scene) => clamp(multiply(value as Integer, factor), scene);
  }
  const isStored = mode === 'strict' || mode === 'lenient';
  const rounded = (exact: Integer, digits: number, scene: ConvertScene): Integer => {
    const found = rescale(exact, digits, scale);
    if (isStored && digits > scale && rescale(found, scale, digits) !== exact) {
      const { errno, message } = dataTruncated(scene.column, scene.row);
      scene.warn?.({ level: 'Note', code: errno, message });
    }
    return clamp(found, scene);
  };
  if (from.kind === 'decimal') {
    const { scale: fromScale } = from;
    return (value, scene) => rounded(value as Integer, fromScale, scene);
  }
  const read = reader(from, textProblem('DECIMAL', mode));
  return (value, scene) => {
    const reading = read(value, scene);
    if (reading === null) return null;
    if ('double' in reading) {
      if (!Number.isFinite(reading.double) || Math.abs(reading.double) > 1e80) {
        decimalProblem(scene, mode);
        return reading.double < 0 ? lowest : limit;
      }
      return clamp(doubleToDecimal(reading.double, scale), scene);
    }
    return rounded(reading.exact, reading.scale, scene);
  };
}

export function toBit(from: SqlType, to: BitType, mode: ConvertMode): Convert {
  const limit = integerOf(2n ** BigInt(to.width) - 1n);
  const clamp = (value: Integer, scene: ConvertScene): Integer => {
    if (value >= 0 && value <= limit) return value;
    if (mode === 'strict') throw from.kind === 'integer' ? outOfRange(scene.column, scene.row) : dataTooLongBits(scene);
    rangeProblem(scene, mode, 'BIT', () => String(value));
    return limit;
  };
  switch (from.kind) {
    case 'char':
    case 'varchar':
    case 'text':
      return (value, scene) => clamp(integerOfBytes(Buffer.from(value as string, 'utf8')), scene);
    case 'binary':
    case 'varbinary':
    case 'blob':
      return (value, scene) => clamp(integerOfBytes(value as Uint8Array), scene);
    default: {
      const whole = toInteger(from, { kind: 'integer', bits: 64, unsigned: true }, mode);
      return (value, scene) => {
        const found = whole(value, scene);
        return found === null ? null : clamp(found as Integer, scene);
      };
    }
  }
}

function dataTooLongBits(scene: ConvertScene) {
  return outOfRange(scene.column, scene.row);
}

/** 0 and 1901..2155; one or two digits mean 1970..2069, and as text '0' means 2000. */
export function toYear(from: SqlType, mode: ConvertMode): Convert {
  const textual = from.kind === 'char' || from.kind === 'varchar' || from.kind === 'text';
  if (from.kind === 'date') return (value) => yearOf(value as number);
  if (from.kind === 'datetime' || from.kind === 'timestamp') return (value) => yearOf(dateOfDatetime(value as Integer));
  const whole = toInteger(from, { kind: 'integer', bits: 64, unsigned: false }, mode);
  return (value, scene) => {
    const found = whole(value, scene);
    if (found === null) return null;
    const year = Number(found);
    if (year === 0) return textual && (value as string).length < 4 ? 2000 : 0;
    if (year >= 1 && year <= 69) return 2000 + year;
    if (year >= 70 && year <= 99) return 1900 + year;
    if (year >= 1901 && year <= 2155) return year;
    rangeProblem(scene, mode, 'YEAR', () => String(year));
    return 0;
  };
}
