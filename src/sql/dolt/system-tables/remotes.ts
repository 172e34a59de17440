/** `dolt_remotes`: the remotes of the repository. Who may read it need not know the passwords in their URLs. */
import { shownUrl } from '../../../repo/remote-url.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { JSON_TYPE } from '../../types/sql-type.ts';
import { field } from './commit-columns.ts';

const COLUMNS = [
  field('name', undefined, false, 'PRI'),
  field('url'),
  field('fetch_specs', JSON_TYPE, true),
  field('params', JSON_TYPE, true),
];

export const table: SystemTable = {
  name: 'dolt_remotes',
  open: (view) =>
    systemSource(view, 'dolt_remotes', COLUMNS, function* () {
      const remotes = [...view.repository.state().remotes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const { name, url, fetchSpecs, params } of remotes) {
        yield [name, shownUrl(url), JSON.stringify(fetchSpecs), JSON.stringify(params)];
      }
    }),
};
