/** The rows of a table that have given values in some columns: through an index where one starts with these columns. */
import { equalRange } from '../../prolly/key-range.ts';
import type { TableSchema } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import { TupleBuilder } from '../../tuple/tuple-builder.ts';
import type { TupleDescriptor } from '../../tuple/tuple-descriptor.ts';
import type { Value } from '../../tuple/value.ts';
import { storedType } from '../catalog/table-columns.ts';
import { tableRows } from '../catalog/table-rows.ts';
import { comparatorFor } from '../types/compare.ts';

/** None of `values` is NULL. Rows are whole, in table order. */
export function* rowsByKey(
  table: Table,
  columns: readonly number[],
  values: readonly Value[],
): Generator<Value[], void> {
  const { schema } = table;
  const primary = arrange(schema.primaryKey, columns);
  if (primary !== undefined) {
    yield* tableRows(
      table,
      keyRange(
        schema.keyDescriptor,
        primary.map((i) => values[i]!),
        table,
      ),
    );
    return;
  }
  for (const index of schema.indexes) {
    if (index.prefixLengths.some((length) => length > 0) || index.spatial || index.fullText) continue;
    const rest = schema.isKeyless ? [] : schema.primaryKey.filter((column) => !index.columns.includes(column));
    const order = arrange([...index.columns, ...rest], columns);
    if (order === undefined) continue;
    const descriptor = schema.indexKeyDescriptor(index, table.store);
    const range = keyRange(
      descriptor,
      order.map((i) => values[i]!),
      table,
    );
    for (const { node, from, to } of table.index(index.name).scan(range)) {
      for (let i = from; i < to; i++) {
        const read = (field: number): Value =>
          descriptor.decode(node.bytes, node.keyStart(i), node.keyEnd(i), field, table.store);
        yield* primaryRows(table, schema, index.columns, read);
      }
    }
    return;
  }
  yield* scanFor(table, columns, values);
}

/** The rows that an index entry leads to: by primary key, or of a keyless table by its row id. */
function* primaryRows(
  table: Table,
  schema: TableSchema,
  indexColumns: readonly number[],
  read: (field: number) => Value,
): Generator<Value[], void> {
  if (schema.isKeyless) {
    yield* tableRows(table, keyRange(schema.keyDescriptor, [read(indexColumns.length)], table));
    return;
  }
  const rest = schema.primaryKey.filter((column) => !indexColumns.includes(column));
  const key = schema.primaryKey.map((column) => {
    const at = indexColumns.indexOf(column);
    return read(at >= 0 ? at : indexColumns.length + rest.indexOf(column));
  });
  yield* tableRows(table, keyRange(schema.keyDescriptor, key, table));
}

/** For each of the first `columns.length` fields the position of its value; undefined when the fields are others. */
function arrange(fields: readonly number[], columns: readonly number[]): number[] | undefined {
  if (fields.length < columns.length) return undefined;
  const order = fields.slice(0, columns.length).map((field) => columns.indexOf(field));
  return order.includes(-1) ? undefined : order;
}

function keyRange(descriptor: TupleDescriptor, values: readonly Value[], table: Table) {
  const builder = new TupleBuilder(descriptor, table.store);
  for (const [field, value] of values.entries()) builder.put(field, value);
  return equalRange(builder.build(), descriptor.comparePrefix(values.length));
}

function* scanFor(table: Table, columns: readonly number[], values: readonly Value[]): Generator<Value[], void> {
  const comparators = columns.map((column) => comparatorFor(storedType(table.schema.columns[column]!.sqlType)));
  for (const row of tableRows(table)) {
    const matches = columns.every(
      (column, i) => row[column] !== null && comparators[i]!(row[column]!, values[i]!) === 0,
    );
    if (matches) yield row;
  }
}
