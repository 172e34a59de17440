/** `dolt table`: import and export of tables, and what is done to a table as a whole. */
import { subcommands } from '../subcommands.ts';

export const command = subcommands({
  name: 'table',
  summary: 'Import, export, copy, rename and delete tables.',
  examples: ['dolt table import -c --pk id employees employees.csv', 'dolt table export employees employees.json'],
  actions: {
    import: {
      summary: 'Creates, updates, appends to or replaces a table from the rows of a file.',
      load: () => import('../table/import.ts'),
    },
    export: { summary: 'Writes the rows of a table into a file.', load: () => import('../table/export.ts') },
    rm: { summary: 'Deletes tables.', load: () => import('../table/rm.ts') },
    mv: { summary: 'Renames a table.', load: () => import('../table/mv.ts') },
    cp: { summary: 'Copies a table.', load: () => import('../table/cp.ts') },
  },
});
