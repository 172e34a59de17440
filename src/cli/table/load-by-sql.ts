/**
 * Puts the rows of a source into a table by INSERT statements, in the transaction that is open: what a table's definition
 * asks for, SQL does. Rows that can only be new go many at a time; when such a statement fails, its rows go one by one, so
 * that the one at fault is known. What becomes of a row whose key may be there is only told of one at a time.
 */
import { DoltError } from '../../base/errors.ts';
import { literal } from '../../sql/catalog/row-statements.ts';
import { sourceColumns } from '../../sql/catalog/table-columns.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import type { TableSchema } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';
import { BadRowError, type FileRow, rowOf } from './bad-row.ts';
import { type LoadCounts, type OnExisting, parsersOf } from './load-rows.ts';
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
/** A statement has up to so many rows, and is not much longer than so many characters. */
const MOST_ROWS = 1_000;
const MOST_LENGTH = 1 << 20;

/** A row of the file, and as it stands in VALUES: literals. */
interface RowText {
  readonly file: FileRow;
  readonly values: readonly string[];
}

export async function loadBySql(session: ScriptSession, request: SqlLoadRequest, counts: LoadCounts): Promise<void> {
  const { name, schema, source, columns, onBadRow, onProgress } = request;
  const used = columns.filter((column) => column >= 0);
  const parsers = parsersOf(schema);
  const types = sourceColumns(schema);
  const insert = new Insertion(session, request, used, counts);
  // Literals are written with backslashes.
  await session.query("set sql_mode = replace(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')");
  if (request.replaces) await session.query(`delete from ${quoteName(name)}`);
  const row = new Array<Value>(schema.columns.length).fill(null);
  for (;;) {
    try {
      if (!source.next()) break;
      source.readInto(row, columns, parsers);
      const values = used.map((column) => literal(row[column]!, types[column]!.type));
      await insert.add({ file: rowOf(source), values });
    } catch (error) {
      if (!(error instanceof DoltError) || error instanceof BadRowError) throw error;
      // Those before it are told of first.
      await insert.flush();
      onBadRow(new BadRowError(rowOf(source), error));
      continue;
    }
    if (++counts.processed % PROGRESS_ROWS === 0) onProgress(counts);
  }
  await insert.flush();
}

class Insertion {
  readonly #session: ScriptSession;
  readonly #head: string;
  readonly #tail: string;
  readonly #onBadRow: (error: BadRowError) => void;
  readonly #counts: LoadCounts;
  #rows: RowText[] = [];
  #length = 0;

  constructor(session: ScriptSession, request: SqlLoadRequest, used: readonly number[], counts: LoadCounts) {
    const { name, schema, onExisting, onBadRow } = request;
    const names = used.map((column) => quoteName(schema.columns[column]!.name));
    this.#session = session;
    this.#head = `insert into ${quoteName(name)} (${names.join(', ')}) values `;
    const updates = onExisting === 'update' && !schema.isKeyless;
    const assignments = names.map((column) => `${column} = values(${column})`).join(', ');
    this.#tail = updates ? ` on duplicate key update ${assignments}` : '';
    this.#onBadRow = onBadRow;
    this.#counts = counts;
  }

  async add(row: RowText): Promise<void> {
    this.#rows.push(row);
    for (const value of row.values) this.#length += value.length + 2;
    const isFull = this.#rows.length >= MOST_ROWS || this.#length >= MOST_LENGTH;
    if (isFull || this.#tail !== '') await this.flush();
  }

  async flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    this.#length = 0;
    if (rows.length === 0) return;
    if (rows.length > 1 && (await this.#insertAll(rows))) return;
    for (const row of rows) await this.#insertOne(row);
  }

  /** False when one of the rows cannot be stored; then none is. */
  async #insertAll(rows: readonly RowText[]): Promise<boolean> {
    try {
      await this.#session.query(this.#head + rows.map(({ values }) => `(${values.join(', ')})`).join(', '));
    } catch (error) {
      if (!(error instanceof DoltError) || error.kind === 'unavailable') throw error;
      return false;
    }
    this.#counts.added += rows.length;
    return true;
  }

  async #insertOne(row: RowText): Promise<void> {
    try {
      for await (const { result } of this.#session.execute(`${this.#head}(${row.values.join(', ')})${this.#tail}`)) {
        const affected = result.kind === 'ok' ? result.affectedRows : 0;
        if (affected === 1) this.#counts.added++;
        else if (affected === 2) this.#counts.modified++;
        else this.#counts.unchanged++;
      }
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#onBadRow(new BadRowError(row.file, error));
    }
  }
}
