/** `dolt hub`: a hosted remote. Without a word it serves; words are for who administers it. */
import type { Command } from '../command.ts';
import { SERVE_FLAGS, serve } from '../hub/serve.ts';
import { subcommands } from '../subcommands.ts';

const administration = subcommands({
  name: 'hub',
  summary: 'Serve repositories to push to, clone and fetch from.',
  examples: [
    'dolt hub --data-dir /srv/hub --open',
    'dolt hub --config hub.yaml',
    'dolt hub user add ada --data-dir /srv/hub',
  ],
  actions: {
    user: { summary: 'Makes, lists and removes users.', load: () => import('../hub/user.ts') },
    token: { summary: 'Makes, lists and removes tokens.', load: () => import('../hub/token.ts') },
    key: { summary: 'Adds, lists and removes public keys of dolt creds.', load: () => import('../hub/key.ts') },
    grant: { summary: 'Gives a user a right.', load: () => import('../hub/grant.ts') },
    revoke: { summary: 'Takes a right back.', load: () => import('../hub/revoke.ts') },
    repo: { summary: 'Lists, makes and removes repositories.', load: () => import('../hub/repo.ts') },
    gc: { summary: 'Collects garbage.', load: () => import('../hub/gc.ts') },
  },
});

export const command: Command = {
  ...administration,
  synopsis: ['[--data-dir <directory> | --bucket <s3 url>] [--config <file>] [--open]', ...administration.synopsis],
  flags: SERVE_FLAGS,
  hasNoBranch: true,
  run: async (context, args) =>
    args[0] === undefined || (args[0].startsWith('-') && !/^--?(h|help)$/.test(args[0]))
      ? await serve(context, args)
      : await administration.run(context, args),
};
