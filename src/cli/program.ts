/** Everything that is not a known command: the help, the version, misspelt names. */
import { Command as Program } from 'commander';
import { nearest } from '../verbs/nearest.ts';
import { commands } from './commands.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';
import type { Terminal } from './terminal.ts';
import { DOLT_VERSION } from './version.ts';

const FLAG_WIDTH = 30;

/** Answers the exit status. */
export function runProgram(args: readonly string[], terminal: Terminal): number {
  const program = new Program('dolt')
    .description('A SQL database that is versioned like Git and replicates through remotes.')
    .usage('[global flags] <command> [arguments]')
    .version(`dolt version ${DOLT_VERSION}`, '-v, --version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.write(text), writeErr: () => {} });
  for (const [name, { summary }] of Object.entries(commands)) program.command(name).description(summary);
  const flags = GLOBAL_FLAGS.map(({ name, value, help }) => `  ${flagText(name, value).padEnd(FLAG_WIDTH)}${help}`);
  program.addHelpText('after', `\nGlobal flags, before the command:\n${flags.join('\n')}`);
  program.addHelpText('after', '\nRun `dolt <command> --help` for a command.\nExample: dolt sql -q "select 1"');
  const [first] = args;
  if (first !== undefined && !first.startsWith('-') && first !== 'help') {
    const near = nearest(first, Object.keys(commands));
    terminal.error(`Unknown Command ${first}`);
    terminal.error(near ? `Did you mean \`dolt ${near}\`?` : 'Run `dolt --help` for the list of commands.');
    return 1;
  }
  try {
    program.parse(first === undefined || first === 'help' ? ['--help'] : [...args], { from: 'user' });
    return 0;
  } catch (error) {
    const { exitCode = 1, message } = error as { exitCode?: number; message: string };
    if (exitCode !== 0) terminal.error(message);
    return exitCode === 0 && first !== undefined ? 0 : 1;
  }
}

const flagText = (name: string, value: string | undefined): string =>
  value === undefined ? `--${name}` : `--${name} <${value}>`;
