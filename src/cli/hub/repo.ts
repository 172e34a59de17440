/** `dolt hub repo`: the repositories of a hub. */
import { DoltError } from '../../base/errors.ts';
import { NAME_RULE, parseRepositoryName, type RepositoryName } from '../../hub/storage/repository-name.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { actionOf } from './action.ts';
import { openHub, STORAGE_FLAGS } from './hub-flags.ts';

export const command: Command = {
  name: 'hub repo',
  summary: 'Lists, makes and removes repositories, and says who may read them.',
  synopsis: ['ls', 'create <owner>/<database>', 'rm <owner>/<database>', 'public|private <owner>/<database>'],
  positional: [
    ['action', 'ls, create, rm, public (everybody may read it) or private (users with a right; so at first).'],
    ['repository', 'owner/database.'],
  ],
  flags: STORAGE_FLAGS,
  examples: ['dolt hub repo create acme/shop', 'dolt hub repo public acme/shop'],
  hasNoBranch: true,
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 2 }, args);
    const [word, text] = parsed.positional;
    const action = actionOf(word, ['ls', 'create', 'rm', 'public', 'private']);
    const name = action === 'ls' ? undefined : nameOf(text);
    const { storage, book } = await openHub(context, parsed);
    if (name === undefined) {
      const accounts = await book.now();
      for (const each of await storage.list()) {
        context.terminal.line(`${each}\t${accounts.isPublic(each) ? 'public' : 'private'}`);
      }
    } else if (action === 'create') {
      if ((await storage.identity(name)) !== undefined)
        throw new DoltError('conflict', `there is a repository ${name}`);
      await storage.create(name);
    } else if (action === 'rm') {
      if ((await storage.identity(name)) === undefined) throw missing(name);
      // First its rights: another one of its name begins without them.
      await book.change((accounts) => accounts.withoutRepository(name));
      await storage.remove(name);
    } else {
      if ((await storage.identity(name)) === undefined) throw missing(name);
      await book.change((accounts) => accounts.withPublic(name, action === 'public'));
    }
    return 0;
  },
};

function nameOf(text: string | undefined): RepositoryName {
  if (text === undefined) throw new UsageError('the name of a repository is needed: owner/database');
  const name = parseRepositoryName(text);
  if (name === undefined) throw new DoltError('invalid', `'${text}' is not an owner/database: ${NAME_RULE}`);
  return name;
}

function missing(name: RepositoryName): DoltError {
  return new DoltError('notFound', `there is no repository ${name}; "dolt hub repo ls" lists them`);
}
