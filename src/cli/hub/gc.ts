/** `dolt hub gc`: takes what nothing leads to any more off a hub's repositories, while it runs. */
import { DoltError } from '../../base/errors.ts';
import { parseRepositoryName, type RepositoryName } from '../../hub/storage/repository-name.ts';
import type { RepositoryStorage } from '../../hub/storage/repository-storage.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { openStorageOf, readHubConfig, STORAGE_FLAGS } from './hub-flags.ts';

export const command: Command = {
  name: 'hub gc',
  summary: 'Collects the garbage of repositories: chunks that no branch and no tag leads to, and files nobody needs.',
  synopsis: ['[--gc-grace <time>] [<owner>/<database>...]'],
  positional: [['repository', 'The repositories; all of them unless told.']],
  flags: [
    ...STORAGE_FLAGS,
    {
      name: 'gc-grace',
      value: 'time',
      help: 'How long what nothing leads to is kept: longer than any push and any clone takes. Defaults to 24h.',
    },
  ],
  examples: ['dolt hub gc --data-dir /srv/hub', 'dolt hub gc acme/shop'],
  hasNoBranch: true,
  async run(context, args) {
    const parsed = parseArguments(command, args);
    const names = parsed.positional.map(nameOf);
    const { garbage } = readHubConfig(context, parsed);
    const storage = await openStorageOf(context, parsed);
    const done = await storage.exclusively('gc', async () => {
      storage.own?.take();
      try {
        for (const name of names.length > 0 ? names : await storage.list()) {
          context.terminal.line(await collect(storage, name, garbage.graceMs));
        }
      } finally {
        storage.own?.close();
      }
    });
    if (done) return 0;
    throw new DoltError('unavailable', 'garbage is being collected by another process; try again when it has finished');
  },
};

async function collect(storage: RepositoryStorage, name: RepositoryName, graceMs: number): Promise<string> {
  const report = await storage.collect(name, { graceMs, leastShare: 0 });
  const { bytesBefore, bytesAfter, chunksDropped, filesRemoved } = report;
  return `${name}: ${bytesBefore} bytes before, ${bytesAfter} after; ${chunksDropped} chunks dropped, ${filesRemoved} files removed`;
}

function nameOf(text: string): RepositoryName {
  const name = parseRepositoryName(text);
  if (name === undefined) throw new DoltError('invalid', `'${text}' is not an owner/database`);
  return name;
}
