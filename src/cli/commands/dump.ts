/** `dolt dump`: all tables (in SQL also views and stored programs) as one SQL file, or as a file a table in a folder. */
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { openEngine } from '../../open.ts';
import { NotARepositoryError } from '../../repo/repo-errors.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { parseStatement } from '../../sql/syntax/parse.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
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
    { name: 'file-name', short: 'fn', value: 'file', help: 'The file of sql. Defaults to doltdump.sql.' },
    { name: 'directory', short: 'd', value: 'directory', help: 'The folder of csv and json. Defaults to doltdump.' },
    { name: 'force', short: 'f', help: 'Overwrite what is there.' },
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

function assertFlagsFit(parsed: ParsedArguments, format: string): void {
  const wrong = (
    format === 'sql' ? ['directory'] : ['file-name', 'no-batch', 'no-autocommit', 'schema-only', 'no-create-db']
  ).find((flag) => parsed.has(flag));
  if (wrong !== undefined) throw new UsageError(`--${wrong} is not for the format ${format}`);
}

async function dumpSql(
  { workingDirectory }: CommandContext,
  parsed: ParsedArguments,
  session: ScriptSession,
  database: string,
): Promise<void> {
  const file = parsed.value('file-name') ?? 'doltdump.sql';
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
    for (const view of views) await writeView(session, view, write);
    for (const text of inOrder(await fragments(session, 'trigger'))) writeProgram(text, write);
    const { rows: procedures } = await session.query('select create_stmt from dolt_procedures order by name');
    for (const [text] of procedures) writeProgram(String(text), write);
    await writeFragments(session, 'event', write);
  });
}

/** The texts of all triggers, events or functions. */
async function fragments(session: ScriptSession, type: string): Promise<string[]> {
  const { rows } = await session.query(`select fragment from dolt_schemas where type = '${type}' order by name`);
  return rows.map(([text]) => String(text));
}

async function writeFragments(session: ScriptSession, type: string, write: Sink): Promise<void> {
  for (const text of await fragments(session, type)) writeProgram(text, write);
}

/** With a delimiter of its own, as the original writes procedures: what splits at semicolons reads a body whole. */
function writeProgram(text: string, write: Sink): void {
  write(`delimiter END_PROCEDURE\n${text.replace(/;?\s*$/, ';')}\nEND_PROCEDURE\ndelimiter ;\n`);
}

/** Triggers after those that their FOLLOWS or PRECEDES names. */
function inOrder(texts: readonly string[]): string[] {
  const left = texts.map((text) => ({ text, statement: parseStatement(text).statement }));
  const written = new Set<string>();
  const ordered: string[] = [];
  while (left.length > 0) {
    const ready = left.findIndex(({ statement }) => {
      const named = statement.kind === 'createTrigger' ? statement.order?.trigger : undefined;
      return named === undefined || written.has(named.toLowerCase());
    });
    const [next] = left.splice(Math.max(ready, 0), 1);
    if (next!.statement.kind === 'createTrigger') written.add(next!.statement.trigger.name.toLowerCase());
    ordered.push(next!.text);
  }
  return ordered;
}

async function writeView(session: ScriptSession, view: string, write: Sink): Promise<void> {
  const { rows } = await session.query(`show create view ${quoteName(view)}`);
  write(`DROP VIEW IF EXISTS ${quoteName(view)};\n${String(rows[0]![1]).replace(/;?\s*$/, ';')}\n`);
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
