/** What tables a commit of a remote has, found without fetching its history: a few chunks are read. */
import { type Address, parseAddress } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { MemoryChunkStore } from '../chunks/memory-chunk-store.ts';
import { Node } from '../prolly/node.ts';
import { NodeStore } from '../prolly/node-store.ts';
import { findRef, parseCommitSpec } from '../repo/ref-spec.ts';
import { TAGS } from '../repo/refs.ts';
import { RootValue } from '../repo/root-value.ts';
import { readCommit } from '../serial/commit.ts';
import { readRootValue } from '../serial/root-value.ts';
import { readTag } from '../serial/tag.ts';
import { childrenOf, fetchTree, type RemoteRefs } from './remote-refs.ts';
import type { RemoteStore } from './remote-store.ts';

/** Addresses of tables by their names. `spec` names a branch, a tag or a commit, or an ancestor of one. */
export async function tablesAt(
  store: RemoteStore,
  refs: RemoteRefs,
  spec: string,
): Promise<ReadonlyMap<string, Address>> {
  const chunk = async (address: Address): Promise<Uint8Array> => (await store.chunks([address])).get(address)!;
  const { root } = readCommit(await chunk(await commitNamed(refs, spec, chunk)));
  const bytes = await chunk(root);
  const chunks = new MemoryChunkStore();
  chunks.put(root, bytes);
  const top = Node.read(readRootValue(bytes).tables);
  await fetchTree(store, childrenOf(top), (address, node) => chunks.put(address, node));
  return new Map(RootValue.read(new NodeStore(chunks), root).tables());
}

async function commitNamed(
  refs: RemoteRefs,
  spec: string,
  chunk: (address: Address) => Promise<Uint8Array>,
): Promise<Address> {
  const { base, steps } = parseCommitSpec(spec);
  const name = findRef(refs, base);
  const value = name === undefined ? parseAddress(base) : refs.get(name);
  if (value === undefined) throw notFound(spec);
  let commit = name?.startsWith(TAGS) ? readTag(await chunk(value)).commit : value;
  for (const step of steps) {
    const parent = readCommit(await chunk(commit)).parents[step];
    if (parent === undefined) throw notFound(spec);
    commit = parent;
  }
  return commit;
}

const notFound = (spec: string): DoltError => new DoltError('notFound', `Failed to find commit '${spec}'`);
