/** Where a mapper finds the server. */
export interface Place {
  readonly port: number;
  /** Makes an empty database and answers its name. */
  database(name: string): Promise<string>;
  /** A folder for files of this name's owner. */
  folder(name: string): string;
  /** Runs a command to its end; what it wrote. */
  run(
    command: string,
    args: readonly string[],
    directory: string,
  ): Promise<{ readonly out: string; readonly err: string }>;
}
