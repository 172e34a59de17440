/** Who may do what in which repository of a hub, for every call of the service and every request of the page alike. */
import type { Address } from '../base/address.ts';
import { GrpcError, GrpcStatus } from '../base/network.ts';
import type { ServedStore } from '../service/served-store.ts';
import type { Caller, CallOrigin, Need, ServiceHost } from '../service/service-host.ts';
import type { AccountBook } from './accounts/account-book.ts';
import { isEnough, type Right } from './accounts/accounts.ts';
import type { Authenticator } from './accounts/authenticator.ts';
import type { CallNotes } from './calls/call-notes.ts';
import { ObservedStore, type StoreObserver } from './calls/observed-store.ts';
import type { Repositories } from './storage/repositories.ts';
import { NAME_RULE, ownerOf, parseRepositoryName, type RepositoryName } from './storage/repository-name.ts';

export interface HubHostOptions {
  readonly repositories: Repositories;
  readonly book: AccountBook;
  readonly authenticator: Authenticator;
  /** Everybody may do everything. */
  readonly isOpen: boolean;
  readonly notes: CallNotes;
  readonly events: HubEvents;
  /** Of one uploaded file. */
  readonly mostUploadBytes: number;
}

/** What happens in repositories. */
export interface HubEvents {
  /** Somebody was answered a repository's root. */
  polled(repository: RepositoryName, caller: Caller, origin: CallOrigin, root: Address): void;
  /** Somebody moved it. */
  pushed(repository: RepositoryName, caller: Caller, next: Address, last: Address): void;
  /** Bytes of files. */
  sent(bytes: number): void;
  received(bytes: number): void;
}

export class HubHost implements ServiceHost {
  readonly assertsWorkingSet = false;
  readonly #options: HubHostOptions;

  constructor(options: HubHostOptions) {
    this.#options = options;
  }

  async authenticate(authorization: string | undefined, origin: CallOrigin): Promise<Caller> {
    if (this.#options.isOpen) return undefined;
    const caller = await this.#options.authenticator.authenticate(authorization, origin);
    this.#options.notes.of(origin).caller = caller;
    return caller;
  }

  async store(path: string, caller: Caller, need: Need, origin?: CallOrigin): Promise<ServedStore> {
    const { repositories, notes, events, mostUploadBytes } = this.#options;
    const name = parseRepositoryName(path);
    if (name === undefined) {
      const shown = JSON.stringify(path.slice(0, 100));
      throw new GrpcError(GrpcStatus.invalidArgument, `${shown} is not an owner/database: ${NAME_RULE}`);
    }
    if (origin) notes.of(origin).repository = name;
    await this.#assertMay(name, caller, need);
    const observer: StoreObserver = {
      polled: (root) => origin && events.polled(name, caller, origin, root),
      pushed: (next, last) => events.pushed(name, caller, next, last),
      sent: (bytes) => events.sent(bytes),
      received: (bytes) => events.received(bytes),
    };
    return new ObservedStore(await repositories.store(name), observer, mostUploadBytes);
  }

  /** What a caller may do in a repository; undefined: it is not there for them. */
  async rightIn(name: RepositoryName, caller: Caller): Promise<Right | undefined> {
    if (this.#options.isOpen) return 'owner';
    return (await this.#options.book.now()).rightIn(name, caller);
  }

  async #assertMay(name: RepositoryName, caller: Caller, need: Need): Promise<void> {
    const { isOpen, book, repositories } = this.#options;
    if (isOpen) return;
    const accounts = await book.now();
    const right = accounts.rightIn(name, caller);
    // The same whether or not there is one.
    if (right === undefined) throw caller === undefined ? mustLogIn(name) : notThere(name);
    if (!isEnough(right, need === 'read' ? 'reader' : 'writer')) {
      if (caller === undefined) throw mustLogIn(name);
      throw new GrpcError(GrpcStatus.permissionDenied, `${caller} may read ${name}, and not write to it`);
    }
    // Who may make it finds it empty; the first push makes it.
    if (accounts.mayCreate(ownerOf(name), caller) || (await repositories.exists(name))) return;
    throw notThere(name);
  }
}

function mustLogIn(name: RepositoryName): GrpcError {
  return new GrpcError(GrpcStatus.unauthenticated, `there is no repository ${name} that everybody may use so; log in`);
}

function notThere(name: RepositoryName): GrpcError {
  return new GrpcError(GrpcStatus.notFound, `there is no repository ${name} that you may see`);
}
