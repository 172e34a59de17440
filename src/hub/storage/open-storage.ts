/** The storage that a hub's configuration names. */
import { DoltError } from '../../base/errors.ts';
import type { Environment } from '../../repo/repository.ts';
import { FolderStore } from '../../service/folder-store.ts';
import type { HubConfig } from '../config.ts';
import { FolderRepositories } from './folder-repositories.ts';
import { OwnFolder } from './own-folder.ts';
import type { RepositoryStorage } from './repository-storage.ts';

/** Throws `notFound` where there is no such folder, also of what a hub over a bucket keeps for a while. */
export async function openStorage(
  environment: Environment,
  { dataDirectory, bucket, garbage }: Pick<HubConfig, 'dataDirectory' | 'bucket' | 'garbage'>,
): Promise<RepositoryStorage> {
  if (environment.disk.stat(dataDirectory)?.kind !== 'directory') {
    throw new DoltError('notFound', `there is no folder ${dataDirectory}; make it, or name another with --data-dir`);
  }
  if (bucket !== undefined) {
    const { BucketRepositories } = await import('./bucket-repositories.ts');
    const own = new OwnFolder(environment.disk, dataDirectory);
    return new BucketRepositories(environment, bucket, `${own.path}/scratch`, own);
  }
  const { graceMs } = garbage;
  return new FolderRepositories(
    environment,
    dataDirectory,
    (directory) => new FolderStore(environment, directory, graceMs),
  );
}
