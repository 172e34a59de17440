/** The key pairs that let a user in, as they see and change them themselves. */
import type { Clock } from '../../base/environment.ts';
import { DoltError } from '../../base/errors.ts';
import { keyIdOf } from '../../remote/key-pairs.ts';
import type { ServerLog } from '../../service/log.ts';
import type { Caller } from '../../service/service-host.ts';
import type { AccountBook } from './account-book.ts';
import type { KeptKey } from './accounts.ts';
import { tokenIdIn } from './passwords.ts';

/** A public key, as `dolt creds ls` shows it; or the id of one. */
export type KeyChange = { readonly add: string } | { readonly remove: string };

/** More than anybody has machines. */
const MOST_KEYS = 100;

export class OwnKeys {
  readonly #book: AccountBook;
  readonly #clock: Clock;
  readonly #log: Pick<ServerLog, 'info'>;

  constructor(book: AccountBook, clock: Clock, log: Pick<ServerLog, 'info'>) {
    this.#book = book;
    this.#clock = clock;
    this.#log = log;
  }

  /** Throws `denied` for nobody in particular. */
  async list(caller: Caller): Promise<readonly KeptKey[]> {
    return (await this.#book.now()).mustGet(named(caller)).keys;
  }

  /**
   * Holds with the next call of anybody. `authorization` is the one that the caller was known by: a key that is added by a token
   * lasts as long as that, and no key is added by another key. Throws `denied` for that and for nobody in particular, `invalid`
   * for what is no key, `conflict` for one that somebody has, `notFound` for one that the caller has not.
   */
  async change(caller: Caller, change: KeyChange, authorization: string): Promise<void> {
    const user = named(caller);
    if ('remove' in change) {
      await this.#book.change((accounts) => accounts.withoutKey(user, change.remove));
      this.#log.info('key removed', { user, key: change.remove });
      return;
    }
    const token = tokenIdIn(authorization);
    if (token === undefined) throw new DoltError('denied', 'sign in with a token or a password to add a key');
    const publicKey = change.add;
    const id = keyIdOf(publicKey);
    if (id === undefined)
      throw new DoltError('invalid', `'${publicKey.slice(0, 100)}' is no public key; "dolt creds ls" shows yours`);
    const created = this.#clock.now();
    await this.#book.change((accounts) => {
      if (accounts.mustGet(user).keys.length >= MOST_KEYS)
        throw new DoltError('conflict', `nobody has more than ${MOST_KEYS} keys`);
      return accounts.withKey(user, { id, publicKey, created, ...(token === null ? {} : { token }) });
    });
    this.#log.info('key added', { user, key: id });
  }
}

function named(caller: Caller): string {
  if (caller === undefined) throw new DoltError('denied', 'sign in first: keys are of users');
  return caller;
}
