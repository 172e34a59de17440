/** `dolt table import`: fills a table from a CSV, PSV, JSON or JSONL file. A failed import leaves everything as it was. */
import { resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { declaredBy, referencing } from '../../repo/foreign-keys.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { triggersOn } from '../../sql/catalog/stored-programs.ts';
import { Session } from '../../sql/engine-session.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { parseStatements } from '../../sql/syntax/parse.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import type { TableSchema } from '../../table/schema.ts';
import { Table } from '../../table/table.ts';
import { type ParsedArguments, parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { inOneTransaction } from '../one-transaction.ts';
import type { Terminal } from '../terminal.ts';
import { BadRowError } from './bad-row.ts';
import { definitionOf, workingRoot } from './definition.ts';
import { mappingOf, namesOf, readText } from './field-mapping.ts';
import { createTableSql, inferTypes } from './infer-schema.ts';
import { loadBySql } from './load-by-sql.ts';
import { type LoadCounts, loadRows } from './load-rows.ts';
import { openSource, readableType, type SourceOptions } from './row-source.ts';
import { withCopy } from './with-copy.ts';

export const command: Command = {
  name: 'table import',
  summary: 'Imports data into a dolt table.',
  synopsis: [
    '-c [-f] [--pk <field>] [--all-text] [--schema <file>] [--map <file>] [--continue] [--quiet] [--file-type <type>] <table> [<file>]',
    '-u [--map <file>] [--continue] [--quiet] [--file-type <type>] <table> [<file>]',
    '-a [--map <file>] [--continue] [--quiet] [--file-type <type>] <table> [<file>]',
    '-r [--map <file>] [--file-type <type>] <table> [<file>]',
  ],
  positional: [
    ['table', 'The new or existing table being imported to.'],
    ['file', 'The file being imported: csv, psv, json or jsonl; standard input (csv) when left out.'],
  ],
  flags: [
    { name: 'create-table', short: 'c', help: 'Create a new table, or overwrite an existing one with -f.' },
    { name: 'update-table', short: 'u', help: 'Update an existing table with the imported data.' },
    { name: 'append-table', short: 'a', help: 'Require that the operation will not modify any rows in the table.' },
    { name: 'replace-table', short: 'r', help: 'Replace the rows of a table while preserving its schema.' },
    { name: 'force', short: 'f', help: 'Overwrite the table that is to be created.' },
    { name: 'continue', help: 'Leave out rows that cannot be imported, and go on.' },
    { name: 'quiet', help: 'With --continue: say nothing of the rows that are left out.' },
    { name: 'ignore-skipped-rows', help: 'The same as --quiet.' },
    { name: 'disable-fk-checks', help: 'Disables foreign key checks.' },
    { name: 'schema', short: 's', value: 'schema_file', help: 'A CREATE TABLE statement for the table to be created.' },
    {
      name: 'map',
      short: 'm',
      value: 'mapping_file',
      help: 'A JSON file {"field of the file": "column of the table"}.',
    },
    {
      name: 'pk',
      short: 'pk',
      value: 'primary_key',
      help: 'The column or columns (a,b) of the primary key; without it the new table has none.',
    },
    { name: 'file-type', value: 'file_type', help: 'The type of the file where its name does not say.' },
    { name: 'delim', value: 'delimiter', help: 'What separates fields, instead of a comma.' },
    { name: 'all-text', help: 'Treats all fields as text. Can only be used when creating a table.' },
    { name: 'no-header', help: 'The first record is data; needs --columns.' },
    { name: 'columns', value: 'columns', help: 'Names of the fields (a,b,c), instead of those of the header.' },
  ],
  examples: [
    'dolt table import -c --pk id employees employees.csv',
    'dolt table import -u employees changes.csv',
    'dolt table import -c --schema schema.sql employees employees.json',
  ],
  async run(context, args) {
    const request = requestOf(context, parseArguments({ ...command, name: 'import', maxPositional: 2 }, args));
    const load = (path: string): Promise<LoadCounts> =>
      inOneTransaction(context, (session) =>
        importFile(context, { ...request, source: { ...request.source, path } }, session),
      );
    // To see what the columns hold, the rows are read twice.
    const isTwice = request.operation === 'create' && !request.parsed.has('schema');
    const { path } = request.source;
    const counts = path === STANDARD_INPUT && isTwice ? await withCopy(path, load) : await load(path);
    summarise(context.terminal, counts);
    return 0;
  },
};

const STANDARD_INPUT = '/dev/stdin';

type Operation = 'create' | 'update' | 'append' | 'replace';

interface ImportRequest {
  readonly operation: Operation;
  readonly table: string;
  readonly source: SourceOptions;
  /** Names of columns by names of fields. */
  readonly mapping: ReadonlyMap<string, string>;
  readonly parsed: ParsedArguments;
}

const operations: readonly Operation[] = ['create', 'update', 'append', 'replace'];

function requestOf({ workingDirectory }: CommandContext, parsed: ParsedArguments): ImportRequest {
  const given = operations.filter((operation) => parsed.has(`${operation}-table`));
  const [operation] = given;
  if (operation === undefined || given.length > 1) {
    throw new UsageError('Must specify exactly one of -c, -u, -a, or -r.');
  }
  if (operation !== 'create') {
    if (parsed.has('schema')) throw new UsageError('fatal: schema is not supported for update or replace operations');
    if (parsed.has('all-text')) throw new UsageError('fatal: --all-text is only supported for create operations');
  }
  for (const pair of [
    ['schema', 'pk'],
    ['all-text', 'schema'],
  ]) {
    if (pair.every((flag) => parsed.has(flag))) {
      throw new UsageError(`parameters ${pair.join(' and ')} are mutually exclusive`);
    }
  }
  const [table, file] = parsed.positional;
  if (table === undefined) {
    throw new UsageError('expected 1 argument (for stdin) or 2 arguments (table and file), but received 0');
  }
  if (file === undefined && process.stdin.isTTY) throw new UsageError('expected a file, or rows on standard input');
  if (parsed.has('no-header') && !parsed.has('columns')) {
    const where = operation === 'create' ? '-c (create table)' : 'existing tables';
    throw new UsageError(`with --no-header and ${where} you must also specify --columns, the names of the fields`);
  }
  const delimiter = parsed.value('delim');
  if (delimiter !== undefined && delimiter.length !== 1) throw new UsageError('--delim takes one character');
  const source: SourceOptions = {
    path: file === undefined ? STANDARD_INPUT : resolve(workingDirectory, file),
    type: readableType(file ?? 'stdin.csv', parsed.value('file-type')),
    delimiter,
    noHeader: parsed.has('no-header'),
    columns: namesOf(parsed.value('columns')),
  };
  return { operation, table, source, mapping: mappingOf(workingDirectory, parsed.value('map')), parsed };
}

async function importFile(
  context: CommandContext,
  request: ImportRequest,
  session: ScriptSession,
): Promise<LoadCounts> {
  if (request.operation === 'create') await createTable(context, request, session);
  return await load(context, request, session);
}

async function createTable(
  { workingDirectory, environment }: CommandContext,
  { table, source, mapping, parsed }: ImportRequest,
  session: ScriptSession,
): Promise<void> {
  const existing = (await definitionOf(session, table, environment))?.name;
  if (existing !== undefined && !parsed.has('force')) {
    throw new DoltError('conflict', `${table} already exists. Use -f to overwrite.`);
  }
  const schemaFile = parsed.value('schema');
  const create =
    schemaFile === undefined
      ? inferredTable(table, source, mapping, parsed)
      : schemaOf(table, schemaFile, readText(workingDirectory, schemaFile));
  const drop = existing === undefined ? '' : `drop table ${quoteName(existing)};`;
  await session.query(`${drop}${create}`);
}

/** The CREATE TABLE of a schema file. Throws `invalid` where it is another statement, or about another table. */
function schemaOf(table: string, file: string, text: string): string {
  const [parsed, ...others] = parseStatements(text);
  if (parsed === undefined || others.length > 0 || parsed.statement.kind !== 'createTable') {
    throw new DoltError('invalid', `${file}: expected one CREATE TABLE statement`);
  }
  const { name } = parsed.statement.table;
  if (name.toLowerCase() !== table.toLowerCase()) {
    throw new DoltError('invalid', `table name '${name}' from schema file ${file} does not match table arg '${table}'`);
  }
  return parsed.text;
}

function inferredTable(
  table: string,
  options: SourceOptions,
  mapping: ReadonlyMap<string, string>,
  parsed: ParsedArguments,
): string {
  const source = openSource(options);
  try {
    const names = source.fields.map((field) => mapping.get(field) ?? field);
    const keys = namesOf(parsed.value('pk')) ?? [];
    const isKey = (name: string): boolean => keys.some((key) => key.toLowerCase() === name.toLowerCase());
    const textType = (name: string): string => (isKey(name) ? 'varchar(200)' : 'text');
    const types = parsed.has('all-text') ? names.map(textType) : inferTypes(source);
    const missing = keys.find((key) => !names.some((name) => name.toLowerCase() === key.toLowerCase()));
    if (missing !== undefined)
      throw new DoltError('notFound', `the file has no column '${missing}' for the primary key`);
    return createTableSql(table, names, types, keys);
  } finally {
    source.close();
  }
}

async function load(
  { terminal, environment }: CommandContext,
  { operation, table: given, source: options, mapping, parsed }: ImportRequest,
  session: ScriptSession,
): Promise<LoadCounts> {
  const definition = await definitionOf(session, given, environment);
  if (definition === undefined) {
    throw new DoltError('notFound', `The following table could not be found: ${given}`);
  }
  const { name, schema } = definition;
  const source = openSource(options);
  try {
    const columns = matchColumns(terminal, name, schema, source.fields, mapping);
    const counts: LoadCounts = { processed: 0, added: 0, modified: 0, unchanged: 0, skipped: 0 };
    const common = {
      ...{ name, source, columns },
      onExisting: operation === 'update' ? 'update' : 'fail',
      onBadRow: (error: BadRowError) => {
        if (!parsed.has('continue') || error.kind === 'unavailable') throw error;
        if (!parsed.has('quiet') && !parsed.has('ignore-skipped-rows')) {
          if (counts.skipped === 0) terminal.error('The following rows were skipped:');
          terminal.error(error.summary());
        }
        counts.skipped++;
      },
      onProgress: (sofar: LoadCounts) => terminal.progress(countText(sofar)),
    } as const;
    const ignoresKeys = parsed.has('disable-fk-checks');
    try {
      // On a server, SQL is the only way in.
      if (session instanceof Session && isPlain(workingRoot(session), name, schema, columns, ignoresKeys)) {
        const working = workingRoot(session);
        const table = working.table(name)!;
        const start = operation === 'replace' ? Table.create(table.store, schema) : table;
        const loaded = loadRows({ ...common, table: start }, counts);
        session.state.setRoot(session.state.handle(), working.withTable(name, loaded));
      } else {
        if (ignoresKeys) await session.query('set foreign_key_checks = 0');
        await loadBySql(session, { ...common, schema, replaces: operation === 'replace' }, counts);
      }
    } catch (error) {
      throw explained(error, name, parsed.has('continue'));
    }
    return counts;
  } finally {
    source.close();
  }
}

/** What kept rows from being stored; a bug stays a bug. */
function explained(error: unknown, table: string, continues: boolean): unknown {
  if (!(error instanceof DoltError)) return error;
  const hint = continues ? '' : "\nErrors during import can be ignored using '--continue'";
  const row = error instanceof BadRowError ? `\n${error.details(table)}` : '';
  const message = `An error occurred while moving data\ncause: ${error.message}${row}${hint}`;
  return new DoltError(error.kind, message, { cause: error });
}

/** Whether rows of the file are rows of the table as they are: nothing is computed, and nothing else than types checked. */
function isPlain(
  root: RootValue,
  name: string,
  schema: TableSchema,
  columns: readonly number[],
  ignoresKeys: boolean,
): boolean {
  if (triggersOn(root, name) !== undefined) return false;
  const keys = root.foreignKeys();
  if (!ignoresKeys && declaredBy(keys, name).length + referencing(keys, name).length > 0) return false;
  if (schema.checks.some(({ enforced }) => enforced)) return false;
  if (
    schema.indexes.some(
      ({ predicate, fullText, vectorDistance }) => predicate !== '' || fullText || vectorDistance !== undefined,
    )
  ) {
    return false;
  }
  return schema.columns.every(({ generated, defaultValue, autoIncrement, hidden }, i) => {
    if (generated !== '') return false;
    return hidden || columns.includes(i) || (defaultValue === '' && !autoIncrement);
  });
}

/** The column of each field, by name in any case; says which have no partner. */
function matchColumns(
  terminal: Terminal,
  table: string,
  schema: TableSchema,
  fields: readonly string[],
  mapping: ReadonlyMap<string, string>,
): number[] {
  const names = fields.map((field) => mapping.get(field) ?? field);
  const columns = names.map((name) => {
    const position = schema.columnPosition(name);
    return position >= 0 && !schema.columns[position]!.hidden ? position : -1;
  });
  const twice = names.find((_, i) => columns[i]! >= 0 && columns.indexOf(columns[i]!) < i);
  if (twice !== undefined) throw new DoltError('invalid', `two fields of the file are for the column '${twice}'`);
  const extra = names.filter((_, i) => columns[i]! < 0);
  const missing = schema.columns.filter(({ hidden, generated }, i) => !hidden && !generated && !columns.includes(i));
  if (names.length === 0) return [];
  if (extra.length === names.length) {
    throw new DoltError('invalid', `no field of the file is a column of ${table}: ${names.join(', ')}`);
  }
  if (extra.length + missing.length > 0) {
    const lines = [
      "Warning: The import file's schema does not match the table's schema.",
      "If unintentional, check for any typos in the import file's header.",
    ];
    if (missing.length > 0) lines.push(`Missing columns in ${table}:`, ...missing.map(({ name }) => `\t${name}`));
    if (extra.length > 0) lines.push('Extra columns in import file:', ...extra.map((name) => `\t${name}`));
    terminal.error(lines.join('\n'));
  }
  return columns;
}

function countText({ added, modified, unchanged }: LoadCounts): string {
  return `Rows Processed: ${added + modified + unchanged}, Additions: ${added}, Modifications: ${modified}, Had No Effect: ${unchanged}`;
}

function summarise(terminal: Terminal, counts: LoadCounts): void {
  terminal.progress(countText(counts));
  terminal.endProgress();
  if (counts.skipped > 0) terminal.error(`Lines skipped: ${counts.skipped}`);
  terminal.line('Import completed successfully.');
}
