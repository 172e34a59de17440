/** `gc`: removes what no ref leads to any more. */
import type { GarbageResult } from '../chunks/collect-garbage.ts';
import { collectGarbage } from '../repo/garbage.ts';
import { parseArguments, UsageError } from './arguments.ts';
import type { Verb } from './verb.ts';

export const gc: Verb<GarbageResult> = {
  name: 'gc',
  summary: 'Cleans up unreferenced data from the repository.',
  synopsis: ['[--shallow | --full] [--archive-level <level>]'],
  positional: [],
  maxPositional: 0,
  flags: [
    { name: 'shallow', short: 's', help: 'perform a fast, but incomplete garbage collection pass (here: the same)' },
    {
      name: 'archive-level',
      value: 'level',
      help: '0 or 1: what is kept is to be written as table files or as an archive (here: always as table files)',
    },
    { name: 'full', short: 'f', help: 'perform a full garbage collection, including the old generation' },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(gc, args);
    if (parsed.has('shallow') && parsed.has('full')) {
      throw new UsageError('Invalid Argument: --shallow is not compatible with --full');
    }
    const level = parsed.value('archive-level');
    if (level !== undefined && !/^[01]$/.test(level)) throw new UsageError(`invalid value for archive-level: ${level}`);
    const { working, staged } = workspace.workingSet();
    // It waits for what runs, and is not to wait for itself.
    workspace.rest();
    return yield* collectGarbage(workspace.repository, {
      keep: [working.address, staged.address],
      isFull: parsed.has('full'),
      progress: (what, chunks) => workspace.progress(`${chunks.toLocaleString('en-US')} chunks ${what}.`),
    });
  },
};
