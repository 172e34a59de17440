/** The calendar against Date, and the packing of datetimes beyond what doubles hold. */

import { expect, test } from 'vitest';
import {
  dateFromDays,
  datetimeFromParts,
  dayOf,
  daysFromCivil,
  formatDatetime,
  monthOf,
  partsOfDatetime,
  roundDatetime,
  yearOf,
} from '../../../src/sql/types/civil.ts';
import { parseDatetime } from '../../../src/sql/types/temporal-text.ts';
import fc from '../../fast-check.ts';

const moment = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .chain((date) => fc.integer({ min: 0, max: 999 }).map((micros) => ({ date, micros })));

test('days and dates', () => {
  fc.assert(
    fc.property(moment, ({ date }) => {
      const days = Math.floor(date.getTime() / 86_400_000);
      const packed = dateFromDays(days);
      expect([yearOf(packed), monthOf(packed), dayOf(packed)]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
      ]);
      expect(daysFromCivil(yearOf(packed), monthOf(packed), dayOf(packed))).toBe(days);
    }),
  );
});

test('datetimes are microseconds, print and parse', () => {
  fc.assert(
    fc.property(moment, ({ date, micros }) => {
      const expected = BigInt(date.getTime()) * 1000n + BigInt(micros);
      const text = `${date.toISOString().slice(0, 23).replace('T', ' ')}${String(micros).padStart(3, '0')}`;
      const parsed = parseDatetime(text)!;
      expect(BigInt(parsed.value)).toBe(expected);
      expect(typeof parsed.value).toBe(Number.isSafeInteger(Number(expected)) ? 'number' : 'bigint');
      expect(formatDatetime(parsed.value, 6)).toBe(text);
      expect(datetimeFromParts(partsOfDatetime(parsed.value))).toBe(parsed.value);
    }),
  );
});

test('rounding carries', () => {
  const value = parseDatetime('2020-12-31 23:59:59.9996')!.value;
  expect(formatDatetime(roundDatetime(value, 3), 3)).toBe('2021-01-01 00:00:00.000');
  expect(formatDatetime(roundDatetime(value, 4), 4)).toBe('2020-12-31 23:59:59.9996');
});

test('the usual forms are read as any others', () => {
  const two = (most: number) => fc.nat(most).map((n) => String(n).padStart(2, '0'));
  const text = fc
    .tuple(
      fc.nat(9999),
      two(13),
      two(32),
      fc.constantFrom('', ' ', 'T', ':'),
      two(24),
      two(60),
      two(60),
      fc.constantFrom('', 'x', '.5'),
    )
    .map(([year, month, day, gap, hour, minute, second, rest]) => {
      return `${String(year).padStart(4, '0')}-${month}-${day}${gap === '' ? '' : `${gap}${hour}:${minute}:${second}`}${rest}`;
    });
  // A blank before it makes it another form with the same meaning.
  fc.assert(
    fc.property(text, (usual) => {
      expect(parseDatetime(usual)).toEqual(parseDatetime(` ${usual}`));
    }),
    { numRuns: 2000 },
  );
});
