/**
 * The refs of a remote: read as one snapshot, changed by one swap of the root. Whoever changes refs has uploaded what
 * they point to before; the swap itself carries the new StoreRoot in a small table file.
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { RefEdits, RefName } from '../repo/refs.ts';
import type { RemoteRoot, RemoteStore, UploadedFile } from './remote-store.ts';

export interface RemoteRefs extends RemoteRoot {
  get(name: RefName): Address | undefined;
  /** Full names and addresses below `prefix`, in byte order. */
  entries(prefix?: string): Iterable<readonly [RefName, Address]>;
}

export async function readRemoteRefs(_remote: RemoteStore): Promise<RemoteRefs> {
  throw new AssertionError('not built');
}

/**
 * Makes `edits` on exactly the snapshot `from`, naming `files` in the same swap. Undefined when the remote has moved:
 * read it again and decide again. Throws `unknown` when it is not known whether it happened.
 */
export async function swapRemoteRefs(
  _remote: RemoteStore,
  _from: RemoteRefs,
  _edits: RefEdits,
  _files: readonly UploadedFile[],
): Promise<RemoteRefs | undefined> {
  throw new AssertionError('not built');
}
