/** Notes pushes as they come, behind them: nobody waits for it. Of a repository one note is written at a time, the latest. */
import type { Address } from '../../base/address.ts';
import type { Clock } from '../../base/environment.ts';
import { DoltError } from '../../base/errors.ts';
import type { ServerLog } from '../../service/log.ts';
import { notePush } from './last-push.ts';
import type { RepositoryName } from './repository-name.ts';
import type { RepositoryStorage } from './repository-storage.ts';

interface Push {
  readonly root: Address;
  readonly atMs: number;
}

export class PushNotes {
  readonly #storage: RepositoryStorage;
  readonly #clock: Clock;
  readonly #log: ServerLog;
  /** The latest push of each that is still to be noted. */
  readonly #latest = new Map<RepositoryName, Push>();
  readonly #writing = new Map<RepositoryName, Promise<void>>();

  constructor(storage: RepositoryStorage, clock: Clock, log: ServerLog) {
    this.#storage = storage;
    this.#clock = clock;
    this.#log = log;
  }

  pushed(repository: RepositoryName, root: Address): void {
    this.#latest.set(repository, { root, atMs: this.#clock.now() });
    if (this.#writing.has(repository)) return;
    const writing = this.#write(repository).finally(() => this.#writing.delete(repository));
    this.#writing.set(repository, writing);
  }

  /** When all that came before is noted. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  async #write(repository: RepositoryName): Promise<void> {
    for (let push = this.#latest.get(repository); push !== undefined; push = this.#latest.get(repository)) {
      this.#latest.delete(repository);
      try {
        await notePush(this.#storage, repository, push.root, push.atMs);
      } catch (error) {
        if (!(error instanceof DoltError)) throw error;
        this.#log.warn('a push was not noted', { repository, error: error.message });
      }
    }
  }
}
