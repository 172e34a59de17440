/**
 * Numbers as text and back. Doubles print as the original prints them: the shortest digits that read back equal, in
 * positional form for exponents −4 to 5 and in scientific form (at least two exponent digits) otherwise.
 */

interface ShortestDigits {
  readonly negative: boolean;
  readonly digits: string;
  /** Position of the decimal point: 0.d₁d₂… × 10^point. */
  readonly point: number;
}

function shortestDigits(value: number, single: boolean): ShortestDigits {
  let text = Math.abs(value).toExponential();
  if (single) {
    for (let precision = 0; precision < 9; precision++) {
      const candidate = Math.abs(value).toExponential(precision);
      if (Math.fround(Number(candidate)) === Math.abs(value)) {
        text = candidate;
        break;
      }
    }
  }
  const at = text.indexOf('e');
  const digits = text.slice(0, at).replace('.', '').replace(/0+$/, '');
  return {
    negative: value < 0 || Object.is(value, -0),
    digits: digits === '' ? '0' : digits,
    point: Number(text.slice(at + 1)) + 1,
  };
}

function positional({ digits, point }: ShortestDigits): string {
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return digits + '0'.repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** As result sets print a DOUBLE, or with `single` a FLOAT: `0.1`, `1e+21`, `1.5e-07`. */
export function formatDouble(value: number, single = false): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value + 0);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const shortest = shortestDigits(value, single);
  const exponent = shortest.point - 1;
  const sign = shortest.negative ? '-' : '';
  if (exponent >= -4 && exponent < 6) return sign + positional(shortest);
  const { digits } = shortest;
  const power = Math.abs(exponent);
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${power < 10 ? '0' : ''}${power}`;
}

/** As a DOUBLE becomes a string inside an expression or a text column: never an exponent. */
export function doubleToText(value: number, single = false): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return formatDouble(value);
  const shortest = shortestDigits(value, single);
  return (shortest.negative ? '-' : '') + positional(shortest);
}

const NUMBER_PREFIX = /^[ \t\n\v\f\r]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[ \t\n\v\f\r]*/;

export interface NumberPrefix {
  /** The number's text without blanks, '' when there is none. */
  readonly text: string;
  /** Nothing but blanks follows (and there is a number). */
  readonly whole: boolean;
}

/** The longest prefix of a string that is a number, as MySQL reads strings in numeric context. */
export function numberPrefix(text: string): NumberPrefix {
  const match = NUMBER_PREFIX.exec(text);
  if (match === null) return { text: '', whole: false };
  return { text: match[1] as string, whole: match[0].length === text.length };
}

/** Infinite results are clamped to the largest double. */
export function doubleOfText(text: string): number {
  const value = Number(text);
  if (value === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  if (value === Number.NEGATIVE_INFINITY) return -Number.MAX_VALUE;
  return value + 0;
}
