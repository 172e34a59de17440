/** The documents of `dolt_docs`, by name: README.md, LICENSE.md. */
import type { RootValue } from '../../repo/root-value.ts';
import { tableRows } from './table-rows.ts';

export function documentsOf(root: RootValue): ReadonlyMap<string, string> {
  const table = root.table('dolt_docs');
  if (table === undefined) return new Map();
  const [name, text] = ['doc_name', 'doc_text'].map((column) => table.schema.columnPosition(column));
  if (name === undefined || text === undefined || name < 0 || text < 0) return new Map();
  return new Map(Array.from(tableRows(table), (row) => [String(row[name]), String(row[text] ?? '')]));
}
