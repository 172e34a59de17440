/** The storage that a hub's configuration names. */
import { DoltError } from '../base/errors.ts';
import type { Environment } from '../repo/repository.ts';
import { FolderStore } from '../service/folder-store.ts';
import type { HubConfig } from './config.ts';
import { FolderRepositories } from './folder-repositories.ts';
import type { RepositoryStorage } from './repository-storage.ts';

/** Throws `notFound` where there is no such folder. */
export async function openStorage(
  environment: Environment,
  { dataDirectory, bucket, garbage }: Pick<HubConfig, 'dataDirectory' | 'bucket' | 'garbage'>,
): Promise<RepositoryStorage> {
  if (bucket !== undefined) throw new DoltError('unsupported', `${bucket}: hubs over buckets are not supported yet`);
  if (environment.disk.stat(dataDirectory)?.kind !== 'directory') {
    throw new DoltError('notFound', `there is no folder ${dataDirectory}; make it, or name another with --data-dir`);
  }
  const { graceMs } = garbage;
  return new FolderRepositories(
    environment,
    dataDirectory,
    (directory) => new FolderStore(environment, directory, graceMs),
  );
}
