/** The repositories of a storage, a bounded number of them open: those that were used last. */
import type { ServedStore } from '../../service/served-store.ts';
import type { RepositoryName } from './repository-name.ts';
import type { RepositoryStorage } from './repository-storage.ts';
import { SharedStore } from './shared-store.ts';

interface OpenRepository {
  /** Of the one that it was opened for; undefined while there is none. */
  readonly identity: string | undefined;
  readonly store: SharedStore;
}

export class Repositories {
  readonly #storage: RepositoryStorage;
  readonly #mostOpen: number;
  /** The longest unused first. */
  readonly #open = new Map<RepositoryName, OpenRepository>();

  constructor(storage: RepositoryStorage, mostOpen: number) {
    this.#storage = storage;
    this.#mostOpen = mostOpen;
  }

  list(): Promise<readonly RepositoryName[]> {
    return this.#storage.list();
  }

  async exists(name: RepositoryName): Promise<boolean> {
    return (await this.#storage.identity(name)) !== undefined;
  }

  /** The store of one that need not be there yet: its first file makes it. Not to be closed. */
  async store(name: RepositoryName): Promise<ServedStore> {
    const identity = await this.#storage.identity(name);
    let open = this.#open.get(name);
    if (open !== undefined && open.identity === undefined) {
      // Its first file has made it; what was found out about that file is still known.
      open = { identity, store: open.store };
    } else if (open === undefined || open.identity !== identity) {
      // What an old one of this name held, and remembers, is not in a new one.
      open?.store.close();
      open = { identity, store: new SharedStore(this.#storage.open(name)) };
    }
    this.#open.delete(name);
    this.#open.set(name, open);
    for (const [oldest, { store }] of this.#open) {
      if (this.#open.size <= this.#mostOpen) break;
      this.#open.delete(oldest);
      store.close();
    }
    return open.store;
  }

  get openCount(): number {
    return this.#open.size;
  }

  close(): void {
    for (const { store } of this.#open.values()) store.close();
    this.#open.clear();
  }
}
