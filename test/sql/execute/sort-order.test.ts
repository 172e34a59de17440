/** Rows in order: texts by their first characters, as far as these tell, and else as their collation compares them. */

import { expect, test } from 'vitest';
import type { ExecutionContext } from '../../../src/sql/execute/operator.ts';
import { rowComparators, rowOrder, type SortColumn, sortRows } from '../../../src/sql/execute/sort-order.ts';
import { textPrefixes } from '../../../src/sql/execute/text-prefix.ts';
import { comparatorFor } from '../../../src/sql/types/compare.ts';
import { BIGINT, type SqlType } from '../../../src/sql/types/sql-type.ts';
import type { Value } from '../../../src/tuple/value.ts';
import fc from '../../fast-check.ts';

const COLLATIONS = ['utf8mb4_0900_bin', 'utf8mb4_bin', 'utf8mb4_0900_ai_ci', 'utf8mb4_general_ci'];

const textOf = (collation: string): SqlType => ({ kind: 'varchar', length: 20, collation });

const context = { pause: () => undefined } as unknown as ExecutionContext;

function sorted(columns: readonly Value[][], keys: readonly SortColumn[]): number[] {
  const step = sortRows(columns, keys, columns[0]!.length, context).next();
  return [...(step.value as Uint32Array)];
}

/** Few letters, so that beginnings are alike; some that sort together, behind and outside of ASCII. */
const text = fc.string({
  unit: fc.constantFrom('a', 'A', 'b', 'Z', '~', '\u0001', 'é', 'ß', '中', '\u{1f600}'),
  maxLength: 9,
});

for (const collation of COLLATIONS) {
  test(`by ${collation}`, () => {
    const rows = fc.array(fc.tuple(fc.option(text), fc.integer({ min: 0, max: 2 })), { maxLength: 60 });
    fc.assert(
      fc.property(rows, fc.boolean(), fc.boolean(), (made, descending, isAscii) => {
        const texts = made.map(([value]) => (isAscii && value !== null ? value.replace(/[^\0-\x7f]/gu, '') : value));
        const columns: Value[][] = [texts, made.map(([, number]) => number)];
        const keys: SortColumn[] = [
          { type: textOf(collation), descending },
          { type: BIGINT, descending: !descending },
        ];
        for (const count of [1, 2]) {
          const order = rowOrder(columns.slice(0, count), rowComparators(keys.slice(0, count)));
          const expected = made.map((_, row) => row).sort(order);
          expect(sorted(columns.slice(0, count), keys.slice(0, count))).toEqual(expected);
        }
      }),
    );
  });

  test(`what the numbers of beginnings tell is what ${collation} says`, () => {
    const type = textOf(collation);
    const compare = comparatorFor(type);
    const { prefixOf, span } = textPrefixes(type, 2 ** 46)!;
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [left, right] = [prefixOf(a), prefixOf(b)];
        if (left === undefined || right === undefined) return;
        expect(Math.max(left, right)).toBeLessThan(span);
        if (left !== right) expect(Math.sign(compare(a, b))).toBe(Math.sign(left - right));
      }),
    );
    expect(prefixOf(null)).toBeLessThan(prefixOf('')!);
  });
}

test('six characters of ASCII are told apart, letters that are equal are not', () => {
  const binary = textPrefixes(textOf('utf8mb4_0900_bin'), 2 ** 46)!;
  expect(binary.prefixOf('31451-x')! < binary.prefixOf('31452-a')!).toBe(true);
  expect(binary.prefixOf('123456a')).toBe(binary.prefixOf('123456b'));
  const folded = textPrefixes(textOf('utf8mb4_0900_ai_ci'), 2 ** 46)!;
  expect(folded.prefixOf('Pen')).toBe(folded.prefixOf('pEN'));
  expect(folded.prefixOf('née')).toBeUndefined();
});

test('numbers have no beginning, and runs without keys stay as they are', () => {
  expect(textPrefixes(BIGINT, 2 ** 46)).toBeUndefined();
  const step = sortRows([], [], 9, context).next();
  expect([...(step.value as Uint32Array)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});
