/** Whole rows of a stored table, one at a time: for small internal tables and for work that needs every column. */

import { ALL_KEYS, type KeyRange } from '../../prolly/key-range.ts';
import type { Node } from '../../prolly/node.ts';
import { decodeRowAt } from '../../table/row-codec.ts';
import type { Table } from '../../table/table.ts';
import type { BlobStore } from '../../tuple/blob-store.ts';
import type { Value } from '../../tuple/value.ts';

/** Rows in key order; an entry of a keyless table once for each of its duplicates. Virtual columns are NULL. */
export function* tableRows(table: Table, range: KeyRange = ALL_KEYS): Generator<Value[], void> {
  const keyless = table.schema.isKeyless;
  for (const { node, from, to } of table.rows.scan(range)) {
    for (let i = from; i < to; i++) {
      const row = rowAt(table, node, i);
      yield row;
      if (keyless) for (let n = cardinalityAt(table, node, i); n > 1; n--) yield [...row];
    }
  }
}

/** `blobs`: where long values are read from. */
export function rowAt(table: Table, node: Node, index: number, blobs: BlobStore = table.store): Value[] {
  return decodeRowAt(table.schema, node, index, blobs);
}

/** How often an entry of a keyless table is there. */
export function cardinalityAt(table: Table, node: Node, index: number): number {
  return Number(
    table.schema.valueDescriptor.decode(node.bytes, node.valueStart(index), node.valueEnd(index), 0, table.store),
  );
}
