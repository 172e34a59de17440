/** Rows with their numbers, from 0 on, in a last column: for what finds them in another order, to be sorted by it. */
import type { Column } from '../expressions/batch.ts';
import { BIGINT } from '../types/sql-type.ts';
import { isWait, type Rows } from './operator.ts';
import type { SortColumn } from './sort-order.ts';

export const BY_NUMBER: readonly SortColumn[] = [{ type: BIGINT, descending: false }];

export function* numbered(rows: Rows): Rows {
  let number = 0;
  for (const item of rows) {
    if (isWait(item)) {
      yield item;
      continue;
    }
    const numbers: Column = [];
    for (let row = 0; row < item.length; row++) numbers.push(number++);
    yield { length: item.length, columns: [...item.columns, numbers] };
  }
}
