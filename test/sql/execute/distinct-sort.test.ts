/** Sorting rows first and dropping those that repeat the one before gives what a sort of distinct rows gives. */

import { expect, test } from 'vitest';
import { Distinct } from '../../../src/sql/execute/distinct.ts';
import { type ExecutionContext, isWait, type Operator } from '../../../src/sql/execute/operator.ts';
import { Sort, type SortInput } from '../../../src/sql/execute/sort.ts';
import { StatementMemory } from '../../../src/sql/execute/statement-memory.ts';
import type { Batch } from '../../../src/sql/expressions/batch.ts';
import { BIGINT, DOUBLE, type SqlType, varbinary, varchar } from '../../../src/sql/types/sql-type.ts';
import type { Value } from '../../../src/tuple/value.ts';
import { Dice } from '../../dice.ts';
import fc from '../../fast-check.ts';

const TYPES: readonly SqlType[] = [varchar(9), varchar(9, 'utf8mb4_0900_ai_ci'), BIGINT, DOUBLE, varbinary(9)];

/** Values of a type, among them such as are equal and look different. */
const VALUES: readonly (readonly Value[])[] = [
  [null, 'a', 'A', 'b', 'é', ''],
  [null, 'a', 'A', 'á', 'b', 'B', ''],
  [null, 1, 2, 2n ** 60n],
  [null, 0, -0, 1.5],
  [null, ...['', 'a', 'A'].map((text) => new Uint8Array(Buffer.from(text)))],
];

const context = (limit: number): ExecutionContext =>
  ({ pause: () => undefined, memory: new StatementMemory(limit) }) as unknown as ExecutionContext;

function rowsOf(operator: Operator): Value[][] {
  const rows: Value[][] = [];
  for (const item of operator.run(context(2 ** 29))) {
    if (isWait(item)) throw new Error('nothing is waited for');
    for (let row = 0; row < item.length; row++) rows.push(item.columns.map((column) => column[row]!));
  }
  return rows;
}

const columns = fc.array(fc.nat(TYPES.length - 1), { minLength: 1, maxLength: 3 });
const lengths = fc.oneof(fc.array(fc.nat(30), { maxLength: 4 }), fc.constant([1024, 1]), fc.constant([1000, 400]));

test('a sort by all columns drops rows that repeat one, and keeps the first', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), columns, lengths, fc.boolean(), (seed, kinds, parts, descending) => {
      const dice = new Dice(seed);
      const batches = parts.map(
        (length): Batch => ({
          length,
          columns: kinds.map((kind) => Array.from({ length }, () => dice.of(VALUES[kind]!))),
        }),
      );
      const input: Operator = {
        *run() {
          yield* batches;
        },
      };
      const types = kinds.map((kind) => TYPES[kind]!);
      const keys = types
        .map((type, at): SortInput => ({ type, descending, evaluate: (batch) => batch.columns[at]! }))
        .reverse();
      const expected = rowsOf(new Sort(new Distinct(input, types), types.length, keys));
      expect(rowsOf(new Sort(input, types.length, keys, types))).toEqual(expected);
    }),
  );
});
