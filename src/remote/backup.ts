/**
 * A backup: all that a store's root names, working sets and tracking refs too, in a store elsewhere whose root becomes the
 * same. Restored, it is the repository as it was, without its settings.
 */
import { EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { type Environment, Repository } from '../repo/repository.ts';
import { type CloneProgress, copyChecked, defaultBranchOf, goOn, makeIn } from './clone.ts';
import { CloneFolder } from './clone-folder.ts';
import { unlessCollected } from './collected.ts';
import { onPresentRefs, readRemoteRefs } from './remote-refs.ts';
import type { RemoteStore } from './remote-store.ts';
import { type ReportProgress, uploadMissing } from './transfer.ts';

const MAX_ATTEMPTS = 20;

/** Makes `store` hold what the repository holds now; what it held before is replaced. */
export async function syncBackup(repository: Repository, store: RemoteStore, progress?: ReportProgress): Promise<void> {
  const { storeRoot } = repository.refs();
  let collections = 0;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { root } = await store.root();
    if (root === storeRoot) return await store.settle();
    const { files, held } = await uploadMissing(repository, store, [storeRoot], {
      isEmpty: root === EMPTY_ADDRESS,
      progress,
    });
    const rest = held.size > 0 ? [await store.uploadChunks([], held)] : [];
    const swapped = await unlessCollected(() => store.swap(storeRoot, root, [...files, ...rest]), collections);
    if (swapped === true) return await store.tidy();
    if (swapped === 'collected') collections++;
  }
  throw new DoltError('unavailable', `${store.url} was written by others at every attempt; try again`);
}

export interface RestoreOptions {
  /** The repository that is there gives way, once the backup is whole beside it; called just before. */
  readonly replacing?: (() => void) | undefined;
  readonly progress?: (progress: CloneProgress) => void;
}

/**
 * Makes a repository in `directory`, which is made when it is not there; goes on where an earlier call was killed, as a clone
 * does. Throws `notFound` for a store without data and `conflict` where there is a repository that is not to be replaced.
 */
export async function restoreBackup(
  environment: Environment,
  store: RemoteStore,
  directory: string,
  { replacing, progress }: RestoreOptions = {},
): Promise<void> {
  const refs = await readRemoteRefs(store);
  if (refs.root === EMPTY_ADDRESS) throw new DoltError('notFound', `there is no backup at ${store.url}`);
  const folder = CloneFolder.open(environment.disk, directory, replacing !== undefined);
  await makeIn(folder, 'restore', async () => {
    await onPresentRefs(store, refs, async (present) => {
      await goOn(folder, `restore ${store.url}`, async () => {
        const repository = Repository.create(environment, folder.staging, defaultBranchOf(present, undefined));
        try {
          await copyChecked(store, store.url, repository, [present.root], progress);
          repository.chunks.commit(present.root, EMPTY_ADDRESS);
        } finally {
          repository.close();
        }
      });
    });
    replacing?.();
    folder.publish();
  });
}
