/** Queries that are saved under a name in `dolt_query_catalog`: `sql --save`, `--execute` and `--list-saved`. */
import { DoltError } from '../../base/errors.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteString } from '../../sql/syntax/print-expression.ts';

export const LIST_SAVED = 'select * from dolt_query_catalog order by display_order';

/** Under a name that is taken, it takes the place of the query that had it. */
export async function saveQuery(session: ScriptSession, name: string, query: string, message: string): Promise<void> {
  const [id, text, description] = [name, query, message].map(quoteString);
  const last = await session.query('select coalesce(max(display_order), 0) from dolt_query_catalog');
  const order = Number(last.rows[0]![0]) + 1;
  await session.query(
    `insert into dolt_query_catalog values (${id}, ${order}, ${id}, ${text}, ${description}) ` +
      `on duplicate key update query = ${text}, description = ${description}`,
  );
}

/** Throws `notFound`. */
export async function savedQuery(session: ScriptSession, name: string): Promise<string> {
  const { rows } = await session.query(`select query from dolt_query_catalog where id = ${quoteString(name)}`);
  if (rows[0] === undefined) throw new DoltError('notFound', `saved query ${name} not found`);
  return String(rows[0][0]);
}
