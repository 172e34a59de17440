/** `dolt creds`: the key pairs that remotes over the network know a user by. */
import { subcommands } from '../subcommands.ts';

export const command = subcommands({
  name: 'creds',
  summary: 'Commands for managing credentials.',
  examples: [
    'dolt creds new',
    'dolt creds ls -v',
    'dolt creds use eak95022q3vskvumn2fcrpibdnheq1dtr8t2a1pojmba5b4p4e9g',
  ],
  actions: {
    new: {
      summary: 'Create a new public/private keypair for authenticating with remotes.',
      load: () => import('../creds/new.ts'),
    },
    ls: { summary: 'List keypairs available for authenticating with remotes.', load: () => import('../creds/ls.ts') },
    rm: { summary: 'Remove a stored public/private keypair.', load: () => import('../creds/rm.ts') },
    use: {
      summary: 'Select an existing credential for authenticating with remotes.',
      load: () => import('../creds/use.ts'),
    },
    check: {
      summary: 'Check authenticating with a credential keypair against a remote.',
      load: () => import('../creds/check.ts'),
    },
    import: {
      summary: 'Import a credential from an existing .jwk file.',
      load: () => import('../creds/import.ts'),
    },
  },
});
