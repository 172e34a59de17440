/**
 * Moving chunks: whatever is reachable from some addresses and not there yet goes from one store to the other, level by
 * level, with batched questions of what is there. A chunk that is there is taken to be there with all it refers to. Memory
 * is bounded whatever the size; every chunk that arrives is checked against its address.
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { Repository } from '../repo/repository.ts';
import type { RemoteStore, UploadedFile } from './remote-store.ts';

export interface TransferProgress {
  readonly chunksFound: number;
  readonly chunksDone: number;
  readonly bytes: number;
}
export type ReportProgress = (progress: TransferProgress) => void;

/** Uploads what `targets` need; the files are durable on the remote and named by nothing yet. */
export async function uploadMissing(
  _from: Repository,
  _remote: RemoteStore,
  _targets: readonly Address[],
  _progress?: ReportProgress,
): Promise<readonly UploadedFile[]> {
  throw new AssertionError('not built');
}

/** Puts what `targets` need into the repository's store: durable with the commit that makes refs point to it. */
export async function downloadMissing(
  _remote: RemoteStore,
  _to: Repository,
  _targets: readonly Address[],
  _progress?: ReportProgress,
): Promise<void> {
  throw new AssertionError('not built');
}
