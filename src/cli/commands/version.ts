/** `dolt version`: ours, and the version of Dolt whose formats and commands it follows. */
import type { Command } from '../command.ts';
import { DOLT_VERSION, VERSION } from '../version.ts';

export const command: Command = {
  name: 'version',
  summary: 'Displays the version.',
  synopsis: [''],
  positional: [],
  flags: [],
  examples: ['dolt version'],
  async run({ terminal }) {
    terminal.line(`dolt version ${DOLT_VERSION}`);
    terminal.line(`dolt-ts version ${VERSION}`);
    return 0;
  },
};
