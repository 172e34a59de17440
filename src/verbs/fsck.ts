/** `fsck`: checks the whole repository and names what is damaged. */
import { checkIntegrity, type IntegrityReport } from '../repo/integrity.ts';
import { parseArguments } from './arguments.ts';
import type { Verb } from './verb.ts';

export const fsck: Verb<IntegrityReport> = {
  name: 'fsck',
  summary: 'Verifies the contents of the database are not corrupted.',
  synopsis: ['[--quiet]'],
  positional: [],
  maxPositional: 0,
  flags: [{ name: 'quiet', help: "Don't show progress. Just print final report." }],
  *run(workspace, args) {
    parseArguments(fsck, args);
    return yield* checkIntegrity(workspace.repository);
  },
};
