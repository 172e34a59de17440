/** A primary's connections to remotes, one for each URL, which stay open. */
import { askingAs, type openRemote } from '../remote/open-remote.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import type { Repository } from '../repo/repository.ts';
import { remoteAt } from '../repo/upstream.ts';
import { answeringRemote } from './answering-remote.ts';
import { mayBeEmpty, type Target } from './queue.ts';

export class RemoteConnections {
  readonly #repository: Repository;
  readonly #openRemote: typeof openRemote;
  readonly #timeoutMs: () => number;
  readonly #open = new Map<string, RemoteStore>();

  /** `timeoutMs`: how long a remote may take for an answer. */
  constructor(repository: Repository, open: typeof openRemote, timeoutMs: () => number) {
    this.#repository = repository;
    this.#openRemote = open;
    this.#timeoutMs = timeoutMs;
  }

  to(target: Target): RemoteStore {
    const remote = this.#open.get(target.url) ?? this.#connect(target);
    this.#open.set(target.url, remote);
    return remote;
  }

  /** The connection, where there is one. */
  opened({ url }: Target): RemoteStore | undefined {
    return this.#open.get(url);
  }

  close(): void {
    for (const remote of this.#open.values()) remote.close();
    this.#open.clear();
  }

  #connect(target: Target): RemoteStore {
    const repository = this.#repository;
    const { environment } = repository;
    const asking = askingAs(repository, remoteAt(repository.state(), target.url));
    const create = mayBeEmpty(repository, target);
    const store = this.#openRemote(environment, target.url, { create, isPrompt: true, ...asking });
    return answeringRemote(store, environment.timers, this.#timeoutMs);
  }
}
