/** `dolt_workspace_<table>`: its staged and its unstaged row changes. */
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { BOOLEAN, UNSIGNED_BIGINT, varchar } from '../../types/sql-type.ts';
import { prefixedColumns } from '../diff-columns.ts';
import { diffRows, sideNames } from '../diff-rows.ts';
import { workspaceWriter } from '../workspace-writer.ts';
import { currentSchema, warn } from './diff-of-table.ts';

export const table: SystemTable = {
  name: 'dolt_workspace_',
  open(view, suffix, scene) {
    const schema = currentSchema(view, suffix);
    if (schema === undefined) return undefined;
    const columns = [
      { name: 'id', type: UNSIGNED_BIGINT, nullable: false, key: 'PRI' as const },
      { name: 'staged', type: BOOLEAN, nullable: false },
      { name: 'diff_type', type: varchar(1023), nullable: false },
      ...prefixedColumns(schema, 'to_'),
      ...prefixedColumns(schema, 'from_'),
    ];
    const write = workspaceWriter(view, suffix, schema.columns.length);
    const source = systemSource(view, `dolt_workspace_${suffix}`, columns, function* () {
      const { working, staged } = view.workingSet();
      const width = schema.columns.length;
      let id = 0;
      for (const [isStaged, from, to] of [
        [1, view.headRoot(), staged],
        [0, staged, working],
      ] as const) {
        const side = (root: typeof from) => ({ root, commit: '', date: null });
        const schemas = { from: schema, to: schema };
        for (const row of diffRows(sideNames(suffix, side(from), side(to)), side(from), side(to), schemas, (error) =>
          warn(scene, error.message),
        )) {
          yield [id++, isStaged, row.at(-1)!, ...row.slice(0, width), ...row.slice(width + 2, 2 * width + 2)];
        }
      }
    });
    return { ...source, ...(write && { write }) };
  },
};
