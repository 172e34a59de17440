/** `dolt_constraint_violations_<table>`: rows that violate a constraint, and which. Deleting one forgets the violation. */
import { ArtifactsEditor } from '../../../repo/artifacts.ts';
import type { Value } from '../../../tuple/value.ts';
import type { SystemTable } from '../../catalog/system-table.ts';
import { violationColumns, violationRows } from '../../catalog/violation-rows.ts';

export const table: SystemTable = {
  name: 'dolt_constraint_violations_',
  open(view, suffix) {
    const name = view.root.resolveTableName(suffix);
    if (name === undefined) return undefined;
    const stored = view.root.table(name)!;
    const { replaceTable } = view;
    const artifacts = new ArtifactsEditor(stored);
    return {
      kind: 'virtual',
      database: view.name,
      name: `dolt_constraint_violations_${suffix}`,
      columns: violationColumns(stored),
      *rows() {
        for (const { values } of violationRows(stored)) yield values;
      },
      ...(replaceTable && {
        write: {
          delete(row: readonly Value[]) {
            const text = JSON.stringify(row.map(String));
            for (const { artifact, values } of violationRows(stored)) {
              if (JSON.stringify(values.map(String)) !== text) continue;
              artifacts.remove(artifact.key);
              return;
            }
          },
          finish: () => replaceTable(name, stored.with({ artifacts: artifacts.finish() })),
        },
      }),
    };
  },
};
