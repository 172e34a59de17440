/**
 * The changes of a table's rows that are not staged, as `dolt_workspace_<table>` lists them. Their ids hold as long as nothing
 * is staged, so they are read, and staged at the end, in one transaction.
 */
import type { ChangedRow } from '../../sql/catalog/changed-rows.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import type { Value } from '../../tuple/value.ts';
import type { ResultColumn } from '../print/result-printer.ts';

/** `id`, `staged`, `diff_type` come before the new and the old side. */
const BEFORE_ROWS = 3;
/** Read at a time: nobody is asked for many. */
const PAGE_ROWS = 100;

export const ROW_KINDS = ['added', 'modified', 'removed'] as const;
type RowKind = (typeof ROW_KINDS)[number];
export type RowCounts = Readonly<Record<RowKind, number>>;

export interface UnstagedRow {
  readonly id: number;
  readonly columns: readonly ResultColumn[];
  readonly change: ChangedRow;
}

const workspaceOf = (table: string): string => quoteName(`dolt_workspace_${table}`);

export async function countUnstaged(session: ScriptSession, table: string): Promise<RowCounts> {
  const { rows } = await session.query(
    `select diff_type, count(*) from ${workspaceOf(table)} where not staged group by diff_type`,
  );
  const counts = new Map(rows.map(([kind, count]) => [kind, Number(count)]));
  const of = (kind: RowKind): number => counts.get(kind) ?? 0;
  return { added: of('added'), modified: of('modified'), removed: of('removed') };
}

export async function* unstagedRows(session: ScriptSession, table: string): AsyncGenerator<UnstagedRow, void> {
  for (let next = 0; ; ) {
    const page = await pageFrom(session, table, next);
    yield* page;
    if (page.length < PAGE_ROWS) return;
    next = page.at(-1)!.id + 1;
  }
}

async function pageFrom(session: ScriptSession, table: string, id: number): Promise<UnstagedRow[]> {
  const page: UnstagedRow[] = [];
  const sql = `select * from ${workspaceOf(table)} where not staged and id >= ${id} limit ${PAGE_ROWS}`;
  for await (const { result } of session.execute(sql)) {
    if (result.kind !== 'rows') continue;
    const width = (result.columns.length - BEFORE_ROWS) / 2;
    const columns = result.columns
      .slice(BEFORE_ROWS, BEFORE_ROWS + width)
      .map(({ name, type }) => ({ name: name.replace(/^to_/, ''), type }));
    for await (const batch of session.batches(result)) {
      for (let i = 0; i < batch.length; i++) {
        const row = batch.columns.map((column) => column[i]!);
        page.push({ id: Number(row[0]), columns, change: changeOf(row, width) });
      }
    }
  }
  return page;
}

function changeOf(row: readonly Value[], width: number): ChangedRow {
  const to = row.slice(BEFORE_ROWS, BEFORE_ROWS + width);
  const from = row.slice(BEFORE_ROWS + width);
  if (row[2] === 'added') return [{ mark: '+', values: to }];
  if (row[2] === 'removed') return [{ mark: '-', values: from }];
  return [
    { mark: '<', values: from },
    { mark: '>', values: to },
  ];
}

/** Those of the `ids`, and all from the id `rest` on. */
export async function stageRows(
  session: ScriptSession,
  table: string,
  ids: readonly number[],
  rest: number | undefined,
): Promise<void> {
  const chosen = [
    ...(ids.length === 0 ? [] : [`id in (${ids.join(', ')})`]),
    ...(rest === undefined ? [] : [`id >= ${rest}`]),
  ];
  if (chosen.length === 0) return;
  await session.query(`update ${workspaceOf(table)} set staged = true where not staged and (${chosen.join(' or ')})`);
}
