/** An index of a table as trees and keys: what ranges and scans need to know of it. */
import type { TreeMap } from '../../prolly/tree-map.ts';
import type { IndexDefinition } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import type { TupleDescriptor } from '../../tuple/tuple-descriptor.ts';
import type { BaseTableSource } from '../catalog/catalog.ts';
import type { SqlType } from '../types/sql-type.ts';

export interface IndexShape {
  readonly tree: TreeMap;
  readonly descriptor: TupleDescriptor;
  /** Types of the key's fields. */
  readonly types: readonly SqlType[];
}

/** The columns of an index's key fields, as positions in the table; -1 is the row id of a table without primary key. */
export function keyColumns(table: Table, index: IndexDefinition | undefined): readonly number[] {
  return index ? table.schema.indexKeyColumns(index) : table.schema.isKeyless ? [-1] : table.schema.primaryKey;
}

/** The tree, key fields and types of an index (undefined: the clustered one). */
export function indexShape(source: BaseTableSource, index: IndexDefinition | undefined): IndexShape {
  const { table } = source;
  const types = keyColumns(table, index).map((c) => source.columns[c]?.type ?? { kind: 'null' as const });
  return index
    ? { tree: table.index(index.name), descriptor: table.schema.indexKeyDescriptor(index, table.store), types }
    : { tree: table.rows, descriptor: table.schema.keyDescriptor, types };
}
