/** Where the accounts are kept: one text, replaced as a whole by comparison, so that no change of somebody else is lost. */

export interface KeptText {
  readonly text: string;
  /** Changes with every replacement. */
  readonly version: string;
}

export interface AccountStorage {
  /** For messages. */
  readonly name: string;
  /** As it is now, or was a second ago at most; the same object where it has not changed. Undefined where there is none. */
  read(): Promise<KeptText | undefined>;
  /** Puts `text` in the place of `before`; false when that is not there any more. */
  replace(before: KeptText | undefined, text: string): Promise<boolean>;
}
