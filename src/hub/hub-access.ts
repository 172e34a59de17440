/** Who may see what on the page: the same as may be cloned; and who may change that: who owns it. */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import type { ServerLog } from '../service/log.ts';
import type { Caller } from '../service/service-host.ts';
import type { AccountBook } from './accounts/account-book.ts';
import type { Accounts } from './accounts/accounts.ts';
import type { OwnKeys } from './accounts/own-keys.ts';
import { owns, type RepositoryRights, type RightsChange, rightsFor, withChange } from './accounts/repository-rights.ts';
import type { StoreCopies } from './content/store-copies.ts';
import type { HubHost } from './hub-host.ts';
import type { HubRepository, PageAccess, RequestOrigin, StoreFacts } from './page-access.ts';
import { folderFacts } from './storage/folder-facts.ts';
import { lastPush } from './storage/last-push.ts';
import type { Repositories } from './storage/repositories.ts';
import { databaseOf, ownerOf, parseRepositoryName, type RepositoryName } from './storage/repository-name.ts';
import type { RepositoryStorage } from './storage/repository-storage.ts';

export interface HubAccessOptions {
  readonly disk: Disk;
  readonly host: HubHost;
  readonly book: AccountBook;
  readonly storage: RepositoryStorage;
  readonly repositories: Repositories;
  /** Told who changed which rights. */
  readonly log: Pick<ServerLog, 'info'>;
  /** Everybody may do everything. */
  readonly isOpen: boolean;
  /** Of repositories that lie in no folder of this machine; made when the first is shown. */
  readonly copies: () => StoreCopies;
  /** Those of users; not there where nobody is asked who they are. */
  readonly keys: OwnKeys | undefined;
}

export class HubAccess implements PageAccess {
  readonly #options: HubAccessOptions;

  constructor(options: HubAccessOptions) {
    this.#options = options;
  }

  get keys(): OwnKeys | undefined {
    return this.#options.keys;
  }

  get isOpen(): boolean {
    return this.#options.isOpen;
  }

  async authenticate(authorization: string | undefined, origin: RequestOrigin): Promise<Caller> {
    return await this.#options.host.authenticate(authorization, origin);
  }

  async repositories(caller: Caller): Promise<readonly HubRepository[]> {
    const { repositories, book, isOpen } = this.#options;
    const [names, accounts] = await Promise.all([repositories.list(), book.now()]);
    const seen = names.filter((name) => isOpen || accounts.rightIn(name, caller) !== undefined);
    return seen.map((name) => this.#repository(name, accounts, caller));
  }

  /** Who may make one finds it empty, and how to fill it. */
  async repository(owner: string, database: string, caller: Caller): Promise<HubRepository | undefined> {
    const { repositories, book, isOpen } = this.#options;
    const name = parseRepositoryName(`${owner}/${database}`);
    if (name === undefined) return undefined;
    const accounts = await book.now();
    if (!isOpen && accounts.rightIn(name, caller) === undefined) return undefined;
    const mayMake = isOpen || accounts.mayCreate(owner, caller);
    const isThere = await repositories.exists(name);
    if (!mayMake && !isThere) return undefined;
    const repository = this.#repository(name, accounts, caller);
    // Nothing is said of one that may never be made.
    return isThere ? repository : { ...repository, isOwned: false };
  }

  /** Who pulls from it, and who pushes, is for those with a right of their own, though everybody may read it. */
  async maySeeReplication({ owner, database }: HubRepository, caller: Caller): Promise<boolean> {
    const { book, isOpen } = this.#options;
    const name = parseRepositoryName(`${owner}/${database}`);
    if (isOpen || name === undefined) return isOpen;
    return (await book.now()).withPublic(name, false).rightIn(name, caller) !== undefined;
  }

  async rights({ owner, database }: HubRepository, caller: Caller): Promise<RepositoryRights> {
    const name = await this.#withRights(owner, database);
    return rightsFor(await this.#options.book.now(), name, caller);
  }

  async changeRights({ owner, database }: HubRepository, caller: Caller, change: RightsChange): Promise<void> {
    const { book, log } = this.#options;
    const name = await this.#withRights(owner, database);
    await book.change((accounts) => withChange(accounts, name, caller, change));
    const what = 'isPublic' in change ? change : { user: change.user, right: change.right ?? 'none' };
    log.info('rights changed', { repository: name, by: caller, ...what });
  }

  /** Throws `notFound` for a repository that is not there, and `denied` where there are no rights. */
  async #withRights(owner: string, database: string): Promise<RepositoryName> {
    const { repositories, isOpen } = this.#options;
    if (isOpen) throw new DoltError('denied', 'this hub is open: everybody may do everything');
    const name = parseRepositoryName(`${owner}/${database}`);
    if (name !== undefined && (await repositories.exists(name))) return name;
    throw new DoltError('notFound', `there is no repository ${owner}/${database} yet; the first push makes it`);
  }

  /** The folder of a repository's store, or of a copy of it. */
  async folderOf(name: RepositoryName): Promise<string> {
    const { storage, repositories, copies } = this.#options;
    return storage.directoryOf?.(name) ?? (await copies().folder(name, await repositories.store(name)));
  }

  #repository(name: RepositoryName, accounts: Accounts, caller: Caller): HubRepository {
    const { isOpen } = this.#options;
    return {
      ...{ owner: ownerOf(name), database: databaseOf(name) },
      isPublic: isOpen || accounts.isPublic(name),
      isOwned: !isOpen && owns(accounts, name, caller),
      facts: () => this.#factsOf(name),
      folder: () => this.folderOf(name),
    };
  }

  async #factsOf(name: RepositoryName): Promise<StoreFacts> {
    const { disk, storage } = this.#options;
    const directory = storage.directoryOf?.(name);
    const { root, byteSize } =
      directory === undefined ? await this.#factsElsewhere(name) : folderFacts(disk, directory);
    return { byteSize, lastPush: await lastPush(storage, name, root) };
  }

  async #factsElsewhere(name: RepositoryName): Promise<{ readonly root: Address; readonly byteSize: number }> {
    const { root, files } = await (await this.#options.repositories.store(name)).files();
    return { root, byteSize: root === EMPTY_ADDRESS ? 0 : files.reduce((sum, { byteSize }) => sum + byteSize, 0) };
  }
}
