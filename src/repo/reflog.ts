/**
 * Where branches, tags and tracking refs have pointed: read from the roots that the chunk journal keeps, so it goes back to
 * when the journal began anew, and knows refs that are gone.
 */
import type { Address } from '../base/address.ts';
import { readCommit } from './commit.ts';
import { HEADS, REMOTES, type RefName, Refs, TAGS } from './refs.ts';
import type { Repository } from './repository.ts';
import { readTag } from './tags.ts';

export interface ReflogEntry {
  readonly ref: RefName;
  /** Seconds since 1970; undefined where it is not known. */
  readonly seconds: number | undefined;
  readonly commit: Address;
  /** The commit's. */
  readonly message: string;
}

/** As many roots are looked at, the latest ones. */
const MOST_ROOTS = 5000;

/** The latest first. `name`: only that ref, in full or by its last parts, in any case. */
export function reflog({ chunks, nodes }: Repository, name?: string): ReflogEntry[] {
  const entries: ReflogEntry[] = [];
  const last = new Map<RefName, Address>();
  const wanted = name?.toLowerCase();
  let chosen: RefName | undefined;
  for (const { root, seconds } of chunks.pastRoots().slice(-MOST_ROOTS)) {
    if (!chunks.has(root)) continue;
    for (const [ref, address] of Refs.read(nodes, root).entries('refs/')) {
      if (![HEADS, TAGS, REMOTES].some((prefix) => ref.startsWith(prefix))) continue;
      if (wanted !== undefined) {
        const lower = ref.toLowerCase();
        if (chosen === undefined && (lower === wanted || lower.endsWith(`/${wanted}`))) chosen = lower;
        if (lower !== chosen) continue;
      }
      if (last.get(ref) === address || !chunks.has(address)) continue;
      last.set(ref, address);
      const commit = ref.startsWith(TAGS) ? readTag(nodes, address).commit : address;
      if (!chunks.has(commit)) continue;
      entries.push({ ref, seconds: seconds || undefined, commit, message: readCommit(nodes, commit).message });
    }
  }
  return entries.reverse();
}
