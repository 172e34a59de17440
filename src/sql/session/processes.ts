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
  /** What it is doing, where the command does not say it. */
  readonly state?: string;
  /** What runs. */
  readonly statement: string | null;
  /** What the client has said of itself, in order. */
  readonly attributes: ReadonlyMap<string, string>;
}

export interface Processes {
  list(): readonly Process[];
  /** Status variables of the server; with `id`, those of one connection where it has its own. */
  status(id: number | undefined): Readonly<Record<string, string | number>>;
  /** Ends a connection, or only the statement that it runs. Throws 1094 for one that is not there. */
  kill(id: number, queryOnly: boolean): void;
}
