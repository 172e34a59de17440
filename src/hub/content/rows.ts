/** Rows of a table: a page of them by their ordinals, one by its primary key, all of them one after the other. */

import { DoltError } from '../../base/errors.ts';
import { readBlob } from '../../prolly/blob.ts';
import { storedType } from '../../sql/catalog/table-columns.ts';
import { cardinalityAt, rowAt } from '../../sql/catalog/table-rows.ts';
import type { TableSchema } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import type { BlobStore } from '../../tuple/blob-store.ts';
import { TupleBuilder } from '../../tuple/tuple-builder.ts';
import type { Value } from '../../tuple/value.ts';
import { type CellFormat, cellFormat, parseCell } from './cell.ts';
import type { Point, Reading } from './reading.ts';
import { shownColumns } from './tables.ts';

export interface ShownColumn extends CellFormat {
  readonly name: string;
  readonly isKey: boolean;
}

export interface ShownRow {
  /** In the order of the columns. */
  readonly values: readonly Value[];
  /** The primary key as texts, for `rowByKey`; undefined of a keyless table. */
  readonly key: readonly string[] | undefined;
  /** How often it is there: more than once in keyless tables only. */
  readonly times: number;
}

/** The columns that are shown, and where they stand in the schema. */
export class RowShape {
  readonly table: Table;
  readonly columns: readonly ShownColumn[];
  readonly #positions: readonly number[];
  readonly #key: readonly { readonly at: number; readonly format: CellFormat }[];
  /** Some columns are computed when they are read: SQL has to read them. */
  readonly isComputed: boolean;

  constructor(table: Table) {
    const { schema } = table;
    this.table = table;
    const shown = shownColumns(schema);
    this.#positions = shown.map((column) => schema.columns.indexOf(column));
    this.columns = shown.map((column, i) => ({
      ...cellFormat(storedType(column.sqlType)),
      name: column.name,
      isKey: schema.primaryKey.includes(this.#positions[i]!),
    }));
    this.#key = schema.primaryKey.map((at) => ({ at, format: formatAt(schema, at) }));
    this.isComputed = shown.some(({ virtual }) => virtual);
  }

  /** A row with all columns of the schema as it is shown. */
  shown(row: readonly Value[], times: number): ShownRow {
    const values = this.#positions.map((at) => row[at]!);
    const key = this.#key.length === 0 ? undefined : this.#key.map(({ at, format }) => format.text(row[at]!));
    return { values, key, times };
  }

  /** Rows that SQL has computed, in the place of those that are stored. */
  withValues(row: ShownRow, values: readonly Value[]): ShownRow {
    return { ...row, values };
  }
}

const formatAt = (schema: TableSchema, at: number): CellFormat => cellFormat(storedType(schema.columns[at]!.sqlType));

/** Long values as far as a list shows them: the first bytes of each, at least so many. */
const SHOWN_BYTES = 4000;

function beginnings({ store }: Table): BlobStore {
  return {
    readBlob: (address) => readBlob((child) => store.readMessage(child), address, SHOWN_BYTES),
    writeBlob: (bytes) => store.writeBlob(bytes),
    writeJsonTree: (text) => store.writeJsonTree(text),
  };
}

/** `count` rows from the one with `first` before it; `values` says how much of long ones. */
export async function rowsFrom(
  reading: Reading,
  point: Point,
  name: string,
  first: number,
  count: number,
  values: 'whole' | 'beginnings' = 'whole',
): Promise<{ readonly shape: RowShape; readonly rows: readonly ShownRow[] }> {
  const shape = shapeOf(reading, point, name);
  const { table } = shape;
  const blobs = values === 'whole' ? table.store : beginnings(table);
  const cursor = table.rows.cursor();
  const rows: ShownRow[] = [];
  if (first >= table.entryCount) return { shape, rows };
  for (cursor.toOrdinal(first); cursor.valid && rows.length < count; cursor.next()) {
    const times = table.schema.isKeyless ? cardinalityAt(table, cursor.node, cursor.index) : 1;
    rows.push(shape.shown(rowAt(table, cursor.node, cursor.index, blobs), times));
  }
  if (!shape.isComputed) return { shape, rows };
  const session = reading.engine.session({ database: `${reading.database}/${point.commit}` });
  try {
    const computed = await session.query(`select * from ${quoted(name)} limit ${count} offset ${first}`);
    return { shape, rows: rows.map((row, i) => shape.withValues(row, computed.rows[i] ?? row.values)) };
  } finally {
    await session.close();
  }
}

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** All rows, some at a time; a row that is there several times comes as often. */
export async function* allRows(
  reading: Reading,
  point: Point,
  name: string,
): AsyncGenerator<readonly (readonly Value[])[]> {
  const session = reading.engine.session({ database: `${reading.database}/${point.commit}` });
  try {
    for await (const { result } of session.execute(`select * from ${quoted(name)}`)) {
      if (result.kind !== 'rows') continue;
      for await (const { length, columns } of session.batches(result)) {
        yield Array.from({ length }, (_, i) => columns.map((column) => column[i]!));
      }
    }
  } finally {
    await session.close();
  }
}

/** Throws `notFound`. */
export function shapeOf(reading: Reading, point: Point, name: string): RowShape {
  return new RowShape(tableOf(reading, point, name).table);
}

/** By its name in any case. Throws `notFound`. */
export function tableOf(
  reading: Reading,
  point: Point,
  name: string,
): { readonly name: string; readonly table: Table } {
  const root = reading.root(point);
  const stored = root.resolveTableName(name);
  if (stored === undefined) throw new DoltError('notFound', `there is no table '${name}' at ${point.text}`);
  return { name: stored, table: root.table(stored)! };
}

/** The bytes of a primary key that is given as texts. Throws `notFound` for what can be no key of the table. */
export function keyBytes(table: Table, texts: readonly string[]): Uint8Array {
  const { schema, store } = table;
  const { primaryKey } = schema;
  const none = (cause?: unknown): DoltError =>
    new DoltError('notFound', `no row has the key (${texts.join(', ')})`, { cause });
  if (primaryKey.length === 0 || texts.length !== primaryKey.length) throw none();
  const builder = new TupleBuilder(schema.keyDescriptor, store);
  try {
    for (const [i, at] of primaryKey.entries()) {
      builder.put(i, parseCell(texts[i]!, storedType(schema.columns[at]!.sqlType)));
    }
    return builder.build();
  } catch (error) {
    if (error instanceof DoltError || error instanceof RangeError) throw none(error);
    throw error;
  }
}

/** The row with that primary key. Throws `notFound`. */
export async function rowByKey(
  reading: Reading,
  point: Point,
  name: string,
  texts: readonly string[],
): Promise<{ readonly shape: RowShape; readonly row: ShownRow; readonly key: Uint8Array }> {
  const { table } = tableOf(reading, point, name);
  const key = keyBytes(table, texts);
  const entry = table.rows.get(key);
  if (entry === undefined) throw new DoltError('notFound', `no row has the key (${texts.join(', ')})`);
  const shape = new RowShape(table);
  if (!shape.isComputed) return { shape, row: shape.shown(rowAt(table, entry.node, entry.index), 1), key };
  const ordinal = table.rows.ordinalOf({ key, inclusive: true });
  const { rows } = await rowsFrom(reading, point, name, ordinal, 1);
  return { shape, row: rows[0]!, key };
}
