/** `dolt schema`: how tables are defined. */
import { subcommands } from '../subcommands.ts';

export const command = subcommands({
  name: 'schema',
  summary: 'Show and export the schemas of tables.',
  examples: ['dolt schema show employees', 'dolt schema export employees schema.sql'],
  actions: {
    show: { summary: 'Shows the schemas of tables.', load: () => import('../schema/show.ts') },
    export: { summary: 'Writes the schemas of tables as SQL.', load: () => import('../schema/export.ts') },
    import: { summary: 'Creates a new table with an inferred schema.', load: () => import('../schema/import.ts') },
    tags: { summary: 'Shows the column tags of one or more tables.', load: () => import('../schema/tags.ts') },
    'copy-tags': {
      summary: 'Update the column tags on one branch to match another branch',
      load: () => import('../schema/copy-tags.ts'),
    },
    'update-tag': { summary: "Update a column's tag", load: () => import('../schema/update-tag.ts') },
  },
});
