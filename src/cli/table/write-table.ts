/** Writes a table's rows as CSV, PSV, JSON, JSONL or SQL. */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { DoltError } from '../../base/errors.ts';
import { literal } from '../../sql/catalog/row-statements.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import { CsvPrinter } from '../print/csv-printer.ts';
import { JsonPrinter } from '../print/json-printer.ts';
import { bytesToWrite, type ResultColumn, type ResultPrinter, type Sink } from '../print/result-printer.ts';

/** Rows of one INSERT, when they are taken together. */
const BATCH_ROWS = 1_000;

/** Of the type `sql`. */
export interface ExportOptions {
  /** Several rows an INSERT. */
  readonly batched?: boolean;
  /** The definition alone. */
  readonly schemaOnly?: boolean;
}

/** The file appears when it is complete. */
export async function intoFile(path: string, write: (sink: Sink) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const fail = (cause: unknown): DoltError =>
    cause instanceof DoltError
      ? cause
      : new DoltError('unavailable', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  try {
    const file = openSync(temporary, 'w');
    try {
      await write((text, binary) => {
        const bytes = bytesToWrite(text, binary);
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      });
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw fail(cause);
  }
}

export async function exportTable(
  session: ScriptSession,
  table: string,
  type: string,
  write: Sink,
  options: ExportOptions = {},
): Promise<void> {
  if (type === 'sql') await writeDefinition(session, table, write);
  if (options.schemaOnly) return;
  const printer = await printerOf(type, session, table, write, options);
  for await (const { result } of session.execute(`select * from ${quoteName(table)}`)) {
    if (result.kind !== 'rows') continue;
    printer.begin(result.columns);
    for await (const batch of session.batches(result)) printer.batch(batch);
    printer.end();
  }
}

async function printerOf(
  type: string,
  session: ScriptSession,
  table: string,
  write: Sink,
  { batched = false }: ExportOptions,
): Promise<ResultPrinter> {
  switch (type) {
    case 'csv':
      return new CsvPrinter(write);
    case 'psv':
      return new CsvPrinter(write, '|');
    case 'json':
      return new JsonPrinter(write);
    case 'jsonl':
      return new JsonPrinter(write, 'lines');
    case 'sql':
      return new InsertPrinter(table, await generatedColumns(session, table), write, batched ? BATCH_ROWS : 1);
    default:
      throw new DoltError('unsupported', `cannot export as '${type}': use csv, psv, json, jsonl or sql`);
  }
}

async function writeDefinition(session: ScriptSession, table: string, write: Sink): Promise<void> {
  const { rows } = await session.query(`show create table ${quoteName(table)}`);
  write(`DROP TABLE IF EXISTS ${quoteName(table)};\n${rows[0]![1]};\n`);
}

async function generatedColumns(session: ScriptSession, table: string): Promise<ReadonlySet<string>> {
  const { rows } = await session.query(
    `show columns from ${quoteName(table)} where extra in ('STORED GENERATED', 'VIRTUAL GENERATED')`,
  );
  return new Set(rows.map(([name]) => String(name)));
}

/** INSERTs of up to so many rows each, without the generated columns: those take no values. */
class InsertPrinter implements ResultPrinter {
  readonly #table: string;
  readonly #generated: ReadonlySet<string>;
  readonly #write: Sink;
  readonly #most: number;
  /** Rows in the statement that is open. */
  #count = 0;
  /** What is written, with its place in a batch. */
  #columns: readonly { readonly column: ResultColumn; readonly at: number }[] = [];

  constructor(table: string, generated: ReadonlySet<string>, write: Sink, most: number) {
    this.#table = table;
    this.#generated = generated;
    this.#write = write;
    this.#most = most;
  }

  begin(columns: readonly ResultColumn[]): void {
    this.#columns = columns.flatMap((column, at) => (this.#generated.has(column.name) ? [] : [{ column, at }]));
  }

  batch(batch: Parameters<ResultPrinter['batch']>[0]): void {
    const names = this.#columns.map(({ column: { name } }) => quoteName(name)).join(',');
    const head = `INSERT INTO ${quoteName(this.#table)} (${names}) VALUES `;
    let text = '';
    for (let row = 0; row < batch.length; row++) {
      const values = this.#columns.map(({ column: { type }, at }) => literal(batch.columns[at]![row]!, type));
      text += `${this.#count === 0 ? head : ', '}(${values.join(',')})`;
      this.#count++;
      if (this.#count < this.#most) continue;
      text += ';\n';
      this.#count = 0;
    }
    this.#write(text);
  }

  end(): void {
    if (this.#count > 0) this.#write(';\n');
  }
}
