/** All rows of a result, in memory. */
import type { Steps } from '../../../repo/steps.ts';
import type { Value } from '../../../tuple/value.ts';
import { isWait } from '../../execute/operator.ts';
import type { RowsResult } from '../../session/statement-result.ts';
import { SqlError } from '../../types/sql-error.ts';

/** What is gathered at once holds at most this many values. */
const MOST_VALUES = 20_000_000;

export function* gathered({ rows, columns }: RowsResult): Steps<Value[][]> {
  const found: Value[][] = [];
  for (const item of rows) {
    if (isWait(item)) {
      yield item;
      continue;
    }
    for (let i = 0; i < item.length; i++) found.push(item.columns.map((column) => column[i]!));
    if (found.length * columns.length > MOST_VALUES) {
      throw new SqlError(1041, 'HY000', 'Out of memory: a stored program keeps too many rows; add a LIMIT', 'invalid');
    }
  }
  return found;
}
