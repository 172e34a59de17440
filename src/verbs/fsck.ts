/** `fsck`: checks the whole repository and names what is damaged; or takes the way out of a damaged journal. */
import { DoltError } from '../base/errors.ts';
import { type RevivedJournal, reviveJournal } from '../chunks/revive-journal.ts';
import { checkIntegrity, type IntegrityReport } from '../repo/integrity.ts';
import { NotARepositoryError } from '../repo/repo-errors.ts';
import { nomsIn } from '../repo/repository.ts';
import { parseArguments } from './arguments.ts';
import type { FolderVerb } from './folder-verb.ts';

export type FsckResult = IntegrityReport | RevivedJournal;

const REVIVE = 'revive-journal-with-data-loss';

export const fsck: FolderVerb<FsckResult> = {
  name: 'fsck',
  summary: 'Verifies the contents of the database are not corrupted.',
  synopsis: ['[--quiet]', `--${REVIVE}`],
  positional: [],
  maxPositional: 0,
  flags: [
    { name: 'quiet', help: "Don't show progress. Just print final report." },
    {
      name: REVIVE,
      help: 'Makes a repository with a damaged journal usable again by cutting off everything behind the damage. The journal as it was is kept beside it.',
    },
  ],
  *run({ environment, directory }, args) {
    const parsed = parseArguments(fsck, args);
    if (!parsed.has(REVIVE)) return yield* checkIntegrity(environment, directory);
    const { disk, clock } = environment;
    if (!disk.stat(nomsIn(directory))) throw new NotARepositoryError(directory);
    const revived = reviveJournal(disk, nomsIn(directory), clock.now());
    if (!revived) throw new DoltError('invalid', 'no data loss detected in chunk journal file; no recovery performed');
    return revived;
  },
};
