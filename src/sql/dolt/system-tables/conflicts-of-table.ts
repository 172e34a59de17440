/**
 * `dolt_conflicts_<table>`: rows in conflict with their three sides. Deleting a row of it resolves the conflict as the
 * table stands; updating an `our_` column changes the table's row.
 */
import { ArtifactsEditor } from '../../../repo/artifacts.ts';
import { type Conflict, ConflictReader } from '../../../repo/conflicts.ts';
import { type FullTextEditor, fullTextEditor } from '../../../table/full-text/full-text-editor.ts';
import type { Table } from '../../../table/table.ts';
import { TableEditor } from '../../../table/table-editor.ts';
import type { Value } from '../../../tuple/value.ts';
import type { SystemColumn, SystemTable, SystemTableWriter } from '../../catalog/system-table.ts';
import { SqlError } from '../../types/sql-error.ts';
import { conflictId, conflictShape } from '../conflict-shape.ts';

export const table: SystemTable = {
  name: 'dolt_conflicts_',
  open(view, suffix) {
    const name = view.root.resolveTableName(suffix);
    if (name === undefined) return undefined;
    const stored = view.root.table(name)!;
    const reader = new ConflictReader(name, stored);
    const ours = stored.schema;
    const schemas = reader.schemas() ?? { base: ours, ours, theirs: ours };
    const { columns, order, valuesOf } = conflictShape(schemas);
    const idColumn = columns.findIndex((column) => column.name === 'dolt_conflict_id');
    const fullText = fullTextEditor(ours, (part) => view.root.table(part));
    const write =
      view.replaceTable && writer(name, stored, fullText, reader, idColumn, order, columns, view.replaceTable);
    return {
      kind: 'virtual',
      database: view.name,
      name: `dolt_conflicts_${suffix}`,
      columns,
      *rows() {
        for (const conflict of reader.conflicts()) yield valuesOf(conflict);
      },
      ...(write ? { write } : {}),
    };
  },
};

function writer(
  name: string,
  stored: Table,
  fullText: FullTextEditor | undefined,
  reader: ConflictReader,
  idColumn: number,
  order: { readonly base: readonly number[]; readonly ours: readonly number[] },
  columns: readonly SystemColumn[],
  replace: (name: string, table: Table) => void,
): SystemTableWriter {
  const conflicts = new Map([...reader.conflicts()].map((conflict) => [conflictId(conflict), conflict]));
  const find = (row: readonly Value[]): Conflict => {
    const found = conflicts.get(String(row[idColumn]));
    if (found === undefined) throw new SqlError(1105, 'HY000', `the conflict is resolved already: ${row[idColumn]}`);
    return found;
  };
  const artifacts = new ArtifactsEditor(stored);
  const rows = new TableEditor(stored, { rows: fullText });
  const start = 1 + order.base.length;
  return {
    delete(row) {
      artifacts.remove(find(row).artifact.key);
    },
    update(from, to) {
      from.forEach((value, i) => {
        const isOurs = i >= start && i < start + order.ours.length;
        if (!isOurs && value !== to[i])
          throw new SqlError(1105, 'HY000', `column ${columns[i]!.name} cannot be updated`);
      });
      const { ours } = find(from);
      const next: Value[] = [...(ours ?? stored.schema.columns.map(() => null))];
      order.ours.forEach((at, i) => {
        next[at] = to[start + i]!;
      });
      if (ours === undefined) rows.insert(next);
      else rows.update(ours, next);
    },
    finish() {
      replace(name, rows.finish().with({ artifacts: artifacts.finish() }));
      for (const [part, table] of fullText?.finish() ?? []) replace(part, table);
    },
  };
}
