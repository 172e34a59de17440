/**
 * `dolt_conflicts_<table>`: rows in conflict with their three sides. Deleting a row of it resolves the conflict as the
 * table stands; updating an `our_` column changes the table's row.
 */
import { addressBytes } from '../../../base/address.ts';
import { writeXxh3Of128 } from '../../../prolly/xxh3.ts';
import { ArtifactsEditor } from '../../../repo/artifacts.ts';
import { type Conflict, ConflictReader } from '../../../repo/conflicts.ts';
import type { TableSchema } from '../../../table/schema.ts';
import type { Table } from '../../../table/table.ts';
import { type Row, TableEditor } from '../../../table/table-editor.ts';
import type { Value } from '../../../tuple/value.ts';
import type { SystemColumn, SystemTable, SystemTableWriter } from '../../catalog/system-table.ts';
import { storedType } from '../../catalog/table-columns.ts';
import { SqlError } from '../../types/sql-error.ts';
import { UNSIGNED_BIGINT, varchar } from '../../types/sql-type.ts';

const TEXT = varchar(1023);

export const table: SystemTable = {
  name: 'dolt_conflicts_',
  open(view, suffix) {
    const name = view.root.resolveTableName(suffix);
    if (name === undefined) return undefined;
    const stored = view.root.table(name)!;
    const reader = new ConflictReader(name, stored);
    const ours = stored.schema;
    const schemas = reader.schemas() ?? { base: ours, ours, theirs: ours };
    const order = { base: keyFirst(schemas.base), ours: keyFirst(ours), theirs: keyFirst(schemas.theirs) };
    const columns: SystemColumn[] = [
      { name: 'from_root_ish', type: TEXT, nullable: true },
      ...side(schemas.base, order.base, 'base_', true),
      ...side(ours, order.ours, 'our_', false),
      { name: 'our_diff_type', type: TEXT, nullable: true },
      ...side(schemas.theirs, order.theirs, 'their_', true),
      { name: 'their_diff_type', type: TEXT, nullable: true },
      { name: 'dolt_conflict_id', type: TEXT, nullable: true },
      ...(ours.isKeyless ? ['base', 'our', 'their'].map(cardinalityColumn) : []),
    ];
    const rowOf = (conflict: Conflict): Value[] => [
      conflict.theirsAddress,
      ...order.base.map((at) => conflict.base?.[at] ?? null),
      ...order.ours.map((at) => conflict.ours?.[at] ?? null),
      changeKind(conflict.base, conflict.ours),
      ...order.theirs.map((at) => conflict.theirs?.[at] ?? null),
      changeKind(conflict.base, conflict.theirs),
      conflictId(conflict),
      ...(ours.isKeyless ? [conflict.times.base, conflict.times.ours, conflict.times.theirs] : []),
    ];
    const idColumn = columns.findIndex((column) => column.name === 'dolt_conflict_id');
    const write = view.replaceTable && writer(name, stored, reader, idColumn, order, columns, view.replaceTable);
    return {
      kind: 'virtual',
      database: view.name,
      name: `dolt_conflicts_${suffix}`,
      columns,
      *rows() {
        for (const conflict of reader.conflicts()) yield rowOf(conflict);
      },
      ...(write ? { write } : {}),
    };
  },
};

/** Positions of the columns, those of the primary key first. */
function keyFirst({ primaryKey, columns }: TableSchema): number[] {
  return [...primaryKey, ...columns.map((_, i) => i).filter((i) => !primaryKey.includes(i))];
}

function side(schema: TableSchema, order: readonly number[], prefix: string, nullable: boolean): SystemColumn[] {
  return order.map((at) => {
    const column = schema.columns[at]!;
    return { name: prefix + column.name, type: storedType(column.sqlType), nullable: nullable || column.nullable };
  });
}

const cardinalityColumn = (name: string): SystemColumn => ({
  name: `${name}_cardinality`,
  type: UNSIGNED_BIGINT,
  nullable: true,
});

function changeKind(base: Row | undefined, now: Row | undefined): string {
  if (now === undefined) return 'removed';
  return base === undefined ? 'added' : 'modified';
}

/** The original's: a hash of the row's key and the commit it came from. */
function conflictId({ artifact, theirsAddress }: Conflict): string {
  const bytes = Buffer.concat([artifact.rowKey, addressBytes(theirsAddress)]);
  const hash = Buffer.alloc(16);
  writeXxh3Of128(bytes, 0, bytes.length, hash, 0);
  return hash.reverse().toString('base64').replace(/=+$/, '');
}

function writer(
  name: string,
  stored: Table,
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
  const rows = new TableEditor(stored);
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
    },
  };
}
