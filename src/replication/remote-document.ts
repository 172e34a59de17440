/** The documents of replication that live on the remote, beside its heads (repo/internal-document.ts). */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { MemoryChunkStore } from '../chunks/memory-chunk-store.ts';
import { NodeStore } from '../prolly/node-store.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { readCommit } from '../repo/commit.ts';
import type { RefName } from '../repo/refs.ts';

/** The JSON value of the dataset `ref` that stands at `at`; throws `corrupt` when it is no JSON. */
export async function readRemoteDocument(remote: RemoteStore, ref: RefName, at: Address): Promise<unknown> {
  const bytes = (await remote.chunks([at])).get(at);
  const chunks = new MemoryChunkStore();
  if (bytes !== undefined) chunks.put(at, bytes);
  const { message } = readCommit(new NodeStore(chunks), at);
  try {
    return JSON.parse(message);
  } catch (cause) {
    throw new DoltError('corrupt', `remote ${remote.url}: ${ref} does not hold a JSON document`, { cause });
  }
}
