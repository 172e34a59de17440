/** `dolt table export`: writes the rows of a table as CSV, PSV, JSON, JSONL or SQL, into a file or to standard output. */
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { openEngine } from '../../open.ts';
import type { Session } from '../../sql/engine.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { literal } from '../diff/row-statements.ts';
import { CsvPrinter } from '../print/csv-printer.ts';
import { JsonPrinter } from '../print/json-printer.ts';
import type { ResultColumn, ResultPrinter, Sink } from '../print/result-printer.ts';
import { fileTypeOf } from './row-source.ts';

export const command: Command = {
  name: 'table export',
  summary: 'Export the contents of a table to a file.',
  synopsis: ['[-f] [--file-type <type>] <table> [<file>]'],
  positional: [
    ['table', 'The table being exported.'],
    ['file', 'The file being output to; standard output when absent.'],
  ],
  flags: [
    { name: 'force', short: 'f', help: 'Overwrite the file where it exists.' },
    {
      name: 'file-type',
      value: 'file_type',
      help: 'csv, psv, json, jsonl or sql, where the name of the file does not say.',
    },
  ],
  examples: ['dolt table export employees employees.csv', 'dolt table export --file-type sql employees'],
  async run({ environment, directory, terminal }, args) {
    const parsed = parseArguments({ ...command, maxPositional: 2 }, args);
    const [table, file] = parsed.positional;
    if (table === undefined) throw new UsageError('expected the name of a table');
    const given = parsed.value('file-type');
    const type = file === undefined ? (given ?? 'csv').toLowerCase() : fileTypeOf(file, given);
    const path = file === undefined ? undefined : resolve(directory, file);
    if (path !== undefined && existsSync(path) && !parsed.has('force')) {
      throw new DoltError('conflict', `${file} already exists. Use -f to overwrite.`);
    }
    const opened = openEngine(environment, directory);
    try {
      const session = opened.engine.session({ database: opened.database, user: 'root@localhost' });
      try {
        if (path === undefined) await exportTable(session, table, type, (text, binary) => terminal.write(text, binary));
        else await intoFile(path, (write) => exportTable(session, table, type, write));
      } finally {
        await session.close();
      }
    } finally {
      opened.close();
    }
    terminal.error('Successfully exported data.');
    return 0;
  },
};

/** The file appears when it is complete. */
async function intoFile(path: string, write: (sink: Sink) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const fail = (cause: unknown): DoltError =>
    cause instanceof DoltError
      ? cause
      : new DoltError('unavailable', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  try {
    const file = openSync(temporary, 'w');
    try {
      await write((text, binary) => {
        const bytes = Buffer.from(text, binary ? 'latin1' : 'utf8');
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

async function exportTable(session: Session, table: string, type: string, write: Sink): Promise<void> {
  const printer = printerOf(type, table, write);
  if (type === 'sql') await writeDefinition(session, table, write);
  for await (const { result } of session.execute(`select * from ${quoteName(table)}`)) {
    if (result.kind !== 'rows') continue;
    printer.begin(result.columns);
    for await (const batch of session.batches(result)) printer.batch(batch);
    printer.end();
  }
}

function printerOf(type: string, table: string, write: Sink): ResultPrinter {
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
      return new InsertPrinter(table, write);
    default:
      throw new DoltError('unsupported', `cannot export as '${type}': use csv, psv, json, jsonl or sql`);
  }
}

async function writeDefinition(session: Session, table: string, write: Sink): Promise<void> {
  const { rows } = await session.query(`show create table ${quoteName(table)}`);
  write(`DROP TABLE IF EXISTS ${quoteName(table)};\n${rows[0]![1]};\n`);
}

/** An INSERT a row. */
class InsertPrinter implements ResultPrinter {
  readonly #table: string;
  readonly #write: Sink;
  #columns: readonly ResultColumn[] = [];

  constructor(table: string, write: Sink) {
    this.#table = table;
    this.#write = write;
  }

  begin(columns: readonly ResultColumn[]): void {
    this.#columns = columns;
  }

  batch(batch: Parameters<ResultPrinter['batch']>[0]): void {
    const names = this.#columns.map(({ name }) => quoteName(name)).join(',');
    const head = `INSERT INTO ${quoteName(this.#table)} (${names}) VALUES (`;
    let text = '';
    for (let row = 0; row < batch.length; row++) {
      const values = this.#columns.map(({ type }, column) => literal(batch.columns[column]![row]!, type));
      text += `${head}${values.join(',')});\n`;
    }
    this.#write(text);
  }

  end(): void {}
}
