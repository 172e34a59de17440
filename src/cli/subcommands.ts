/** A command that has commands of its own: `dolt table import`, `dolt conflicts cat`. Each is loaded when it is used. */
import { HelpRequested, UsageError } from '../verbs/arguments.ts';
import { nearest } from '../verbs/nearest.ts';
import type { Command } from './command.ts';
import type { CommandEntry } from './commands.ts';
import { runCommand } from './run-command.ts';

export interface SubcommandWords {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly string[];
  readonly actions: Readonly<Record<string, CommandEntry>>;
}

export function subcommands({ name, summary, examples, actions }: SubcommandWords): Command {
  const names = Object.keys(actions);
  return {
    ...{ name, summary, examples },
    synopsis: names.map((action) => `${action} …`),
    positional: Object.entries(actions).map(([action, entry]) => [
      action,
      `${entry.summary} See dolt ${name} ${action} --help.`,
    ]),
    flags: [],
    async run(context, args) {
      const [action, ...rest] = args;
      if (action === '--help' || action === '-h') throw new HelpRequested();
      if (action === undefined) throw new UsageError(`dolt ${name} needs one of: ${names.join(', ')}`);
      const entry = Object.hasOwn(actions, action) ? actions[action] : undefined;
      if (entry) return await runCommand((await entry.load()).command, context, rest);
      const near = nearest(action, names);
      const hint = near === undefined ? '' : `\nDid you mean \`dolt ${name} ${near}\`?`;
      throw new UsageError(`Unknown Command ${action}${hint}`);
    },
  };
}
