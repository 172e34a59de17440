/**
 * Walks everything that is reachable from some addresses, each chunk once, a commit's newer parts before older ones. What
 * refs do not say but internal documents do (addresses in their text) counts as well: whoever collects garbage by this
 * walk loses nothing that replication still means to push.
 */
import { type Address, EMPTY_ADDRESS, parseAddress } from '../base/address.ts';
import type { ChunkStore } from '../chunks/chunk-store.ts';
import { readCommit } from '../serial/commit.ts';
import { referencesOf } from '../serial/references.ts';
import { INTERNAL, type Refs, WORKING_SETS } from './refs.ts';

export interface ReachedChunk {
  readonly address: Address;
  readonly bytes: Uint8Array;
}

/** What a walk does with a chunk that is not there, or cannot be read. */
export type OnDamage = (address: Address, error: unknown) => void;

/**
 * Yields the chunks reachable from `roots` that are not in `seen`, and adds them to it. `onDamage` is called for what
 * is missing or damaged; the walk goes on. It goes round what `isKnown`, with all that is below that, and round ghosts.
 */
export function* walkReachable(
  chunks: ChunkStore,
  roots: Iterable<Address>,
  seen: Set<Address>,
  onDamage: OnDamage,
  isKnown: (address: Address) => boolean = () => false,
): Generator<ReachedChunk, void, void> {
  const pending: Address[] = [];
  const push = (address: Address): void => {
    if (address === EMPTY_ADDRESS || seen.has(address) || isKnown(address) || chunks.isGhost(address)) return;
    seen.add(address);
    pending.push(address);
  };
  for (const root of roots) {
    push(root);
    for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
      let bytes: Uint8Array | undefined;
      try {
        bytes = chunks.get(address);
        if (!bytes) throw new Error('the chunk is missing');
        for (const reference of referencesOf(bytes).reverse()) push(reference);
      } catch (error) {
        onDamage(address, error);
      }
      if (bytes) yield { address, bytes };
    }
  }
}

/** Values of the refs that make up history: all but working sets. Those that internal documents name come along. */
export function historyRoots(chunks: ChunkStore, refs: Refs): Address[] {
  const roots: Address[] = [];
  for (const [name, address] of refs.entries()) {
    if (name.startsWith(WORKING_SETS)) continue;
    roots.push(address);
    if (name.startsWith(INTERNAL)) roots.push(...addressesNamed(chunks, address));
  }
  return roots;
}

export function workingSetRoots(refs: Refs): Address[] {
  return Array.from(refs.entries(WORKING_SETS), ([, address]) => address);
}

function addressesNamed(chunks: ChunkStore, document: Address): Address[] {
  return addressesIn(chunks.get(document)).filter((address) => chunks.has(address));
}

/** The addresses that an internal document may mean, by its chunk: some may be other words. */
export function addressesIn(bytes: Uint8Array | undefined): Address[] {
  if (!bytes || Buffer.from(bytes).toString('latin1', 8, 12) !== 'DCMT') return [];
  const words = readCommit(bytes).description.matchAll(/\b[0-9a-v]{32}\b/g);
  return Array.from(words, ([text]) => parseAddress(text)).filter((address) => address !== undefined);
}
