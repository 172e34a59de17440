/** All rows of an operator, kept in memory. */
import { RowStore } from './columns.ts';
import { type ExecutionContext, isWait, type Operator, type Wait } from './operator.ts';
import { bytesOf, type MemoryShare } from './statement-memory.ts';

/** Throws 3170 where the share may not grow. */
export function* kept(
  operator: Operator,
  width: number,
  share: MemoryShare,
  context: ExecutionContext,
): Generator<Wait, RowStore, unknown> {
  const rows = new RowStore(width);
  for (const item of operator.run(context)) {
    if (isWait(item)) {
      yield item;
      continue;
    }
    share.grow(bytesOf(item));
    rows.append(item);
  }
  return rows;
}
