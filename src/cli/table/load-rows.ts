/**
 * Puts the rows of a source into a table. A table whose definition holds nothing that SQL would have to compute or check
 * is filled directly; into an empty one rows go straight, in any order, without looking for those that are there.
 */
import { DoltError } from '../../base/errors.ts';
import { sourceColumns } from '../../sql/catalog/table-columns.ts';
import { formatValue } from '../../sql/types/format.ts';
import { columnNotNull, duplicateKey, noDefault } from '../../sql/types/sql-error.ts';
import { DuplicateKeyError } from '../../table/duplicate-key-error.ts';
import type { RowFields } from '../../table/row-encoder.ts';
import type { TableSchema } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import { TableBuilder } from '../../table/table-builder.ts';
import { TableEditor } from '../../table/table-editor.ts';
import type { TupleBuilder } from '../../tuple/tuple-builder.ts';
import { compareValues, type Integer, integerOf, type Value } from '../../tuple/value.ts';
import { BadRowError, rowOf } from './bad-row.ts';
import { type FieldParser, fieldParser } from './field-parser.ts';
import type { RowSource } from './row-source.ts';

/** What becomes of a row whose key is there already. */
export type OnExisting = 'update' | 'fail';

export interface LoadCounts {
  /** Rows that were read. */
  processed: number;
  added: number;
  modified: number;
  unchanged: number;
  /** Rows that could not be imported. */
  skipped: number;
}

export interface LoadRequest {
  readonly name: string;
  readonly table: Table;
  readonly source: RowSource;
  /** The column of each field; negative for a field that is not imported. */
  readonly columns: readonly number[];
  readonly onExisting: OnExisting;
  /** Told of a row that cannot be imported; the row is left out when it returns. */
  onBadRow(error: BadRowError): void;
  onProgress(counts: LoadCounts): void;
}

const PROGRESS_ROWS = 1 << 16;

/** The columns' parsers, by position. */
export function parsersOf(schema: TableSchema): FieldParser[] {
  return sourceColumns(schema).map(({ type, name }) => fieldParser(type, name));
}

export function loadRows(request: LoadRequest, counts: LoadCounts): Table {
  const { source, onBadRow, onProgress } = request;
  const isEmpty = request.table.rows.count === 0;
  const rows = new SourceRows(request);
  const target: Target = isEmpty ? new EmptyTarget(request, rows, counts) : new FilledTarget(request, rows, counts);
  for (;;) {
    try {
      if (!source.next()) break;
      target.add();
    } catch (error) {
      onBadRow(new BadRowError(rowOf(source), sayable(error, request)));
      continue;
    }
    if (++counts.processed % PROGRESS_ROWS === 0) onProgress(counts);
  }
  try {
    return target.finish();
  } catch (error) {
    throw sayable(error, request);
  }
}

/** Words for a duplicate key; a bug stays a bug. */
function sayable(error: unknown, { name, table }: LoadRequest): DoltError {
  if (error instanceof DuplicateKeyError) {
    const { schema } = table;
    const columns = error.index === 'PRIMARY' ? schema.primaryKey : (schema.index(error.index)?.columns ?? []);
    const types = sourceColumns(schema);
    const key = error.key.map((value, i) => (value === null ? 'NULL' : formatValue(value, types[columns[i]!]!.type)));
    return duplicateKey(key.join('-'), `${name}.${error.index}`);
  }
  if (error instanceof DoltError) return error;
  throw error;
}

/** The row at which the source stands, as a row of the table. */
class SourceRows implements RowFields {
  readonly #source: RowSource;
  readonly #schema: TableSchema;
  readonly #columns: readonly number[];
  readonly #parsers: readonly FieldParser[];
  readonly #isRequired: readonly boolean[];
  /** Of each column its field in the file, or a negative number. */
  readonly #fields: readonly number[];
  readonly #row: Value[];

  constructor({ source, table: { schema }, columns }: LoadRequest) {
    this.#source = source;
    this.#schema = schema;
    this.#columns = columns;
    this.#parsers = parsersOf(schema);
    this.#isRequired = schema.columns.map(({ nullable, hidden }) => !nullable && !hidden);
    this.#fields = schema.columns.map((_, i) => columns.lastIndexOf(i));
    this.#row = new Array<Value>(schema.columns.length).fill(null);
  }

  put(column: number, into: TupleBuilder, field: number): void {
    const from = this.#fields[column]!;
    const isThere = from >= 0 && this.#source.put(from, this.#parsers[column]!, into, field);
    if (!isThere && this.#isRequired[column]) throw this.#missing(column);
  }

  /** A value that has to be there is not in the row, or has no field in the file. */
  #missing(column: number): DoltError {
    const { name } = this.#schema.columns[column]!;
    return this.#fields[column]! < 0 ? noDefault(name) : columnNotNull(name);
  }

  /** The row's values, in the same array for every row. Of several faults the first in the file is thrown. */
  values(): Value[] {
    const row = this.#row;
    this.#source.readInto(row, this.#columns, this.#parsers);
    for (let i = 0; i < row.length; i++) {
      if (row[i] === null && this.#isRequired[i]) throw this.#missing(i);
    }
    return row;
  }
}

interface Target {
  /** Adds the row at which the source stands. */
  add(): void;
  finish(): Table;
}

class EmptyTarget implements Target {
  readonly #builder: TableBuilder;
  readonly #rows: SourceRows;
  readonly #counts: LoadCounts;
  readonly #table: Table;
  readonly #autoColumn: number;
  #highest: Integer = 0;

  constructor({ table, onExisting }: LoadRequest, rows: SourceRows, counts: LoadCounts) {
    this.#table = table;
    this.#rows = rows;
    this.#counts = counts;
    this.#builder = new TableBuilder(table.store, table.schema, {
      onDuplicate: onExisting === 'update' ? 'replace' : 'fail',
    });
    this.#autoColumn = table.schema.columns.findIndex(({ autoIncrement }) => autoIncrement);
  }

  add(): void {
    if (this.#autoColumn < 0) this.#addFields();
    else {
      const row = this.#rows.values();
      this.#builder.append(row);
      const value = row[this.#autoColumn] as Integer | null;
      if (value !== null && value > this.#highest) this.#highest = value;
    }
    this.#counts.added++;
  }

  /** Adds the row without making values of its fields. */
  #addFields(): void {
    try {
      this.#builder.appendFields(this.#rows);
    } catch (error) {
      if (!(error instanceof DuplicateKeyError)) this.#rows.values();
      throw error;
    }
  }

  finish(): Table {
    const { schema } = this.#table;
    const built = this.#builder.finish();
    if (!schema.isKeyless) {
      this.#counts.modified = this.#counts.added - built.rows.count;
      this.#counts.added = built.rows.count;
    }
    const next = integerOf(BigInt(this.#highest) + 1n);
    const { autoIncrement } = this.#table;
    return this.#table.with({
      rows: built.rows,
      indexes: built.indexes,
      autoIncrement: this.#highest > 0 && next > autoIncrement ? next : autoIncrement,
    });
  }
}

class FilledTarget implements Target {
  readonly #editor: TableEditor;
  readonly #rows: SourceRows;
  readonly #counts: LoadCounts;
  readonly #schema: TableSchema;
  readonly #updates: boolean;
  /** The columns that the file does not have: an update leaves them. */
  readonly #kept: readonly number[];

  constructor({ table, onExisting, columns }: LoadRequest, rows: SourceRows, counts: LoadCounts) {
    this.#editor = new TableEditor(table);
    this.#rows = rows;
    this.#counts = counts;
    this.#schema = table.schema;
    this.#updates = onExisting === 'update' && !table.schema.isKeyless;
    const given = new Set(columns);
    this.#kept = table.schema.columns.map((_, i) => i).filter((i) => !given.has(i));
  }

  add(): void {
    const row = this.#rows.values();
    const existing = this.#updates ? this.#editor.get(this.#schema.primaryKey.map((i) => row[i]!)) : undefined;
    if (existing === undefined) {
      this.#editor.insert([...row]);
      this.#counts.added++;
      return;
    }
    const next = [...row];
    for (const column of this.#kept) next[column] = existing[column]!;
    if (next.every((value, i) => sameValue(value, existing[i]!))) {
      this.#counts.unchanged++;
      return;
    }
    this.#editor.update(existing, next);
    this.#counts.modified++;
  }

  finish(): Table {
    return this.#editor.finish();
  }
}

function sameValue(a: Value, b: Value): boolean {
  return a === b || (a !== null && b !== null && compareValues(a, b) === 0);
}
