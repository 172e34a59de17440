/**
 * Puts the rows of a source into a table. A table whose definition holds nothing that SQL would have to compute or check
 * is filled directly; into an empty one rows go straight, in any order, without looking for those that are there.
 */
import { DoltError } from '../../base/errors.ts';
import { sourceColumns } from '../../sql/catalog/table-columns.ts';
import { formatValue } from '../../sql/types/format.ts';
import { columnNotNull, duplicateKey } from '../../sql/types/sql-error.ts';
import { DuplicateKeyError } from '../../table/duplicate-key-error.ts';
import type { TableSchema } from '../../table/schema.ts';
import type { Table } from '../../table/table.ts';
import { TableBuilder } from '../../table/table-builder.ts';
import { TableEditor } from '../../table/table-editor.ts';
import { compareValues, type Integer, integerOf, type Value } from '../../tuple/value.ts';
import { type FieldParser, fieldParser } from './field-parser.ts';
import type { RowSource } from './row-source.ts';

/** What becomes of a row whose key is there already. */
export type OnExisting = 'update' | 'fail';

export interface LoadCounts {
  processed: number;
  added: number;
  modified: number;
  unchanged: number;
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

/** A row that cannot be stored. */
export class BadRowError extends DoltError {
  readonly line: number;
  constructor(line: number, cause: DoltError) {
    // SQL counts the rows of its statement; here the line says more.
    super(cause.kind, `line ${line}: ${cause.message.replace(/ at row \d+$/, '')}`, { cause });
    this.line = line;
  }
}

const PROGRESS_ROWS = 1 << 16;

/** The columns' parsers, by position. */
export function parsersOf(schema: TableSchema): FieldParser[] {
  return sourceColumns(schema).map(({ type, name }) => fieldParser(type, name));
}

export function loadRows(request: LoadRequest, counts: LoadCounts): Table {
  const { table } = request;
  const isEmpty = table.rows.count === 0;
  const target: Target = isEmpty ? new EmptyTarget(request, counts) : new FilledTarget(request, counts);
  const { schema } = table;
  const { source, columns, onBadRow, onProgress } = request;
  const parsers = parsersOf(schema);
  const required = schema.columns.flatMap(({ nullable, hidden }, i) => (nullable || hidden ? [] : [i]));
  const row = new Array<Value>(schema.columns.length).fill(null);
  for (;;) {
    try {
      if (!source.next()) break;
      source.readInto(row, columns, parsers);
      for (const column of required) if (row[column] === null) throw columnNotNull(schema.columns[column]!.name);
      target.add(row);
    } catch (error) {
      onBadRow(new BadRowError(source.line, sayable(error, request)));
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

interface Target {
  /** The row is read before the call returns. */
  add(row: Value[]): void;
  finish(): Table;
}

class EmptyTarget implements Target {
  readonly #builder: TableBuilder;
  readonly #counts: LoadCounts;
  readonly #table: Table;
  readonly #autoColumn: number;
  #highest: Integer = 0;

  constructor({ table, onExisting }: LoadRequest, counts: LoadCounts) {
    this.#table = table;
    this.#counts = counts;
    this.#builder = new TableBuilder(table.store, table.schema, {
      onDuplicate: onExisting === 'update' ? 'replace' : 'fail',
    });
    this.#autoColumn = table.schema.columns.findIndex(({ autoIncrement }) => autoIncrement);
  }

  add(row: Value[]): void {
    this.#builder.append(row);
    this.#counts.added++;
    if (this.#autoColumn < 0) return;
    const value = row[this.#autoColumn] as Integer | null;
    if (value !== null && value > this.#highest) this.#highest = value;
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
  readonly #counts: LoadCounts;
  readonly #schema: TableSchema;
  readonly #updates: boolean;
  /** The columns that the file does not have: an update leaves them. */
  readonly #kept: readonly number[];

  constructor({ table, onExisting, columns }: LoadRequest, counts: LoadCounts) {
    this.#editor = new TableEditor(table);
    this.#counts = counts;
    this.#schema = table.schema;
    this.#updates = onExisting === 'update' && !table.schema.isKeyless;
    const given = new Set(columns);
    this.#kept = table.schema.columns.map((_, i) => i).filter((i) => !given.has(i));
  }

  add(row: Value[]): void {
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
