/** `dolt version`: ours, and the version of Dolt whose formats and commands it follows. */

import { Repository } from '../../repo/repository.ts';
import { FEATURE_VERSION } from '../../repo/root-value.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { DOLT_VERSION, VERSION } from '../version.ts';

export const command: Command = {
  name: 'version',
  summary: 'Displays the version.',
  synopsis: ['[--verbose] [--feature]'],
  positional: [],
  flags: [
    { name: 'feature', short: 'f', help: 'display the feature version of this repository.' },
    { name: 'verbose', short: 'v', help: 'display verbose details, including the storage format of this repository.' },
  ],
  examples: ['dolt version'],
  hasNoBranch: true,
  async run({ terminal, environment, directory }, args) {
    const parsed = parseArguments({ ...command, maxPositional: 0 }, args);
    terminal.line(`dolt version ${DOLT_VERSION}`);
    terminal.line(`dolt-ts version ${VERSION}`);
    if (parsed.has('verbose') && Repository.isRepository(environment.disk, directory)) {
      terminal.line('database storage format: NEW ( __DOLT__ )');
    }
    if (parsed.has('feature')) terminal.line(`feature version: ${FEATURE_VERSION}`);
    return 0;
  },
};
