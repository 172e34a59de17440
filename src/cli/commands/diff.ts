/** `dolt diff`: definitions and rows that changed, in tables, statements, JSON or numbers. */
import { DoltError } from '../../base/errors.ts';
import { currentName, type TableDelta } from '../../repo/table-deltas.ts';
import { diffStat, diffSummary, PrimaryKeyChangedError } from '../../repo/table-diff.ts';
import { type DiffResult, diff } from '../../verbs/diff.ts';
import { type DiffColumn, diffColumns, markedRows } from '../diff/changed-rows.ts';
import { rowStatement } from '../diff/row-statements.ts';
import { schemaLines, schemaStatements } from '../diff/schema-text.ts';
import { statText } from '../diff/stat-text.ts';
import type { cellTextFor } from '../print/cell.ts';
import { jsonText } from '../print/json-printer.ts';
import { TabularPrinter } from '../print/tabular-printer.ts';
import type { Terminal } from '../terminal.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(diff, {
  examples: ['dolt diff', 'dolt diff --stat main feature', 'dolt diff -r sql HEAD~1 HEAD employees'],
  print(result, { terminal }) {
    if (result.where !== undefined) {
      throw new DoltError('unsupported', 'diff --where is not supported yet; use dolt sql with dolt_diff_<table>');
    }
    if (result.parts === 'names') for (const delta of result.deltas) terminal.line((delta.fromName ?? delta.toName)!);
    else if (result.parts === 'summary') printSummary(result, terminal);
    else if (result.format === 'json') printJson(result, terminal);
    else for (const delta of result.deltas) printTable(delta, result, terminal);
  },
});

function printTable(delta: TableDelta, result: DiffResult, terminal: Terminal): void {
  const { parts, format, limit } = result;
  if (format === 'sql') {
    if (parts !== 'data') for (const statement of schemaStatements(delta)) terminal.line(statement);
    if (parts === 'schema' || delta.kind === 'dropped') return;
    const columns = diffColumns(delta);
    for (const rows of markedRows(delta, columns, limit)) {
      terminal.line(rowStatement(currentName(delta), columns, rows));
    }
    return;
  }
  terminal.line(heading(delta, terminal));
  if (parts === 'stat') {
    terminal.write(statText(diffStat(delta)));
    return;
  }
  if (parts !== 'data') terminal.write(schemaLines(delta, terminal));
  if (parts !== 'schema' && delta.kind !== 'dropped') printRows(delta, limit, terminal);
}

function heading({ kind, fromName, toName }: TableDelta, { colors }: Terminal): string {
  const [from, to] = [fromName ?? toName, toName ?? fromName];
  const title = colors.bold(`diff --dolt a/${from} b/${to}`);
  if (kind === 'added') return `${title}\nadded table`;
  if (kind === 'dropped') return `${title}\ndeleted table`;
  return `${title}\n${colors.bold(`--- a/${from}\n+++ b/${to}`)}`;
}

const MARK_TYPE = { kind: 'varchar', length: 1, collation: 'utf8mb4_0900_bin' } as const;
const BATCH_ROWS = 1_000;

function printRows(delta: TableDelta, limit: number, terminal: Terminal): void {
  let columns: DiffColumn[];
  try {
    columns = diffColumns(delta);
    const printer = new TabularPrinter((text, binary) => terminal.write(text, binary));
    printer.begin([{ name: ' ', type: MARK_TYPE }, ...columns]);
    let batch: (readonly unknown[])[] = [];
    let any = false;
    const flush = (): void => {
      const rows = batch as (readonly (string | null)[])[];
      printer.batch({
        length: rows.length,
        columns: [0, ...columns.map((_, i) => i + 1)].map((c) => rows.map((row) => row[c]!)),
      });
      batch = [];
    };
    for (const rows of markedRows(delta, columns, limit)) {
      any = true;
      for (const { mark, values } of rows) batch.push([mark, ...values]);
      if (batch.length >= BATCH_ROWS) flush();
    }
    if (!any) return;
    if (batch.length > 0) flush();
    printer.end();
  } catch (error) {
    if (!(error instanceof PrimaryKeyChangedError)) throw error;
    terminal.error(`Primary key sets differ between revisions for table '${error.table}', skipping data diff`);
  }
}

function printSummary(result: DiffResult, terminal: Terminal): void {
  if (result.deltas.length === 0) return;
  const printer = new TabularPrinter((text) => terminal.write(text));
  const summaries = result.deltas.map(diffSummary);
  const name = ({ fromName, toName }: TableDelta): string =>
    fromName !== undefined && toName !== undefined && fromName !== toName
      ? `${fromName} -> ${toName}`
      : (toName ?? fromName)!;
  printer.begin(
    ['Table name', 'Diff type', 'Data change', 'Schema change'].map((title) => ({ name: title, type: MARK_TYPE })),
  );
  printer.batch({
    length: summaries.length,
    columns: [
      result.deltas.map(name),
      summaries.map(({ kind }) => kind),
      summaries.map(({ dataChange }) => String(dataChange)),
      summaries.map(({ schemaChange }) => String(schemaChange)),
    ],
  });
  printer.end();
}

function printJson({ deltas, parts, limit }: DiffResult, terminal: Terminal): void {
  terminal.write('{"tables":[');
  deltas.forEach((delta, i) => {
    const schema = parts === 'data' ? [] : schemaStatements(delta);
    terminal.write(
      `${i > 0 ? ',' : ''}{"name":${JSON.stringify(currentName(delta))},"schema_diff":${JSON.stringify(schema)},"data_diff":[`,
    );
    if (parts !== 'schema' && delta.kind !== 'dropped') {
      const columns = diffColumns(delta);
      const rowText = rowJson(columns);
      let isFirst = true;
      for (const rows of markedRows(delta, columns, limit)) {
        const before = rows.find(({ mark }) => mark === '<' || mark === '-');
        const after = rows.find(({ mark }) => mark === '>' || mark === '+');
        terminal.write(
          `${isFirst ? '' : ','}{"from_row":${rowText(before?.values)},"to_row":${rowText(after?.values)}}`,
        );
        isFirst = false;
      }
    }
    terminal.write(']}');
  });
  terminal.write(']}\n');
}

function rowJson(
  columns: readonly DiffColumn[],
): (values: readonly Parameters<ReturnType<typeof cellTextFor>>[0][] | undefined) => string {
  const fields = columns
    .map(({ name, type }, i) => ({ name, i, text: jsonText(type) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return (values) => {
    if (!values) return '{}';
    const present = fields.filter(({ i }) => values[i] !== null);
    return `{${present.map(({ name, i, text }) => `${JSON.stringify(name)}:${text(values[i]!)}`).join(',')}}`;
  };
}
