/** Where a table that is altered goes on counting. */
import type { Steps } from '../../../repo/steps.ts';
import type { Integer, Value } from '../../../tuple/value.ts';
import { rowAt } from '../../catalog/table-rows.ts';
import { forEachRow } from '../table-rebuild.ts';
import type { Alteration } from './alteration.ts';

/** A table without such a column has no counter; no counter goes back behind what the table holds. */
export function* setCounter(alteration: Alteration, wanted: number): Steps<void> {
  const column = alteration.schema.columns.findIndex(({ autoIncrement }) => autoIncrement);
  if (column < 0) return;
  if (wanted <= (yield* largestId(alteration, column))) return;
  alteration.setsCounter = true;
  alteration.set(alteration.table.with({ autoIncrement: wanted }));
}

/** 0 without rows. */
export function* largestId(alteration: Alteration, column: number): Steps<Integer> {
  if (alteration.schema.primaryKey[0] === column) {
    const last = alteration.table.rows.at(alteration.table.rows.count - 1);
    return last === undefined ? 0 : wholeId(rowAt(alteration.table, last.node, last.index)[column]!);
  }
  let largest: Integer = 0;
  yield* forEachRow(alteration.table, alteration.name, alteration.scene, (row) => {
    const id = wholeId(row[column]!);
    if (id > largest) largest = id;
  });
  return largest;
}

/** An id as the counter sees it: FLOAT ids count by their whole part. */
function wholeId(value: Value): Integer {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && value > 0 ? Math.floor(value) : 0;
}
