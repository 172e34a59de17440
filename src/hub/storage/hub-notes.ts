/** Small texts that hubs over one storage keep for each other, beside repositories and accounts; each is replaced as a whole. */
export interface HubNotes {
  /** Undefined where there is none. `name`: parts with `/` between, each of letters, digits, `.`, `_` and `-`. */
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
  /** Nothing happens where there is none. */
  remove(name: string): Promise<void>;
  /** The names that begin with `folder` and a slash, without those below further slashes. */
  list(folder: string): Promise<readonly string[]>;
}
