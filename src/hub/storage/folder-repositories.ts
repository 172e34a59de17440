/** Repositories in a folder, each a store's folder `owner/database`: what `file://` remotes and the original's are too. */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { abandonTree } from '../../base/disk.ts';
import { DoltError } from '../../base/errors.ts';
import { randomName } from '../../base/random-name.ts';
import { MANIFEST_NAME, readManifest } from '../../chunks/manifest.ts';
import { RemoteFolder } from '../../remote/remote-folder.ts';
import { replaceFile } from '../../repo/atomic-file.ts';
import type { Environment } from '../../repo/repository.ts';
import type { ServedStore } from '../../service/served-store.ts';
import { FolderAccounts, HUB_FOLDER } from '../accounts/folder-accounts.ts';
import { FolderNotes } from './folder-notes.ts';
import { collectFolder, type GarbageOptions, type GarbageReport } from './garbage.ts';
import { lastPush, lastPushNote } from './last-push.ts';
import { isValidOwner, ownerOf, parseRepositoryName, type RepositoryName } from './repository-name.ts';
import type { RepositoryStorage } from './repository-storage.ts';

const OWNER_ONLY = 0o600;
const KEY_BYTES = 32;
const LOCK_WAIT_MS = 5000;

export class FolderRepositories implements RepositoryStorage {
  readonly accounts: FolderAccounts;
  readonly notes: FolderNotes;
  readonly #environment: Environment;
  readonly #directory: string;
  readonly #openFolder: (directory: string) => ServedStore;

  /** `directory` is absolute. */
  constructor(environment: Environment, directory: string, openFolder: (directory: string) => ServedStore) {
    this.#environment = environment;
    this.#directory = directory;
    this.#openFolder = openFolder;
    this.accounts = new FolderAccounts(environment.disk, directory, environment.clock.now);
    this.notes = new FolderNotes(environment.disk, `${directory}/${HUB_FOLDER}/notes`);
  }

  directoryOf(name: RepositoryName): string {
    return `${this.#directory}/${name}`;
  }

  async urlKey(): Promise<Uint8Array> {
    const { disk } = this.#environment;
    const folder = `${this.#directory}/${HUB_FOLDER}`;
    const path = `${folder}/url-key`;
    disk.makeDirectory('hub:make', folder);
    const lock = disk.tryLock(`${folder}/LOCK`, LOCK_WAIT_MS);
    if (lock === undefined) throw new DoltError('unavailable', `${folder} is in use by another process; try again`);
    try {
      const kept = disk.readFile(path);
      if (kept?.length === KEY_BYTES) return kept;
      const key = randomBytes(KEY_BYTES);
      replaceFile(disk, 'url-key', path, key, OWNER_ONLY);
      return key;
    } finally {
      lock.release();
    }
  }

  async list(): Promise<readonly RepositoryName[]> {
    const { disk } = this.#environment;
    const owners = (disk.list(this.#directory) ?? []).filter(isValidOwner);
    return owners.flatMap((owner) =>
      (disk.list(`${this.#directory}/${owner}`) ?? [])
        .map((database) => parseRepositoryName(`${owner}/${database}`))
        .filter((name) => name !== undefined)
        .filter((name) => disk.stat(`${this.directoryOf(name)}/${MANIFEST_NAME}`) !== undefined),
    );
  }

  async identity(name: RepositoryName): Promise<string | undefined> {
    const stat = statSync(this.directoryOf(name), { throwIfNoEntry: false });
    return stat?.isDirectory() ? `${stat.ino}:${stat.birthtimeMs}` : undefined;
  }

  async create(name: RepositoryName): Promise<void> {
    new RemoteFolder(this.#environment, this.directoryOf(name)).create();
  }

  async remove(name: RepositoryName): Promise<void> {
    const { disk } = this.#environment;
    const directory = this.directoryOf(name);
    if ((await this.identity(name)) === undefined) throw new DoltError('notFound', `there is no repository ${name}`);
    // At once gone for everybody, whatever becomes of the removal of its files.
    const removed = `${this.#directory}/${HUB_FOLDER}/removed-${randomName()}`;
    disk.makeDirectory('hub:make', `${this.#directory}/${HUB_FOLDER}`);
    disk.rename('repository:remove', directory, removed);
    disk.syncDirectory('repository:sync', `${this.#directory}/${ownerOf(name)}`);
    abandonTree(disk, 'repository:remove-tree', removed);
    await this.notes.remove(lastPushNote(name));
  }

  async changedMs(name: RepositoryName): Promise<number | undefined> {
    return this.#environment.disk.stat(`${this.directoryOf(name)}/${MANIFEST_NAME}`)?.modifiedMs;
  }

  async collect(name: RepositoryName, options: GarbageOptions): Promise<GarbageReport> {
    if ((await this.identity(name)) === undefined) throw new DoltError('notFound', `there is no repository ${name}`);
    await lastPush(this, name, readManifest(this.#environment.disk, this.directoryOf(name)).manifest.root);
    return await collectFolder(this.#environment, this.directoryOf(name), options);
  }

  async exclusively(what: string, work: () => Promise<void>): Promise<boolean> {
    const { disk } = this.#environment;
    disk.makeDirectory('hub:make', `${this.#directory}/${HUB_FOLDER}`);
    const lock = disk.tryLock(`${this.#directory}/${HUB_FOLDER}/LOCK.${what}`, 0);
    if (lock === undefined) return false;
    try {
      await work();
    } finally {
      lock.release();
    }
    return true;
  }

  open(name: RepositoryName): ServedStore {
    return this.#openFolder(this.directoryOf(name));
  }
}
