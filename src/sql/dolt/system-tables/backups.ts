/** `dolt_backups`: the backups of the repository. */
import { shownUrl } from '../../../repo/remote-url.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { JSON_TYPE } from '../../types/sql-type.ts';
import { field } from './commit-columns.ts';

const COLUMNS = [field('name', undefined, false, 'PRI'), field('url'), field('params', JSON_TYPE)];

export const table: SystemTable = {
  name: 'dolt_backups',
  open: (view) =>
    systemSource(view, 'dolt_backups', COLUMNS, function* () {
      for (const { name, url, params } of view.repository.state().backups.values()) {
        yield [name, shownUrl(url), JSON.stringify(params)];
      }
    }),
};
