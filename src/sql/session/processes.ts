/** The connections that an engine serves, for SHOW PROCESSLIST and KILL. The command line's engine has only itself. */

export interface Process {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  readonly database: string | null;
  /** `Query`, `Sleep`, `Connect`. */
  readonly command: string;
  /** Seconds that it has been doing that. */
  readonly seconds: number;
  /** What runs. */
  readonly statement: string | null;
}

export interface Processes {
  list(): readonly Process[];
  /** Ends a connection, or only the statement that it runs. Throws 1094 for one that is not there. */
  kill(id: number, queryOnly: boolean): void;
}
