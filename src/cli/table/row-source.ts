/**
 * The rows of a file to import, one after the other, whatever its format. A source may be read again from the start: the
 * first time to see what the columns hold, the second to import.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { extname } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import type { TupleBuilder } from '../../tuple/tuple-builder.ts';
import type { Value } from '../../tuple/value.ts';
import { CsvReader } from './csv-reader.ts';
import type { FieldParser } from './field-parser.ts';

export interface RowSource {
  /** Names of the fields, in the order of the file. */
  readonly fields: readonly string[];
  /** Goes to the next row; false at the end. */
  next(): boolean;
  /** Where the row stands in the file, from 1. */
  readonly line: number;
  /** A field of the row as text; undefined where it is NULL. */
  text(field: number): string | undefined;
  /** Gives all fields of the row as text, more or fewer than there should be, also when the next one is read. */
  kept(): () => readonly (string | undefined)[];
  /** Puts the row's values into `row`: field i into column `columns[i]`, or nowhere where that is negative. */
  readInto(row: Value[], columns: readonly number[], parsers: readonly FieldParser[]): void;
  /** Puts a field of the row into a tuple; false where it is NULL. */
  put(field: number, parser: FieldParser, into: TupleBuilder, tupleField: number): boolean;
  close(): void;
}

export type FileType = 'csv' | 'psv' | 'json' | 'jsonl';
const FILE_TYPES: ReadonlySet<string> = new Set<FileType>(['csv', 'psv', 'json', 'jsonl']);

export interface SourceOptions {
  readonly path: string;
  readonly type: FileType;
  readonly delimiter: string | undefined;
  /** The first record is a row; needs `columns`. */
  readonly noHeader: boolean;
  /** Names that replace the header's. */
  readonly columns: readonly string[] | undefined;
}

/** The type that a file's name ends with. Throws `invalid`. */
export function fileTypeOf(path: string, given: string | undefined): string {
  const type = (given ?? extname(path).slice(1)).toLowerCase();
  if (type === '') throw new DoltError('invalid', `Could not infer type file '${path}': use --file-type`);
  return type;
}

export function readableType(path: string, given: string | undefined): FileType {
  const type = fileTypeOf(path, given);
  if (FILE_TYPES.has(type)) return type as FileType;
  throw new DoltError('unsupported', `cannot import '${path}': file type '${type}' is none of csv, psv, json, jsonl`);
}

/** Throws `notFound` when there is no such file, `invalid` for a file without rows or names. */
export function openSource(options: SourceOptions): RowSource {
  const { type } = options;
  return type === 'csv' || type === 'psv' ? new SeparatedSource(options) : new ObjectSource(options);
}

function opening<Result>(path: string, open: () => Result): Result {
  try {
    return open();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new DoltError('notFound', `${path}: file does not exist`, { cause });
    throw new DoltError('unavailable', `${path}: ${message}`, { cause });
  }
}

class SeparatedSource implements RowSource {
  readonly fields: readonly string[];
  readonly #reader: CsvReader;
  readonly #file: number;
  /** The first record was read for its width and is a row. */
  #holds: boolean;

  constructor({ path, type, delimiter, noHeader, columns }: SourceOptions) {
    this.#file = opening(path, () => openSync(path, 'r'));
    this.#reader = new CsvReader(
      (into) => opening(path, () => readSync(this.#file, into)),
      delimiter ?? (type === 'psv' ? '|' : ','),
    );
    const hasFirst = this.#reader.next();
    if (!hasFirst && columns === undefined) throw new DoltError('invalid', `${path}: Header line is empty`);
    this.#holds = noHeader && hasFirst;
    const first = Array.from({ length: this.#reader.count }, (_, i) => this.#reader.text(i) ?? '');
    this.fields = columns ?? first.map((name) => name.trim());
  }

  get line(): number {
    return this.#reader.line;
  }

  next(): boolean {
    const reader = this.#reader;
    if (this.#holds) this.#holds = false;
    else if (!reader.next()) return false;
    if (reader.count !== this.fields.length) {
      const message = `row has ${reader.count} fields where ${this.fields.length} are expected`;
      throw new DoltError('invalid', message);
    }
    return true;
  }

  text(field: number): string | undefined {
    return this.#reader.text(field);
  }

  kept(): () => readonly (string | undefined)[] {
    return this.#reader.kept();
  }

  readInto(row: Value[], columns: readonly number[], parsers: readonly FieldParser[]): void {
    const { bytes, starts, ends, quoting } = this.#reader;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      if (column >= 0) row[column] = parsers[column]!.bytes(bytes, starts[i]!, ends[i]!, quoting[i]!);
    }
  }

  put(field: number, parser: FieldParser, into: TupleBuilder, tupleField: number): boolean {
    const { bytes, starts, ends, quoting } = this.#reader;
    return parser.put(bytes, starts[field]!, ends[field]!, quoting[field]!, into, tupleField);
  }

  close(): void {
    closeSync(this.#file);
  }
}

const BYTE_ORDER_MARK = /^\uFEFF/;

function memberText(row: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = row[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `{"rows": [{…}, …]}`, or an object a line. */
class ObjectSource implements RowSource {
  readonly fields: readonly string[];
  readonly #rows: readonly Readonly<Record<string, unknown>>[];
  #at = -1;

  constructor({ path, type, columns }: SourceOptions) {
    const text = opening(path, () => readFileSync(path, 'utf8')).replace(BYTE_ORDER_MARK, '');
    // A table without rows is exported as nothing, or as an object without them.
    const isEmpty = /^\s*(\{\s*\})?\s*$/.test(text);
    this.#rows = isEmpty ? [] : type === 'jsonl' ? objectLines(path, text) : objectsOf(path, text);
    this.fields = columns ?? [...new Set(this.#rows.flatMap((row) => Object.keys(row)))];
  }

  get line(): number {
    return this.#at + 1;
  }

  next(): boolean {
    return ++this.#at < this.#rows.length;
  }

  text(field: number): string | undefined {
    return memberText(this.#rows[this.#at]!, this.fields[field]!);
  }

  kept(): () => readonly (string | undefined)[] {
    const row = this.#rows[this.#at]!;
    return () => this.fields.map((field) => memberText(row, field));
  }

  readInto(row: Value[], columns: readonly number[], parsers: readonly FieldParser[]): void {
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      if (column < 0) continue;
      const text = this.text(i);
      row[column] = text === undefined ? null : parsers[column]!.text(text);
    }
  }

  put(field: number, parser: FieldParser, into: TupleBuilder, tupleField: number): boolean {
    const text = this.text(field);
    const value = text === undefined ? null : parser.text(text);
    if (value !== null) into.put(tupleField, value);
    return value !== null;
  }

  close(): void {}
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DoltError('invalid', `${path}: ${(cause as Error).message}`, { cause });
  }
}

function objectsOf(path: string, text: string): readonly Record<string, unknown>[] {
  const document = parsed(path, text);
  const rows = Array.isArray(document) ? document : (document as { rows?: unknown } | null)?.rows;
  if (Array.isArray(rows) && rows.every(isObject)) return rows;
  throw new DoltError('invalid', `${path}: expected {"rows": [{"column": value, …}, …]}`);
}

function objectLines(path: string, text: string): readonly Record<string, unknown>[] {
  const rows = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [parsed(path, line)]));
  if (rows.every(isObject)) return rows;
  throw new DoltError('invalid', `${path}: expected an object a line`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
