/** What every served store does around the swap of its root. */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { UploadedFile } from '../remote/remote-store.ts';
import { fileIdOf } from '../serial/flatbuffer-table.ts';
import { STORE_ROOT } from '../serial/store-root.ts';

const MOVED_ATTEMPTS = 20;

/** Where the manifest is replaced by comparison. */
export interface Swapping {
  root(): Promise<Address>;
  /** False when the root is not `last` any more. */
  swap(next: Address, last: Address, files: readonly UploadedFile[]): Promise<boolean>;
}

/** Names files, wherever the root is. Throws `unavailable` when others were faster each time. */
export async function nameFiles(store: Swapping, files: readonly UploadedFile[]): Promise<void> {
  for (let attempt = 1; attempt <= MOVED_ATTEMPTS; attempt++) {
    const root = await store.root();
    if (await store.swap(root, root, files)) return;
  }
  throw new DoltError('unavailable', 'the repository is moved by others all the time; try again');
}

/** Swaps the root, and names the files where it was moved meanwhile, too. */
export async function swapOrName(
  store: Swapping,
  next: Address,
  last: Address,
  files: readonly UploadedFile[],
): Promise<boolean> {
  const swapped = await store.swap(next, last, files);
  // The original's client does not send them again when it tries again, though the next root may need them.
  if (!swapped && files.length > 0) await nameFiles(store, files);
  return swapped;
}

/** Throws `conflict` when `chunk`, that of a new root, is not here, and `invalid` when it is no root. */
export function assertStoreRoot(next: Address, chunk: Uint8Array | undefined): void {
  if (!chunk) throw new DoltError('conflict', `the new root, chunk ${next}, is not here`);
  if (fileIdOf(chunk) !== STORE_ROOT) throw new DoltError('invalid', `chunk ${next} is not the root of a repository`);
}
