/**
 * A backup: all that a store's root names, working sets and tracking refs too, in a store elsewhere whose root becomes the
 * same. Restored, it is the repository as it was, without its settings.
 */
import { EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { type Environment, Repository } from '../repo/repository.ts';
import { type CloneProgress, copyChecked, defaultBranchOf } from './clone.ts';
import { readRemoteRefs } from './remote-refs.ts';
import type { RemoteStore } from './remote-store.ts';
import { type ReportProgress, uploadMissing } from './transfer.ts';

const MAX_ATTEMPTS = 20;

/** Makes `store` hold what the repository holds now; what it held before is replaced. */
export async function syncBackup(repository: Repository, store: RemoteStore, progress?: ReportProgress): Promise<void> {
  const { storeRoot } = repository.refs();
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { root } = await store.root();
    if (root === storeRoot) return await store.settle();
    const { files, held } = await uploadMissing(repository, store, [storeRoot], {
      isEmpty: root === EMPTY_ADDRESS,
      progress,
    });
    const rest = held.size > 0 ? [await store.uploadChunks([], held)] : [];
    if (await store.swap(storeRoot, root, [...files, ...rest])) return await store.tidy();
  }
  throw new DoltError('unavailable', `${store.url} was written by others at every attempt; try again`);
}

export interface RestoreOptions {
  /** The repository that is there gives way, once the backup is whole beside it; called just before. */
  readonly replacing?: (() => void) | undefined;
  readonly progress?: (progress: CloneProgress) => void;
}

/**
 * Makes a repository in `directory`, which is made when it is not there. Throws `notFound` for a store without data and
 * `conflict` where there is a repository that is not to be replaced.
 */
export async function restoreBackup(
  environment: Environment,
  store: RemoteStore,
  directory: string,
  { replacing, progress }: RestoreOptions = {},
): Promise<void> {
  const { disk } = environment;
  const refs = await readRemoteRefs(store);
  if (refs.root === EMPTY_ADDRESS) throw new DoltError('notFound', `there is no backup at ${store.url}`);
  const place = `${directory}/.dolt`;
  if (disk.stat(place) !== undefined && replacing === undefined) {
    throw new DoltError('conflict', `data repository already exists at ${directory}`);
  }
  const existed = disk.stat(directory) !== undefined;
  const beside = `${directory}/.restoring`;
  disk.removeTree('restore:clean-up', beside);
  let repository: Repository | undefined;
  try {
    repository = Repository.create(environment, beside, defaultBranchOf(refs, undefined));
    await copyChecked(store, store.url, repository, [refs.root], progress);
    repository.chunks.commit(refs.root, EMPTY_ADDRESS);
    repository.close();
  } catch (error) {
    repository?.close();
    disk.removeTree('restore:clean-up', existed ? beside : directory);
    throw error;
  }
  replacing?.();
  disk.removeTree('restore:replace', place);
  disk.rename('restore:publish', `${beside}/.dolt`, place);
  disk.removeTree('restore:clean-up', beside);
  disk.syncDirectory('restore:sync-directory', directory);
}
