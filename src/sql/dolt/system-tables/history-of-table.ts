/** `dolt_history_<table>`: every row of every commit, in the table's columns of today. */
import { walkLog } from '../../../repo/log-walk.ts';
import { keyMark } from '../../catalog/describe-table.ts';
import { type SystemColumn, type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { storedType } from '../../catalog/table-columns.ts';
import { tableRows } from '../../catalog/table-rows.ts';
import { char, datetime, varchar } from '../../types/sql-type.ts';
import { rowMapping } from '../row-mapping.ts';
import { moment } from './commit-columns.ts';
import { currentSchema, wanted } from './diff-of-table.ts';

export const table: SystemTable = {
  name: 'dolt_history_',
  open(view, suffix) {
    const schema = currentSchema(view, suffix);
    if (schema === undefined) return undefined;
    const own = schema.columns.map(({ name, sqlType, nullable }, at) => {
      const mark = keyMark(schema, at);
      // A unique key is none over all commits.
      return {
        name,
        type: storedType(sqlType),
        nullable,
        ...(mark && { key: mark === 'UNI' ? 'MUL' : mark }),
      } as const;
    });
    const columns: SystemColumn[] = [
      ...own,
      { name: 'commit_hash', type: char(32, 'ascii_bin'), nullable: false, key: 'MUL' },
      { name: 'committer', type: varchar(1024, 'ascii_bin'), nullable: false },
      { name: 'commit_date', type: datetime(3), nullable: false },
    ];
    return systemSource(view, `dolt_history_${suffix}`, columns, function* (request) {
      const commits = wanted(request, own.length);
      for (const commit of walkLog(view.repository.nodes, [view.head])) {
        if (commits && !commits.has(commit.address)) continue;
        const root = view.repository.root(commit.root);
        const name = root.resolveTableName(suffix);
        if (name === undefined) continue;
        const stored = root.table(name)!;
        const map = rowMapping(stored.schema, schema);
        const ending = [commit.address, commit.committer.name, moment(commit.committerDate)];
        for (const row of tableRows(stored)) yield [...map(row), ...ending];
      }
    });
  },
};
