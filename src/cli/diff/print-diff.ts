/** What changed between two roots, as `diff` and `show` print it: in tables, statements, JSON or numbers. */
import { currentName, fromTable, type TableDelta, toTable } from '../../repo/table-deltas.ts';
import { diffStat, diffSummary, samePrimaryKey } from '../../repo/table-diff.ts';
import type { DiffColumn } from '../../sql/catalog/changed-rows.ts';
import { rowStatement } from '../../sql/catalog/row-statements.ts';
import { schemaStatements } from '../../sql/catalog/schema-statements.ts';
import type { SqlType } from '../../sql/types/sql-type.ts';
import type { Value } from '../../tuple/value.ts';
import type { DiffResult } from '../../verbs/diff.ts';
import type { CommandContext } from '../command.ts';
import { isBinary } from '../print/cell.ts';
import { jsonText } from '../print/json-printer.ts';
import { listing } from '../print/listing.ts';
import type { Terminal } from '../terminal.ts';
import { databaseChange, databaseLines } from './database-change.ts';
import { printRows } from './print-rows.ts';
import { schemaLines } from './schema-text.ts';
import { statObject, statText } from './stat-text.ts';
import { type TableRows, tableRows } from './table-rows.ts';
import { type ViewChange, viewChanges, viewLines, viewStatements } from './view-changes.ts';

export async function printDiff(context: CommandContext, result: DiffResult): Promise<void> {
  const { terminal } = context;
  const { parts, deltas } = result;
  if (parts === 'names') for (const delta of deltas) terminal.line((delta.fromName ?? delta.toName)!);
  else if (parts === 'summary') await printSummary(deltas, terminal);
  else if (parts === 'stat') printStat(result, terminal);
  else if (result.format === 'json') await printJson(context, result);
  else if (result.format === 'sql') await printStatements(context, result);
  else {
    const change = databaseChange(result);
    if (change !== undefined) terminal.write(databaseLines(change, terminal));
    for (const delta of deltas) await printTable(context, result, delta);
    terminal.write(viewLines(viewsOf(result), terminal));
  }
}

const viewsOf = ({ views, parts, fromRoot, toRoot }: DiffResult): ViewChange[] =>
  views && parts !== 'data' ? viewChanges(fromRoot, toRoot) : [];

async function printTable(context: CommandContext, result: DiffResult, delta: TableDelta): Promise<void> {
  const { terminal } = context;
  const { parts, mode, filter } = result;
  const rows = parts === 'schema' ? undefined : await pairedRows(context, result, delta);
  const printHeading = (): void => terminal.line(heading(delta, terminal));
  // A table that the filter is not about is there for its rows.
  const isForRows = filter !== undefined && filter !== delta.kind;
  if (!isForRows) {
    printHeading();
    if (parts !== 'data') terminal.write(schemaLines(delta, terminal));
  }
  if (rows) printRows(rows, mode, terminal, isForRows ? printHeading : () => {});
}

/** Undefined, which is said, where the key itself changed: rows cannot be paired. */
async function pairedRows(
  context: CommandContext,
  result: DiffResult,
  delta: TableDelta,
): Promise<TableRows | undefined> {
  const [before, after] = [fromTable(delta), toTable(delta)];
  if (!before || !after || samePrimaryKey(before.schema, after.schema)) return await tableRows(context, result, delta);
  const name = currentName(delta);
  context.terminal.error(`Primary key sets differ between revisions for table '${name}', skipping data diff`);
  return undefined;
}

function heading({ kind, fromName, toName }: TableDelta, { colors }: Terminal): string {
  const [from, to] = [fromName ?? toName, toName ?? fromName];
  const title = colors.bold(`diff --dolt a/${from} b/${to}`);
  if (kind === 'added') return `${title}\nadded table`;
  if (kind === 'dropped') return `${title}\ndeleted table`;
  return `${title}\n${colors.bold(`--- a/${from}\n+++ b/${to}`)}`;
}

function printStat({ deltas, format }: DiffResult, terminal: Terminal): void {
  if (format === 'json') {
    if (deltas.length === 0) return;
    terminal.line(JSON.stringify({ tables: deltas.map((delta) => statObject(currentName(delta), diffStat(delta))) }));
    return;
  }
  for (const delta of deltas) {
    const text = statText(diffStat(delta));
    terminal.write(`${heading(delta, terminal)}\n${text}`);
  }
}

async function printSummary(deltas: readonly TableDelta[], terminal: Terminal): Promise<void> {
  if (deltas.length === 0) return;
  const name = ({ fromName, toName }: TableDelta): string =>
    fromName !== undefined && toName !== undefined && fromName !== toName
      ? `${fromName} -> ${toName}`
      : (toName ?? fromName)!;
  const rows = deltas.map((delta) => {
    const { kind, dataChange, schemaChange } = diffSummary(delta);
    return [name(delta), kind, String(dataChange), String(schemaChange)];
  });
  terminal.write(await listing(['Table name', 'Diff type', 'Data change', 'Schema change'], rows));
}

async function printStatements(context: CommandContext, result: DiffResult): Promise<void> {
  const { terminal } = context;
  const change = databaseChange(result);
  if (change !== undefined) terminal.line(change.alter);
  for (const delta of result.deltas) {
    // Dolt's own tables are there when rows are put into them.
    const isMade = delta.kind === 'added' && delta.toName!.startsWith('dolt_');
    if (result.parts !== 'data' && !isMade) {
      for (const statement of schemaStatements(delta)) terminal.line(statement);
    }
    // DROP TABLE has taken the rows along.
    if (result.parts === 'schema' || delta.kind === 'dropped') continue;
    const { columns, rows } = await tableRows(context, result, delta);
    for (const row of rows()) {
      const statement = rowStatement(currentName(delta), columns, row);
      if (statement !== undefined) terminal.line(statement);
    }
  }
  for (const change of viewsOf(result)) for (const statement of viewStatements(change)) terminal.line(statement);
}

/** As in the original, nothing at all where nothing changed, and no list of what did not. */
async function printJson(context: CommandContext, result: DiffResult): Promise<void> {
  const { terminal } = context;
  const { deltas, parts } = result;
  const change = databaseChange(result);
  const isAny = deltas.length > 0 || change !== undefined;
  const kinds = ['event', 'function', 'trigger', 'view'].flatMap((kind) => fragmentsJson(result, kind));
  if (!isAny && kinds.length === 0) return;
  terminal.write(isAny ? '{"tables":[' : '{');
  if (change !== undefined) {
    const schema = parts === 'data' ? {} : { schema_diff: [change.alter] };
    terminal.write(JSON.stringify({ name: change.name, ...schema, data_diff: [] }));
  }
  for (const [i, delta] of deltas.entries()) {
    const schema = parts === 'data' ? '' : `"schema_diff":${JSON.stringify(schemaStatements(delta))},`;
    const separator = i > 0 || change !== undefined ? ',' : '';
    terminal.write(`${separator}{"name":${JSON.stringify(currentName(delta))},${schema}"data_diff":[`);
    if (parts !== 'schema') {
      const { columns = [], rows } = (await pairedRows(context, result, delta)) ?? {};
      const [oldText, newText] = [rowJson(columns, 'fromName'), rowJson(columns, 'name')];
      let separator = '';
      for (const row of rows?.() ?? []) {
        const side = (marks: string) => row.find(({ mark }) => marks.includes(mark))?.values;
        terminal.write(`${separator}{"from_row":${oldText(side('<-'))},"to_row":${newText(side('>+'))}}`);
        separator = ',';
      }
    }
    terminal.write(']}');
  }
  if (isAny) terminal.write(kinds.length > 0 ? '],' : ']');
  terminal.write(`${kinds.join(',')}}\n`);
}

/** A list of those of a kind that changed, if any. */
function fragmentsJson(result: DiffResult, kind: string): string[] {
  const changed = viewsOf(result)
    .filter(({ type }) => type === kind)
    .map(({ name, before, after }) => ({ name, from_definition: before ?? '', to_definition: after ?? '' }));
  return changed.length === 0 ? [] : [`"${kind}s":${JSON.stringify(changed)}`];
}

/** `called`: by the names that the columns have on the row's side. */
function rowJson(
  columns: readonly DiffColumn[],
  called: 'fromName' | 'name',
): (values: readonly Value[] | undefined) => string {
  const fields = columns
    .map((column, i) => ({ name: column[called], i, text: cellJson(column.type) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return (values) => {
    if (!values) return '{}';
    const present = fields.filter(({ i }) => values[i] !== null);
    return `{${present.map(({ name, i, text }) => `${JSON.stringify(name)}:${text(values[i]!)}`).join(',')}}`;
  };
}

/** Bytes that are no text would be lost as such. */
function cellJson(type: SqlType): (value: Value) => string {
  return isBinary(type)
    ? (value) => JSON.stringify(Buffer.from(value as Uint8Array).toString('base64'))
    : jsonText(type);
}
