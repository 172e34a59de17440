/**
 * A command of the command line: words for the help, and what it does. Commands over a verb take their words from it;
 * `run` answers the exit status, or throws what `main` puts on standard error.
 */
import type { Environment, Repository } from '../repo/repository.ts';
import type { ScriptSession } from '../sql/script-session.ts';
import type { OpenLocalFile } from '../sql/session/local-file.ts';
import type { Flag } from '../verbs/verb.ts';
import type { UserFlags } from './global-flags.ts';
import type { Terminal } from './terminal.ts';

export interface ServerSession extends ScriptSession {
  /** How LOAD DATA LOCAL gets at files; without it, it does not. */
  openLocalFile?: OpenLocalFile | undefined;
  /** Another connection of the same user, where it is a connection. */
  beside?(): Promise<ScriptSession>;
}

/** Where a command of the shell runs. */
export interface CommandPlace {
  readonly database: string | undefined;
  readonly branch: string;
  readonly session: ServerSession;
}

export interface CommandContext {
  readonly environment: Environment;
  /** The folder of the repository, or of databases, that the command works on; absolute. */
  readonly directory: string;
  /** The folder the command was started in, absolute: files that its arguments name are relative to it. */
  readonly workingDirectory: string;
  /** The database that `--use-db` names, for commands that `selectsDatabase`. */
  readonly database: string | undefined;
  /** The branch that flags before the command name, for commands that `selectsDatabase`; others find themselves on it. */
  readonly branch: string | undefined;
  /** Who flags before the command say it is, for `sql`. */
  readonly user: UserFlags | undefined;
  /** Where accounts are, if not in `directory`. */
  readonly accounts: AccountFiles;
  readonly terminal: Terminal;
  /** Opens the repository of `directory`; throws Dolt's advice when there is none. Closed when the command ends. */
  repository(options?: { readonly readOnly?: boolean }): Repository;
  /**
   * A session on the server that holds the folder's repository, or that flags before the command have named; undefined when
   * none runs. Closed when the command ends.
   */
  server(): Promise<ServerSession | undefined>;
  /**
   * Runs another command on a database and a branch, where `place` has a session. What goes wrong is explained; answers the
   * exit status.
   */
  runLine(words: readonly string[], place: CommandPlace): Promise<number>;
}

/** Absolute paths that flags before the command have named. */
export interface AccountFiles {
  readonly configDirectory: string | undefined;
  readonly privilegeFile: string | undefined;
  readonly branchControlFile: string | undefined;
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
  /** It works on all databases of a folder and selects one of them by itself; others are given that database's folder. */
  readonly selectsDatabase?: boolean;
  /** On a terminal a pager shows what it prints. */
  readonly isPaged?: boolean;
  /** There is no branch that it could work on. */
  readonly hasNoBranch?: boolean;
  /** It needs no folder when there is a server. */
  readonly worksAnywhere?: boolean;
  run(context: CommandContext, args: readonly string[]): Promise<number>;
}
