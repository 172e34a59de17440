/**
 * A command of the command line: words for the help, and what it does. Commands over a verb take their words from it;
 * `run` answers the exit status, or throws what `main` puts on standard error.
 */
import type { Environment, Repository } from '../repo/repository.ts';
import type { Flag } from '../verbs/verb.ts';
import type { Terminal } from './terminal.ts';

export interface CommandContext {
  readonly environment: Environment;
  /** The folder the command was started in, absolute. */
  readonly directory: string;
  readonly terminal: Terminal;
  /** Opens the repository of `directory`; throws Dolt's advice when there is none. Closed when the command ends. */
  repository(options?: { readonly readOnly?: boolean }): Repository;
}

export interface CommandWords {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Synopsis lines without `dolt <name>`. */
  readonly synopsis: readonly string[];
  readonly positional: readonly (readonly [name: string, help: string])[];
  readonly flags: readonly Flag[];
  /** At least one whole command line, as a user would type it. */
  readonly examples: readonly string[];
}

export interface Command extends CommandWords {
  run(context: CommandContext, args: readonly string[]): Promise<number>;
}
