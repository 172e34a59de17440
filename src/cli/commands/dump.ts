/** `dolt dump`: all tables (in SQL also views and stored programs) as one SQL file, or as a file a table in a folder. */
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { openEngine } from '../../open.ts';
import { NotARepositoryError } from '../../repo/repo-errors.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { parseOptionsOf, parseStatement } from '../../sql/syntax/parse.ts';
import { quoteName, quoteString } from '../../sql/syntax/print-expression.ts';
import { type ParsedArguments, parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Sink } from '../print/result-printer.ts';
import { exportTable, intoFile } from '../table/write-table.ts';

const FORMATS: readonly string[] = ['sql', 'csv', 'json'];

export const command: Command = {
  name: 'dump',
  summary: 'Export all tables.',
  synopsis: ['[-f] [-r <format>] [-fn <file>] [-d <directory>] [--no-batch] [--no-create-db] [--schema-only]'],
  positional: [],
  flags: [
    {
      name: 'result-format',
      short: 'r',
      value: 'format',
      help: `The type of the output: ${FORMATS.join(', ')}. Defaults to sql.`,
    },
    {
      name: 'file-name',
      short: 'fn',
      value: 'file',
      help: 'The file of sql. Defaults to doltdump.sql, with --schema-only to doltdump_schema_only.sql.',
    },
    { name: 'directory', short: 'd', value: 'directory', help: 'The folder of csv and json. Defaults to doltdump.' },
    { name: 'force', short: 'f', help: 'Overwrite what is there.' },
    { name: 'batch', help: 'Many rows a statement, as by default.' },
    { name: 'no-batch', help: 'A row a statement, instead of many.' },
    { name: 'no-autocommit', short: 'na', help: 'Turn autocommit off for the rows of each table.' },
    { name: 'schema-only', help: 'The definitions, without rows.' },
    { name: 'no-create-db', help: 'Do not write CREATE DATABASE.' },
  ],
  examples: ['dolt dump', 'dolt dump -f -fn backup.sql', 'dolt dump -r csv -d exported'],
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 0 }, args);
    const format = (parsed.value('result-format') ?? 'sql').toLowerCase();
    if (!FORMATS.includes(format)) {
      throw new UsageError(`invalid result format: ${format}. Valid values are ${FORMATS.join(', ')}`);
    }
    assertFlagsFit(parsed, format);
    const { environment, directory } = context;
    const opened = openEngine(environment, directory);
    try {
      const database = opened.database;
      if (database === undefined) throw new NotARepositoryError(directory);
      const session = opened.engine.session({ database, user: 'root@localhost' });
      try {
        const { tables, views } = await namesOf(session);
        if (tables.length + (format === 'sql' ? views.length : 0) === 0) {
          context.terminal.line('No tables to export.');
          return 0;
        }
        if (format === 'sql') await dumpSql(context, parsed, session, database);
        else await dumpFiles(context, parsed, session, format);
      } finally {
        await session.close();
      }
    } finally {
      opened.close();
    }
    context.terminal.error('Successfully exported data.');
    return 0;
  },
};

/** In the original's words. What has no meaning for a format does no harm there. */
function assertFlagsFit(parsed: ParsedArguments, format: string): void {
  const unfit = (what: string) => new UsageError(`${what} is not supported for ${format} exports`);
  if (parsed.has('file-name') && parsed.has('directory')) {
    throw new UsageError('cannot pass both directory and file names');
  }
  if (format === 'sql') {
    if (parsed.has('directory')) throw unfit('directory');
    return;
  }
  if (parsed.has('file-name')) throw unfit('file-name');
  if (parsed.has('schema-only')) throw unfit('schema-only dump');
}

async function dumpSql(
  { workingDirectory }: CommandContext,
  parsed: ParsedArguments,
  session: ScriptSession,
  database: string,
): Promise<void> {
  const named = parsed.value('file-name') ?? (parsed.has('schema-only') ? 'doltdump_schema_only' : 'doltdump');
  const file = named.endsWith('.sql') ? named : `${named}.sql`;
  const path = resolve(workingDirectory, file);
  assertFree(path, file, parsed);
  const { tables, views } = await namesOf(session);
  const offAutocommit = parsed.has('no-autocommit');
  const options = { batched: !parsed.has('no-batch'), schemaOnly: parsed.has('schema-only') };
  await intoFile(path, async (write) => {
    if (!parsed.has('no-create-db')) {
      write(`CREATE DATABASE IF NOT EXISTS ${quoteName(database)}; USE ${quoteName(database)};\n`);
    }
    write('SET FOREIGN_KEY_CHECKS=0;\nSET UNIQUE_CHECKS=0;\n');
    for (const table of tables) {
      if (offAutocommit) write('SET AUTOCOMMIT=0;\n');
      await exportTable(session, table, 'sql', write, options);
      if (offAutocommit) write('COMMIT;\n');
    }
    // Views may call functions.
    await writeFragments(session, 'function', write);
    const { rows: modes } = await session.query("select name, sql_mode from dolt_schemas where type = 'view'");
    const modeOf = new Map(modes.map(([name, mode]) => [String(name), String(mode)]));
    for (const view of views) await writeView(session, view, modeOf.get(view) ?? '', write);
    for (const program of inOrder(await fragments(session, 'trigger'))) writeProgram(program, write);
    for (const program of await programs(session, 'create_stmt', 'dolt_procedures')) writeProgram(program, write);
    await writeFragments(session, 'event', write);
  });
}

interface Program {
  readonly text: string;
  readonly sqlMode: string;
}

/** All triggers, events or functions. */
function fragments(session: ScriptSession, type: string): Promise<Program[]> {
  return programs(session, 'fragment', `dolt_schemas where type = '${type}'`);
}

async function programs(session: ScriptSession, column: string, from: string): Promise<Program[]> {
  const { rows } = await session.query(`select ${column}, sql_mode from ${from} order by name`);
  return rows.map(([text, sqlMode]) => ({ text: String(text), sqlMode: String(sqlMode ?? '') }));
}

async function writeFragments(session: ScriptSession, type: string, write: Sink): Promise<void> {
  for (const program of await fragments(session, type)) writeProgram(program, write);
}

/** With a delimiter of its own, as the original writes procedures: what splits at semicolons reads a body whole. */
function writeProgram({ text, sqlMode }: Program, write: Sink): void {
  inMode(sqlMode, write, () => {
    write(`delimiter END_PROCEDURE\n${text.replace(/;?\s*$/, ';')}\nEND_PROCEDURE\ndelimiter ;\n`);
  });
}

/** A text that is read otherwise by default is restored in its own mode. */
function inMode(sqlMode: string, write: Sink, writeText: () => void): void {
  const isPlain = Object.values(parseOptionsOf(sqlMode)).every((option) => option === false);
  if (!isPlain) write(`SET @previousSqlMode=@@SQL_MODE;\nSET @@SQL_MODE=${quoteString(sqlMode)};\n`);
  writeText();
  if (!isPlain) write('SET @@SQL_MODE=@previousSqlMode;\n');
}

/** Triggers after those that their FOLLOWS or PRECEDES names. */
function inOrder(triggers: readonly Program[]): Program[] {
  const left = triggers.map((program) => ({
    program,
    statement: parseStatement(program.text, parseOptionsOf(program.sqlMode)).statement,
  }));
  const written = new Set<string>();
  const ordered: Program[] = [];
  while (left.length > 0) {
    const ready = left.findIndex(({ statement }) => {
      const named = statement.kind === 'createTrigger' ? statement.order?.trigger : undefined;
      return named === undefined || written.has(named.toLowerCase());
    });
    const [next] = left.splice(Math.max(ready, 0), 1);
    if (next!.statement.kind === 'createTrigger') written.add(next!.statement.trigger.name.toLowerCase());
    ordered.push(next!.program);
  }
  return ordered;
}

async function writeView(session: ScriptSession, view: string, sqlMode: string, write: Sink): Promise<void> {
  const { rows } = await session.query(`show create view ${quoteName(view)}`);
  write(`DROP VIEW IF EXISTS ${quoteName(view)};\n`);
  inMode(sqlMode, write, () => write(`${String(rows[0]![1]).replace(/;?\s*$/, ';')}\n`));
}

async function dumpFiles(
  { workingDirectory }: CommandContext,
  parsed: ParsedArguments,
  session: ScriptSession,
  format: string,
): Promise<void> {
  const folder = parsed.value('directory') ?? 'doltdump';
  const { tables } = await namesOf(session);
  const files = tables.map((table) => ({ table, name: join(folder, `${table}.${format}`) }));
  for (const { name } of files) assertFree(resolve(workingDirectory, name), name, parsed);
  makeFolder(resolve(workingDirectory, folder));
  for (const { table, name } of files) {
    await intoFile(resolve(workingDirectory, name), (write) => exportTable(session, table, format, write));
  }
}

function assertFree(path: string, name: string, parsed: ParsedArguments): void {
  if (existsSync(path) && !parsed.has('force')) {
    throw new DoltError('conflict', `${name} already exists. Use -f to overwrite.`);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new DoltError('unavailable', `cannot make the folder ${path}: ${(cause as Error).message}`, { cause });
  }
}

async function namesOf(session: ScriptSession): Promise<{ tables: string[]; views: string[] }> {
  const { rows } = await session.query('show full tables');
  const named = (kind: string): string[] => rows.filter((row) => row[1] === kind).map(([name]) => String(name));
  return { tables: named('BASE TABLE').filter((name) => !/^dolt_/i.test(name)), views: named('VIEW') };
}
