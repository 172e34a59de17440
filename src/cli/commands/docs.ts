/** `dolt docs`: the documents that travel with a database. */
import { subcommands } from '../subcommands.ts';

export const command = subcommands({
  name: 'docs',
  summary: 'Commands for working with Dolt documents.',
  examples: ['dolt docs upload README.md README.md', 'dolt docs print README.md'],
  actions: {
    diff: { summary: 'Diffs Dolt Docs', load: () => import('../docs/diff.ts') },
    print: { summary: 'Prints Dolt Docs to stdout', load: () => import('../docs/print.ts') },
    upload: {
      summary: 'Uploads Dolt Docs from the file system into the database',
      load: () => import('../docs/upload.ts'),
    },
  },
});
