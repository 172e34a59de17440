/** Numeric functions (MySQL manual, "Mathematical Functions"). */
import type { Integer, Value } from '../../tuple/value.ts';

import { arithmetic } from '../expressions/arithmetic.ts';
import { coerce, withoutRounding } from '../expressions/coerce.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import { divideRounded, rescale, scaleFactor } from '../types/decimal.ts';
import { MAX_BIGINT, MIN_BIGINT, multiply, quotient, remainder, subtract, unsignedBits } from '../types/integer.ts';
import { numericOutOfRange } from '../types/sql-error.ts';
import {
  BIGINT,
  DOUBLE,
  INT,
  isBytes,
  LONGTEXT,
  MAX_DECIMAL_SCALE,
  type SqlType,
  UNSIGNED_BIGINT,
} from '../types/sql-type.ts';
import { boundedDecimal, decimalOf, numericType } from '../types/unify.ts';
import { asBytes, asDouble, asInteger, asText, count, simple } from './arguments.ts';
import type { Apply, ScalarFunction } from './scalar-function.ts';

/** The argument as the number it is in arithmetic. The type is that number's: a FLOAT stays a bare column. */
function asNumber(given: Expression): { readonly argument: Expression; readonly type: SqlType } {
  const type = numericType(given.type);
  return { argument: coerce(given, type), type };
}

/** A function of doubles; `null` results are NULL, those that are no number an error. */
function ofDoubles(
  name: string,
  arity: number,
  compute: (...args: number[]) => number | null,
  aliases: readonly string[] = [],
): ScalarFunction {
  return simple(
    name,
    new Array(arity).fill(asDouble),
    DOUBLE,
    (args) => {
      const result = compute(...(args as number[]));
      if (result === null) return null;
      if (!Number.isFinite(result)) throw numericOutOfRange('DOUBLE', `${name}(${args.join(',')})`);
      return result + 0;
    },
    { nullable: true, aliases },
  );
}

/** By the kind of number that the argument is. */
function byDomain(
  name: string,
  bind: (type: SqlType) => { readonly type: SqlType; readonly apply: Apply },
  aliases: readonly string[] = [],
): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: 1,
    maxArguments: 1,
    bind([given]) {
      const { argument, type } = asNumber(given!);
      return { args: [argument], ...bind(type) };
    },
  };
}

const abs = byDomain('abs', (type) => ({
  type,
  apply: ([value]) => {
    if (typeof value === 'number') return Math.abs(value);
    const magnitude = (value as bigint) < 0n ? -(value as bigint) : (value as bigint);
    if (type.kind === 'integer' && !type.unsigned && magnitude > MAX_BIGINT)
      throw numericOutOfRange('BIGINT', `abs(${value})`);
    return magnitude;
  },
}));

const sign = byDomain('sign', () => ({
  type: INT,
  apply: ([value]) => ((value as Integer) > 0 ? 1 : (value as Integer) < 0 ? -1 : 0),
}));

/** FLOOR and CEIL: decimals become integers where they fit. */
function toward(name: string, up: boolean, aliases: readonly string[]): ScalarFunction {
  const round = up ? Math.ceil : Math.floor;
  return byDomain(
    name,
    (type) => {
      if (type.kind === 'double') return { type, apply: ([value]) => round(value as number) + 0 };
      if (type.kind !== 'decimal') return { type, apply: ([value]) => value! };
      const factor = scaleFactor(type.scale);
      const digits = type.precision - type.scale + 1;
      return {
        type: digits <= 18 ? BIGINT : boundedDecimal(digits, 0),
        apply: ([value]) => {
          const whole = quotient(value as Integer, factor);
          const rest = remainder(value as Integer, factor);
          if (rest === 0 || up !== (value as Integer) > 0) return whole;
          return subtract(whole, up ? -1 : 1);
        },
      };
    },
    aliases,
  );
}

/** ROUND and TRUNCATE. A constant number of digits is the scale of the result. */
function rounding(name: string, truncates: boolean, minimum: number): ScalarFunction {
  return {
    name,
    minArguments: minimum,
    maxArguments: 2,
    bind([number, places]) {
      const { argument, type } = asNumber(withoutRounding(number!));
      const digits = places === undefined ? undefined : asInteger(places);
      const args = digits === undefined ? [argument] : [argument, digits];
      if (type.kind === 'double') {
        return {
          type,
          args,
          apply: ([value, at]) => roundDouble(value as number, at === undefined ? 0 : count(at), truncates),
        };
      }
      const scale = decimalOf(type).scale;
      const given = decimalOf(numericType(number!.type));
      const fixed =
        digits === undefined ? 0 : digits.kind === 'literal' && digits.value !== null ? count(digits.value) : undefined;
      const shown = fixed === undefined ? given.scale : Math.max(0, Math.min(MAX_DECIMAL_SCALE, fixed));
      const carry = truncates || shown >= scale ? 0 : 1;
      const whole = given.precision - given.scale;
      const result = type.kind === 'decimal' ? boundedDecimal(whole + shown + carry, shown) : type;
      return {
        type: result,
        args,
        apply: ([value, at]) => {
          const wanted = at === undefined ? 0 : count(at);
          const rounded = roundExact(value as Integer, scale, wanted, truncates);
          return type.kind === 'decimal' ? rescale(rounded, scale, shown) : rounded;
        },
      };
    },
  };
}

function roundExact(value: Integer, scale: number, digits: number, truncates: boolean): Integer {
  if (digits >= scale) return value;
  const drop = scale - digits;
  if (drop > 80) return 0;
  const factor = scaleFactor(drop);
  return multiply(truncates ? quotient(value, factor) : divideRounded(value, factor), factor);
}

function roundDouble(value: number, digits: number, truncates: boolean): number {
  if (digits > 30) return value;
  const factor = 10 ** Math.abs(digits);
  if (!Number.isFinite(factor)) return 0;
  const scaled = digits < 0 ? value / factor : value * factor;
  if (!Number.isFinite(scaled)) return value;
  const magnitude = Math.abs(scaled);
  // Halves to even, as the C library rounds.
  const floor = Math.floor(magnitude);
  const rounded = truncates ? floor : magnitude - floor === 0.5 ? floor + (floor % 2) : Math.round(magnitude);
  const signed = value < 0 ? -rounded : rounded;
  return (digits < 0 ? signed * factor : signed / factor) + 0;
}

/** CONV: the digits that the text begins with, in another base; NULL for an empty text and for bases beyond 2 to 36. */
export function conv(text: string, from: number, to: number): string | null {
  if (text === '') return null;
  const base = Math.abs(from);
  const target = Math.abs(to);
  if (base < 2 || base > 36 || target < 2 || target > 36) return null;
  const match = /^\s*([+-]?)([0-9a-zA-Z]*)/.exec(text);
  let value = 0n;
  for (const character of match?.[2] ?? '') {
    const digit = Number.parseInt(character, 36);
    if (digit >= base) break;
    value = value * BigInt(base) + BigInt(digit);
    if (value >= 2n ** 64n) value = 2n ** 64n - 1n;
  }
  if (match?.[1] === '-') value = -value;
  if (from < 0 && value > MAX_BIGINT) value = MAX_BIGINT;
  if (from < 0 && value < MIN_BIGINT) value = MIN_BIGINT;
  const word = to < 0 ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
  return word.toString(target).toUpperCase();
}

let crcTable: Uint32Array | undefined;

/** CRC-32 (IEEE). */
function crc32(bytes: Uint8Array): number {
  if (crcTable === undefined) {
    crcTable = new Uint32Array(256);
    for (let n = 0; n < 256; n++) {
      let crc = n;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
      crcTable[n] = crc;
    }
  }
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** RAND(seed) draws MySQL's own sequence: the same numbers for the same seed in every execution. */
class SeededRandom {
  #first: number;
  #second: number;
  constructor(seed: Integer) {
    const word = BigInt.asUintN(32, BigInt(seed));
    this.#first = Number(BigInt.asUintN(32, word * 0x10001n + 55_555_555n) % 0x3fff_ffffn);
    this.#second = Number(BigInt.asUintN(32, word * 0x1000_0001n) % 0x3fff_ffffn);
  }
  next(): number {
    this.#first = (this.#first * 3 + this.#second) % 0x3fff_ffff;
    this.#second = (this.#first + this.#second + 33) % 0x3fff_ffff;
    return this.#first / 0x3fff_ffff;
  }
}

const rand: ScalarFunction = {
  name: 'rand',
  minArguments: 0,
  maxArguments: 1,
  volatile: true,
  bind([seed]) {
    if (seed === undefined)
      return { type: DOUBLE, nullable: false, apply: (_args, context) => context.session.random() };
    const generators = new WeakMap<EvaluationContext, SeededRandom>();
    const constant = seed.kind === 'literal';
    return {
      type: DOUBLE,
      args: [asInteger(seed)],
      nullable: false,
      handlesNull: true,
      apply: ([value], context) => {
        const start = (value ?? 0) as Integer;
        if (!constant) return new SeededRandom(start).next();
        let generator = generators.get(context);
        if (generator === undefined) {
          generator = new SeededRandom(start);
          generators.set(context, generator);
        }
        return generator.next();
      },
    };
  },
};

function popCount(value: Value): number {
  if (value instanceof Uint8Array) return value.reduce((sum, byte) => sum + popCount(byte), 0);
  let rest = unsignedBits(value as Integer);
  let ones = 0;
  for (; rest > 0n; rest &= rest - 1n) ones++;
  return ones;
}

/** A logarithm: NULL and a warning for what has none. */
function logarithm(name: string, compute: (value: number) => number): ScalarFunction {
  return simple(
    name,
    [asDouble],
    DOUBLE,
    ([value], { session }) => {
      if ((value as number) > 0) return compute(value as number) + 0;
      session.warn(NO_LOGARITHM);
      return null;
    },
    { nullable: true },
  );
}

const NO_LOGARITHM = { level: 'Warning', code: 3020, message: 'Invalid argument for logarithm' } as const;

export const numericFunctions: readonly ScalarFunction[] = [
  abs,
  sign,
  rand,
  toward('floor', false, []),
  toward('ceil', true, ['ceiling']),
  rounding('round', false, 1),
  rounding('truncate', true, 2),
  {
    name: 'mod',
    minArguments: 2,
    maxArguments: 2,
    bind: ([left, right]) => ({ expression: arithmetic('%', left!, right!) }),
  },
  ofDoubles('acos', 1, (value) => (Math.abs(value) > 1 ? null : Math.acos(value))),
  ofDoubles('asin', 1, (value) => (Math.abs(value) > 1 ? null : Math.asin(value))),
  {
    name: 'atan',
    aliases: ['atan2'],
    minArguments: 1,
    maxArguments: 2,
    bind: (given) => ({
      type: DOUBLE,
      args: given.map(asDouble),
      apply: ([y, x]) => (x === undefined ? Math.atan(y as number) : Math.atan2(y as number, x as number)) + 0,
    }),
  },
  ofDoubles('cos', 1, Math.cos),
  ofDoubles('sin', 1, Math.sin),
  ofDoubles('tan', 1, Math.tan),
  ofDoubles('cot', 1, (value) => 1 / Math.tan(value)),
  ofDoubles('degrees', 1, (value) => value * (180 / Math.PI)),
  ofDoubles('radians', 1, (value) => value * (Math.PI / 180)),
  ofDoubles('exp', 1, Math.exp),
  logarithm('ln', Math.log),
  logarithm('log2', Math.log2),
  logarithm('log10', Math.log10),
  {
    name: 'log',
    minArguments: 1,
    maxArguments: 2,
    bind: (given) => ({
      type: DOUBLE,
      args: given.map(asDouble),
      nullable: true,
      apply: ([first, second], { session }) => {
        const [base, value] = second === undefined ? [Math.E, first as number] : [first as number, second as number];
        if (base <= 0 || base === 1 || value <= 0) {
          session.warn(NO_LOGARITHM);
          return null;
        }
        return Math.log(value) / Math.log(base);
      },
    }),
  },
  ofDoubles('pow', 2, (base, exponent) => base ** exponent, ['power']),
  ofDoubles('sqrt', 1, (value) => (value < 0 ? null : Math.sqrt(value))),
  simple('pi', [], DOUBLE, () => Math.PI),
  simple('crc32', [asBytes], UNSIGNED_BIGINT, ([bytes]) => crc32(bytes as Uint8Array)),
  simple(
    'conv',
    [asText, asInteger, asInteger],
    LONGTEXT,
    ([text, from, to]) => conv(text as string, count(from!), count(to!)),
    {
      nullable: true,
    },
  ),
  simple('bit_count', [(argument) => (isBytes(argument.type) ? argument : asInteger(argument))], INT, ([value]) =>
    popCount(value!),
  ),
];
