/**
 * The commands by name, in the order of the help. Each lives in a file of its own that is loaded when it is used:
 * adding a command is adding its file and its line here.
 */
import type { Command } from './command.ts';

export interface CommandEntry {
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  version: { summary: 'Displays the version.', load: () => import('./commands/version.ts') },
};
