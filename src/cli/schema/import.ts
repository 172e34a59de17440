/**
 * `dolt schema import`: makes an empty table of the columns that a file has, or changes one into it. Columns that stay keep
 * their tags; those with other types are new ones, and stand behind the others.
 */

import { resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { storedType } from '../../sql/catalog/table-columns.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import type { TableSchema } from '../../table/schema.ts';
import { type ParsedArguments, parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { inOneTransaction } from '../one-transaction.ts';
import { definitionOf } from '../table/definition.ts';
import { mappingOf, namesOf } from '../table/field-mapping.ts';
import { createTableSql, inferTypes } from '../table/infer-schema.ts';
import { openSource, readableType } from '../table/row-source.ts';

export const command: Command = {
  name: 'schema import',
  summary: 'Creates a new table with an inferred schema.',
  synopsis: [
    '[--create|--update|--replace] [--dry-run] [--keep-types] [--file-type <type>] [--float-threshold <float>] [--map <mapping-file>] [--delim <delimiter>] --pks <field>,... <table> <file>',
  ],
  positional: [
    ['table', 'Name of the table to be created.'],
    ['file', 'The file being used to infer the schema: csv, psv, json or jsonl.'],
  ],
  flags: [
    { name: 'create', short: 'c', help: 'Create a table with the schema inferred from the <file> provided.' },
    { name: 'update', short: 'u', help: 'Add columns to an empty table, or change their types, to match the <file>.' },
    {
      name: 'replace',
      short: 'r',
      help: 'Make the columns of an empty table those of the <file>; others are dropped.',
    },
    { name: 'dry-run', help: 'Print the sql statement that would be run if executed without the flag.' },
    {
      name: 'keep-types',
      help: "When a column already exists in the table, and it's also in the <file> provided, use the type from the table.",
    },
    {
      name: 'file-type',
      value: 'type',
      help: "Explicitly define the type of the file if it can't be inferred from the file extension.",
    },
    {
      name: 'pks',
      value: 'comma-separated-col-names',
      help: 'List of columns used as the primary key cols. Order of the columns will determine sort order.',
    },
    {
      name: 'map',
      short: 'm',
      value: 'mapping-file',
      help: 'A file that can map a column name in <file> to a new value.',
    },
    {
      name: 'float-threshold',
      value: 'float',
      help: 'Minimum value at which the fractional component of a value must exceed in order to be considered a float.',
    },
    {
      name: 'delim',
      value: 'delimiter',
      help: 'Specify a delimiter for a csv style file with a non-comma delimiter.',
    },
  ],
  examples: [
    'dolt schema import -c --pks id employees employees.csv',
    'dolt schema import -u --keep-types --pks id employees more.csv',
  ],
  async run(context, args) {
    const request = requestOf(context, parseArguments({ ...command, maxPositional: 2 }, args));
    const { terminal } = context;
    try {
      await inOneTransaction(context, async (session) => {
        await makeTable(request, session, context);
        const shown = await session.query(`show create table ${quoteName(request.table)}`);
        terminal.line(`${String(shown.rows[0]![1])};`);
        if (request.parsed.has('dry-run')) throw new DryRun();
      });
    } catch (error) {
      if (error instanceof DryRun) return 0;
      throw error;
    }
    terminal.error('Created table successfully.');
    return 0;
  },
};

/** Takes back what was done. */
class DryRun extends Error {}

const OPERATIONS = ['create', 'update', 'replace'] as const;
type Operation = (typeof OPERATIONS)[number];

interface Column {
  readonly name: string;
  readonly type: string;
}

interface SchemaImport {
  readonly operation: Operation;
  readonly table: string;
  /** As the file has them. */
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  readonly parsed: ParsedArguments;
}

function requestOf({ workingDirectory }: CommandContext, parsed: ParsedArguments): SchemaImport {
  const [table, file] = parsed.positional;
  if (table === undefined || file === undefined) throw new UsageError('expected the name of a table and a file');
  const given = OPERATIONS.filter((name) => parsed.has(name));
  const [operation] = given;
  if (operation === undefined || given.length > 1) {
    throw new UsageError('Must provide exactly one of the operation flags --create, --update, or --replace');
  }
  if (operation === 'create' && parsed.has('keep-types')) {
    throw new UsageError('error: parameter keep-types not supported for create operations');
  }
  const primaryKey = namesOf(parsed.value('pks'))?.filter((name) => name !== '');
  if (primaryKey === undefined) throw new UsageError('error: missing required parameter pks');
  if (primaryKey.length === 0) throw new UsageError('error: no valid columns provided in --pks argument');
  const text = parsed.value('float-threshold') ?? '0';
  const threshold = Number(text);
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new UsageError(`error: '${text}' is not a valid float in the range 0.0 (all floats) to 1.0 (no floats)`);
  }
  const delimiter = parsed.value('delim');
  if (delimiter !== undefined && delimiter.length !== 1) throw new UsageError('--delim takes one character');
  const mapping = mappingOf(workingDirectory, parsed.value('map'));
  const source = openSource({
    path: resolve(workingDirectory, file),
    type: readableType(file, parsed.value('file-type')),
    delimiter,
    noHeader: false,
    columns: undefined,
  });
  try {
    const types = inferTypes(source, threshold);
    const columns = source.fields.map((field, i) => ({ name: mapping.get(field) ?? field, type: types[i]! }));
    return { operation, table, columns, primaryKey, parsed };
  } finally {
    source.close();
  }
}

async function makeTable(request: SchemaImport, session: ScriptSession, context: CommandContext): Promise<void> {
  const { operation, table, columns, primaryKey, parsed } = request;
  const existing = await definitionOf(session, table, context.environment);
  if (operation === 'create') {
    if (existing !== undefined) {
      throw new DoltError(
        'conflict',
        `error: failed to create table.\nA table named '${existing.name}' already exists.\nUse --replace or --update instead of --create.`,
      );
    }
    const missing = primaryKey.find((key) => !columns.some(({ name }) => isSame(name, key)));
    if (missing !== undefined) {
      throw new DoltError('notFound', `the file has no column '${missing}' for the primary key`);
    }
    const [names, types] = [columns.map(({ name }) => name), columns.map(({ type }) => type)];
    await session.query(createTableSql(table, names, types, primaryKey));
    return;
  }
  if (existing === undefined) throw new DoltError('notFound', `table not found: ${table}`);
  const { name, schema } = existing;
  const { rows } = await session.query(`select exists (select 1 from ${quoteName(name)})`);
  if (Number(rows[0]![0]) !== 0) {
    throw new DoltError(
      'conflict',
      `This operation will delete all row data. If this is your intent, run dolt sql -q 'delete from ${name}' to delete all row data, then re-run this command.`,
    );
  }
  const changes = changesOf(schema, columns, operation, parsed.has('keep-types'));
  if (changes.length > 0) await session.query(`alter table ${quoteName(name)} ${changes.join(', ')}`);
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The clauses of ALTER TABLE. Throws `conflict` where the primary key would be another one. */
function changesOf(
  schema: TableSchema,
  columns: readonly Column[],
  operation: Operation,
  keepsTypes: boolean,
): string[] {
  const inFile = (name: string) => columns.find((column) => isSame(column.name, name));
  const goes = schema.columns.filter(({ name, sqlType }) => {
    const found = inFile(name);
    return found === undefined ? operation === 'replace' : !keepsTypes && !sameType(sqlType, found.type);
  });
  if (goes.some((column) => schema.primaryKey.includes(schema.columns.indexOf(column)))) {
    throw new DoltError('conflict', 'input primary keys do not match primary keys of existing table');
  }
  const stays = schema.columns.filter((column) => !goes.includes(column));
  const comes = columns.filter(({ name }) => !stays.some((column) => isSame(column.name, name)));
  return [
    ...goes.map(({ name }) => `drop column ${quoteName(name)}`),
    ...comes.map(({ name, type }) => `add column ${quoteName(name)} ${type}`),
  ];
}

function sameType(stored: string, inferred: string): boolean {
  return JSON.stringify(storedType(stored)) === JSON.stringify(storedType(inferred));
}
