/** Decimal arithmetic, through the builders and compiled, against decimal.js. */
import { Decimal } from 'decimal.js';
import { expect, test } from 'vitest';
import { arithmetic } from '../../../src/sql/expressions/arithmetic.ts';
import { ONE_ROW } from '../../../src/sql/expressions/batch.ts';
import { literal } from '../../../src/sql/expressions/coerce.ts';
import { compile } from '../../../src/sql/expressions/compile.ts';
import type { Expression } from '../../../src/sql/expressions/expression.ts';
import { formatDecimal, parseDecimal, parsePlainDecimal, rescale } from '../../../src/sql/types/decimal.ts';
import { formatValue } from '../../../src/sql/types/format.ts';
import { SqlError } from '../../../src/sql/types/sql-error.ts';
import { decimal } from '../../../src/sql/types/sql-type.ts';
import { integerOf } from '../../../src/tuple/value.ts';
import fc from '../../fast-check.ts';
import { TestSession } from '../functions/evaluate.ts';

Decimal.set({ precision: 400, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -500, toExpPos: 500 });

const number = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 20 }));
const small = fc.tuple(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), fc.integer({ min: 0, max: 6 }));

/** Without a sign on zero. */
const fixed = (value: Decimal, scale: number) => value.toFixed(scale).replace(/^-(0(?:\.0*)?)$/, '$1');
const text = ([unscaled, scale]: [bigint, number]) => formatDecimal(integerOf(unscaled), scale);
const operand = ([unscaled, scale]: [bigint, number]): Expression =>
  literal(integerOf(unscaled), decimal(Math.max(31, scale), scale));

function printed(expression: Expression): string {
  return formatValue(compile(expression)(ONE_ROW, 0, new TestSession().context), expression.type);
}

test('text round trip', () => {
  fc.assert(
    fc.property(number, ([unscaled, scale]) => {
      const shown = formatDecimal(integerOf(unscaled), scale);
      expect(parseDecimal(shown)).toEqual({ value: integerOf(unscaled), scale });
      expect(new Decimal(shown).toFixed(scale)).toBe(
        new Decimal(unscaled.toString()).div(new Decimal(10).pow(scale)).toFixed(scale),
      );
    }),
  );
});

test('rescale rounds half away from zero', () => {
  fc.assert(
    fc.property(number, fc.integer({ min: 0, max: 25 }), ([unscaled, scale], to) => {
      const expected = new Decimal(text([unscaled, scale])).toFixed(to);
      expect(formatDecimal(rescale(integerOf(unscaled), scale, to), to).replace(/^-(0\.?0*)$/, '$1')).toBe(
        expected.replace(/^-(0\.?0*)$/, '$1'),
      );
    }),
  );
});

for (const numbers of [number, small]) {
  test('sums, differences and products are exact', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [x, y] = [new Decimal(text(a)), new Decimal(text(b))];
        const scale = Math.max(a[1], b[1]);
        expect(printed(arithmetic('+', operand(a), operand(b)))).toBe(fixed(x.plus(y), scale));
        expect(printed(arithmetic('-', operand(a), operand(b)))).toBe(fixed(x.minus(y), scale));
        const product = x.times(y);
        const shown = Math.min(30, a[1] + b[1]);
        expect(printed(arithmetic('*', operand(a), operand(b)))).toBe(fixed(product, shown));
      }),
    );
  });
}

test('quotients have four more digits, rounded', () => {
  fc.assert(
    fc.property(small, small, (a, b) => {
      fc.pre(b[0] !== 0n);
      const expected = new Decimal(text(a)).div(new Decimal(text(b)));
      const shown = new Decimal(printed(arithmetic('/', operand(a), operand(b))));
      // Where the nine-digit groups end at the digits shown, the last digit is cut, not rounded.
      const step = new Decimal(10).pow(-(a[1] + 4));
      expect(shown.minus(expected).abs().lt(step)).toBe(true);
    }),
  );
});

test('a remainder has the sign of the dividend', () => {
  fc.assert(
    fc.property(small, small, (a, b) => {
      fc.pre(b[0] !== 0n);
      const expected = new Decimal(text(a)).mod(new Decimal(text(b)));
      expect(new Decimal(printed(arithmetic('%', operand(a), operand(b)))).equals(expected)).toBe(true);
    }),
  );
});

test('division by zero is NULL with a warning', () => {
  const session = new TestSession();
  const expression = arithmetic('/', operand([1n, 0]), operand([0n, 2]));
  expect(compile(expression)(ONE_ROW, 0, session.context)).toBeNull();
  expect(session.warnings.map((warning) => warning.code)).toEqual([1365]);
});

test('more than 65 digits is an error', () => {
  const big = literal(10n ** 64n, decimal(65, 0));
  const product = arithmetic('*', big, literal(100, decimal(3, 0)));
  const run = () => compile(product)(ONE_ROW, 0, new TestSession().context);
  expect(run).toThrow(SqlError);
  expect(run).toThrow(/DECIMAL value is out of range/);
});

test('plain numbers are read as any others', () => {
  const digits = fc.stringMatching(/^-?\d{1,10}(\.\d{0,6})?$/);
  fc.assert(
    fc.property(digits, (text) => {
      const plain = parsePlainDecimal(text);
      expect(plain === undefined).toBe(text.replace(/[-.]/g, '').length > 15);
      if (plain !== undefined) expect(plain).toEqual(parseDecimal(text));
    }),
  );
  for (const other of ['', '-', '.', '.5', '+1', '1e3', ' 1', '1 ', '1.2.3', '1,5', '--1', '0x1', '1234567890123456']) {
    expect(parsePlainDecimal(other), other).toBeUndefined();
  }
  expect(Object.is(parsePlainDecimal('-0.00')?.value, 0)).toBe(true);
});
