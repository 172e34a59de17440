/**
 * The assertions of `dolt_tests`: what a query gave is compared with a text, in the type of what it gave. Each answers what is
 * to be told of a test that fails, and nothing where it passes.
 */
import type { Value } from '../../tuple/value.ts';
import { parseDecimal, rescale } from '../types/decimal.ts';
import { formatValue } from '../types/format.ts';
import { isIntegral, isTemporal, isText, type SqlType } from '../types/sql-type.ts';

export interface QueryRows {
  readonly types: readonly SqlType[];
  readonly rows: readonly (readonly Value[])[];
}

/** The texts are those of the columns `assertion_type`, `assertion_comparator` and `assertion_value`. */
export function failureOf(assertion: string, comparator: string, expected: string | null, got: QueryRows): string {
  const words = WORDS[comparator];
  if (words === undefined) return `${comparator} is not a valid comparison type`;
  switch (assertion) {
    case 'expected_rows':
      return countFailure(assertion, words, expected, got.rows.length);
    case 'expected_columns':
      // As the original counts: what has no rows has no columns.
      return countFailure(assertion, words, expected, got.rows.length === 0 ? 0 : got.types.length);
    case 'expected_single_value':
      return valueFailure(assertion, comparator, words, expected, got);
    default:
      return `${assertion} is not a valid assertion type`;
  }
}

interface Words {
  readonly text: string;
  readonly holds: (order: number) => boolean;
}

const WORDS: Readonly<Record<string, Words>> = {
  '==': { text: 'equal to', holds: (order) => order === 0 },
  '!=': { text: 'not equal to', holds: (order) => order !== 0 },
  '<': { text: 'less than', holds: (order) => order < 0 },
  '<=': { text: 'less than or equal to', holds: (order) => order <= 0 },
  '>': { text: 'greater than', holds: (order) => order > 0 },
  '>=': { text: 'greater than or equal to', holds: (order) => order >= 0 },
};

const failed = (assertion: string, { text }: Words, expected: string, got: string): string =>
  `Assertion failed: ${assertion} ${text} ${expected}, got ${got}`;

function countFailure(assertion: string, words: Words, expected: string | null, got: number): string {
  if (expected === null) return 'null is not a valid assertion for expected_rows';
  if (!/^[+-]?\d+$/.test(expected)) return `cannot run assertion on non integer value: ${expected}`;
  const wanted = Number(expected);
  return words.holds(got - wanted) ? '' : failed(assertion, words, String(wanted), String(got));
}

function valueFailure(
  assertion: string,
  comparator: string,
  words: Words,
  expected: string | null,
  { types, rows }: QueryRows,
): string {
  const cell = (received: string): string => `expected_single_value expects exactly one cell. Received ${received}`;
  const [row] = rows;
  if (row === undefined) return cell('0 rows');
  if (row.length !== 1) return cell('multiple columns');
  if (rows.length > 1) return cell('multiple rows');
  const [type, value] = [types[0]!, row[0]!];
  if (expected === null) {
    if (comparator !== '==' && comparator !== '!=') return `${comparator} is not a valid comparison for NULL values`;
    const order = value === null ? 0 : 1;
    return words.holds(order)
      ? ''
      : failed(assertion, words, 'NULL', value === null ? 'NULL' : formatValue(value, type));
  }
  if (value === null) return 'Could not compare a value with NULL';
  const text = formatValue(value, type);
  if (TRUTH_WORDS.test(expected)) {
    if (comparator !== '==' && comparator !== '!=') {
      return `${comparator} is not a valid comparison for boolean values. Only '==' and '!=' are supported`;
    }
    const [wanted, got] = [/^t/i.test(expected), text === '1'];
    return words.holds(wanted === got ? 0 : 1) ? '' : failed(assertion, words, String(wanted), String(got));
  }
  const comparison = compared(text, expected, type);
  if (typeof comparison === 'string') return comparison;
  return words.holds(comparison.order) ? '' : failed(assertion, words, comparison.expected, comparison.got);
}

/** `0` and `1` are numbers. */
const TRUTH_WORDS = /^(t|f|true|false|TRUE|FALSE|True|False|T|F)$/;

interface Comparison {
  /** Of what the query gave to what is expected. */
  readonly order: number;
  readonly expected: string;
  readonly got: string;
}

/** A text says why they cannot be compared. */
function compared(got: string, expected: string, type: SqlType): Comparison | string {
  if (isIntegral(type)) {
    if (!/^[+-]?\d+$/.test(expected)) return `Could not compare non integer value '${expected}', with ${got}`;
    return { order: signOf(BigInt(got) - BigInt(expected)), expected: String(BigInt(expected)), got };
  }
  if (type.kind === 'float' || type.kind === 'double') {
    const wanted = expected.trim() === '' ? Number.NaN : Number(expected);
    if (Number.isNaN(wanted)) return `Could not compare non float value '${expected}', with ${got}`;
    return { order: Number(got) - wanted, expected: String(wanted), got };
  }
  if (type.kind === 'decimal') {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(expected)) {
      return `Could not compare non decimal value '${expected}', with ${got}`;
    }
    return { order: decimalOrder(got, expected), expected, got };
  }
  if (isTemporal(type)) return comparedMoments(got, expected);
  if (isText(type) || type.kind === 'enum' || type.kind === 'set')
    return { order: orderOf(got, expected), expected, got };
  return `Type ${type.kind} is not supported`;
}

const signOf = (difference: bigint): number => (difference < 0n ? -1 : difference > 0n ? 1 : 0);
const orderOf = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function decimalOrder(left: string, right: string): number {
  const [a, b] = [parseDecimal(left), parseDecimal(right)];
  const scale = Math.max(a.scale, b.scale);
  return signOf(BigInt(rescale(a.value, a.scale, scale)) - BigInt(rescale(b.value, b.scale, scale)));
}

/** Dates and moments, told with as much as the expectation has. */
function comparedMoments(got: string, expected: string): Comparison | string {
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d+)?)Z?)?$/.exec(expected);
  if (match === null) return `${expected} does not appear to be a valid date`;
  const whole = (date: string, time = '00:00:00'): string => {
    const [seconds = '', fraction = ''] = time.split('.');
    return `${date} ${seconds}.${fraction.padEnd(6, '0')}`;
  };
  const [date = '', time] = got.split(' ');
  const wantsTime = match[2] !== undefined;
  return {
    order: orderOf(whole(date, time), whole(match[1]!, match[2])),
    expected,
    got: wantsTime ? `${date} ${time ?? '00:00:00'}` : date,
  };
}
