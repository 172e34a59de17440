/** `dolt_stashes`: changes that were put aside, under every name, the newest of each first. */
import { stashesOf, stashNames } from '../../../repo/stashes.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { field } from './commit-columns.ts';

const COLUMNS = [
  field('name'),
  field('stash_id'),
  field('branch'),
  field('hash'),
  field('commit_message', undefined, true),
];

export const table: SystemTable = {
  name: 'dolt_stashes',
  open: (view) =>
    systemSource(view, 'dolt_stashes', COLUMNS, function* () {
      const { refs, repository } = view;
      for (const name of stashNames(refs)) {
        for (const { position, branch, head, message } of stashesOf(repository.nodes, refs, name)) {
          yield [name, `stash@{${position}}`, branch, head, message];
        }
      }
    }),
};
