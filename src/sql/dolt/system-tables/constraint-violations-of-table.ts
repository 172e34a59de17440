/** `dolt_constraint_violations_<table>`: rows that violate a constraint, and which. Deleting one forgets the violation. */
import { ArtifactKind, ArtifactsEditor, artifactsOf } from '../../../repo/artifacts.ts';
import { decodeRow } from '../../../table/row-codec.ts';
import type { Value } from '../../../tuple/value.ts';
import type { SystemColumn, SystemTable } from '../../catalog/system-table.ts';
import { storedType } from '../../catalog/table-columns.ts';
import { DEFAULT_COLLATION, JSON_TYPE, type SqlType, varchar } from '../../types/sql-type.ts';

const KINDS: SqlType = {
  kind: 'enum',
  members: ['foreign key', 'unique index', 'check constraint', 'not null'],
  collation: DEFAULT_COLLATION,
};
const VIOLATIONS = [ArtifactKind.foreignKey, ArtifactKind.unique, ArtifactKind.check, ArtifactKind.notNull] as const;

export const table: SystemTable = {
  name: 'dolt_constraint_violations_',
  open(view, suffix) {
    const name = view.root.resolveTableName(suffix);
    if (name === undefined) return undefined;
    const stored = view.root.table(name)!;
    const { schema } = stored;
    const columns: SystemColumn[] = [
      { name: 'from_root_ish', type: varchar(1023), nullable: true },
      { name: 'violation_type', type: KINDS, nullable: false, key: 'PRI' },
      ...schema.columns.map((column, i): SystemColumn => {
        const type = storedType(column.sqlType);
        const key = schema.primaryKey.includes(i) ? ({ key: 'PRI' } as const) : {};
        return { name: column.name, type, nullable: column.nullable, ...key };
      }),
      { name: 'violation_info', type: JSON_TYPE, nullable: false, key: 'PRI' },
    ];
    const list = () =>
      Array.from(artifactsOf(stored, VIOLATIONS), (artifact) => {
        const entry = stored.rows.get(artifact.rowKey);
        const { rowKey } = artifact;
        const row =
          entry === undefined
            ? schema.columns.map(() => null)
            : decodeRow(
                schema,
                rowKey,
                0,
                rowKey.length,
                entry.node.bytes,
                entry.node.valueStart(entry.index),
                entry.node.valueEnd(entry.index),
                stored.store,
              );
        const kind = VIOLATIONS.indexOf(artifact.kind as (typeof VIOLATIONS)[number]) + 1;
        const values: Value[] = [artifact.theirs, kind, ...row, violationInfo(artifact.meta)];
        return { artifact, values };
      });
    const { replaceTable } = view;
    const artifacts = new ArtifactsEditor(stored);
    return {
      kind: 'virtual',
      database: view.name,
      name: `dolt_constraint_violations_${suffix}`,
      columns,
      *rows() {
        for (const { values } of list()) yield values;
      },
      ...(replaceTable && {
        write: {
          delete(row: readonly Value[]) {
            const text = JSON.stringify(row.map(String));
            const found = list().find(({ values }) => JSON.stringify(values.map(String)) === text);
            if (found !== undefined) artifacts.remove(found.artifact.key);
          },
          finish: () => replaceTable(name, stored.with({ artifacts: artifacts.finish() })),
        },
      }),
    };
  },
};

/** What a violation says is JSON inside of JSON. */
function violationInfo(meta: string): string {
  const stored = JSON.parse(meta) as { v_info?: string };
  return Buffer.from(stored.v_info ?? '', 'base64').toString('utf8');
}
