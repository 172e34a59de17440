/**
 * With which plugin a user that does not exist is asked for a password: always the same for one name, and one of those
 * that accounts have, so that nobody learns from it which names exist.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { AUTHENTICATION_PLUGINS, type AuthenticationPlugin, DEFAULT_PLUGIN } from '../sql/accounts/account.ts';
import type { AccountBook } from '../sql/accounts/account-book.ts';

export class Decoys {
  readonly #book: AccountBook;
  readonly #secret = randomBytes(32);
  #version = 0;
  #plugins: readonly AuthenticationPlugin[] = [DEFAULT_PLUGIN];

  constructor(book: AccountBook) {
    this.#book = book;
  }

  pluginOf(user: string): AuthenticationPlugin {
    if (this.#version !== this.#book.version) {
      const used = new Set<string>();
      for (const { plugin, isLocked } of this.#book.snapshot.accounts.values()) if (!isLocked) used.add(plugin);
      const plugins = AUTHENTICATION_PLUGINS.filter((plugin) => used.has(plugin));
      this.#plugins = plugins.length === 0 ? [DEFAULT_PLUGIN] : plugins;
      this.#version = this.#book.version;
    }
    const [byte = 0] = createHmac('sha256', this.#secret).update(user).digest();
    return this.#plugins[byte % this.#plugins.length]!;
  }
}
