/** The accounts in their storage: asked with every call, changed by whoever administers the hub while it runs. */
import { DoltError } from '../../base/errors.ts';
import type { AccountStorage, KeptText } from './account-storage.ts';
import { Accounts } from './accounts.ts';

const MOST_ATTEMPTS = 100;

export class AccountBook {
  readonly #storage: AccountStorage;
  #read: { readonly kept: KeptText | undefined; readonly accounts: Accounts } | undefined;

  constructor(storage: AccountStorage) {
    this.#storage = storage;
  }

  /** Throws `corrupt` when they cannot be read: nobody is let in then. */
  async now(): Promise<Accounts> {
    return this.#parsed(await this.#storage.read());
  }

  /** Makes an edit durable, over all that others have changed before. Throws what `edit` throws. */
  async change(edit: (accounts: Accounts) => Accounts): Promise<Accounts> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const kept = await this.#storage.read();
      const accounts = edit(this.#parsed(kept));
      if (await this.#storage.replace(kept, accounts.text())) return accounts;
    }
    throw new DoltError('unavailable', `${this.#storage.name} is changed by others all the time; try again`);
  }

  #parsed(kept: KeptText | undefined): Accounts {
    if (this.#read === undefined || this.#read.kept !== kept) {
      const accounts = kept === undefined ? Accounts.none : Accounts.parse(kept.text, this.#storage.name);
      this.#read = { kept, accounts };
    }
    return this.#read.accounts;
  }
}
