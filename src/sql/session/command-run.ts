/**
 * Commands of the command line that a client elsewhere asks for. They run beside the engine, on the machine and the folder of
 * its server, which sets how; what they write comes back as they write it.
 */
export interface CommandRequest {
  readonly database: string;
  /** Undefined: the one that is checked out. */
  readonly branch: string | undefined;
  /** The command and what follows it. */
  readonly args: readonly string[];
  /** Of the environment: who signs commits. */
  readonly variables: Readonly<Record<string, string>>;
  /** Ends the command. */
  readonly signal: AbortSignal;
}

export interface CommandOutput {
  readonly stream: 'out' | 'err';
  readonly bytes: Uint8Array;
}

/** Gives the exit status at last. Throws `unsupported` for a command that does not run so. */
export type RunCommand = (request: CommandRequest) => AsyncGenerator<CommandOutput, number, void>;
