/** Runs a command and answers what is about its words only: the help, a flag nobody knows. */
import { HelpRequested, UsageError } from '../verbs/arguments.ts';
import { nearest } from '../verbs/nearest.ts';
import type { Command, CommandContext } from './command.ts';

export async function runCommand(command: Command, context: CommandContext, args: readonly string[]): Promise<number> {
  const { terminal } = context;
  try {
    return await command.run(context, args);
  } catch (error) {
    if (error instanceof HelpRequested) {
      const { helpText } = await import('./help.ts');
      terminal.write(helpText(command, terminal));
      return 0;
    }
    if (!(error instanceof UsageError)) throw error;
    terminal.error(error.message);
    const flags = command.flags.map((flag) => flag.name);
    // One letter is near to every other.
    const misspelt = error.unknownFlag !== undefined && error.unknownFlag.length > 1 ? error.unknownFlag : undefined;
    const near = misspelt === undefined ? undefined : nearest(misspelt, flags);
    terminal.error(near ? `Did you mean \`--${near}\`?` : `Run \`dolt ${command.name} --help\` for its options.`);
    return 1;
  }
}
