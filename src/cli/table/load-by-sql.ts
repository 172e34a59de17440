/** Puts the rows of a source into a table by INSERT statements, in the transaction that is open: what a table's definition asks for, SQL does. */
import { DoltError } from '../../base/errors.ts';
import { sourceColumns } from '../../sql/catalog/table-columns.ts';
import type { Session } from '../../sql/engine.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import type { TableSchema } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';
import { BadRowError, type LoadCounts, type OnExisting, parsersOf } from './load-rows.ts';
import type { RowSource } from './row-source.ts';

export interface SqlLoadRequest {
  readonly name: string;
  readonly schema: TableSchema;
  readonly source: RowSource;
  /** The column of each field; negative for a field that is not imported. */
  readonly columns: readonly number[];
  readonly onExisting: OnExisting;
  /** Rows that are there go first. */
  readonly replaces: boolean;
  onBadRow(error: BadRowError): void;
  onProgress(counts: LoadCounts): void;
}

const PROGRESS_ROWS = 1 << 12;

export async function loadBySql(session: Session, request: SqlLoadRequest, counts: LoadCounts): Promise<void> {
  const { name, schema, source, columns, onBadRow, onProgress } = request;
  const used = columns.filter((column) => column >= 0);
  const parsers = parsersOf(schema);
  const types = sourceColumns(schema);
  const insert = insertText(request, used);
  if (request.replaces) await session.query(`delete from ${quoteName(name)}`);
  const row = new Array<Value>(schema.columns.length).fill(null);
  for (;;) {
    try {
      if (!source.next()) break;
      source.readInto(row, columns, parsers);
      const values = used.map((column) => ({ type: types[column]!.type, value: row[column]! }));
      for await (const { result } of session.execute(insert, values)) {
        const affected = result.kind === 'ok' ? result.affectedRows : 0;
        if (affected === 1) counts.added++;
        else if (affected === 2) counts.modified++;
        else counts.unchanged++;
      }
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      onBadRow(new BadRowError(source.line, error));
    }
    if (++counts.processed % PROGRESS_ROWS === 0) onProgress(counts);
  }
}

function insertText({ name, schema, onExisting }: SqlLoadRequest, used: readonly number[]): string {
  const names = used.map((column) => quoteName(schema.columns[column]!.name));
  const values = used.map(() => '?').join(', ');
  const insert = `insert into ${quoteName(name)} (${names.join(', ')}) values (${values})`;
  if (onExisting !== 'update' || schema.isKeyless) return insert;
  return `${insert} on duplicate key update ${names.map((column) => `${column} = values(${column})`).join(', ')}`;
}
