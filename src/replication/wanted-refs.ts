/** Which of a remote's refs a replica follows: all branches and tags, or the branches that were named. */
import type { Address } from '../base/address.ts';
import type { RemoteRefs } from '../remote/remote-refs.ts';
import { branchRef, HEADS, type RefName, TAGS } from '../repo/refs.ts';
import type { Target } from './queue.ts';
import { ReplicationError } from './replication-errors.ts';
import { headPattern, namesBranch, type ReplicationSettings } from './settings.ts';

/** Throws for a branch that was named and is not there, unless errors are skipped. */
export function wantedRefs(
  remote: RemoteRefs,
  target: Target,
  settings: ReplicationSettings,
  warnings: string[],
): ReadonlyMap<RefName, Address> {
  if (settings.allHeads) return new Map([...remote.entries(HEADS), ...remote.entries(TAGS)]);
  const wanted = new Map([...remote.entries(HEADS)].filter(([ref]) => namesBranch(settings, ref.slice(HEADS.length))));
  for (const head of settings.heads) {
    const pattern = headPattern(head);
    if (pattern) {
      if ([...wanted.keys()].some((ref) => pattern.test(ref.slice(HEADS.length)))) continue;
      warnings.push(`dolt_replicate_heads: no branch of remote '${target.name}' matches '${head}'`);
    } else if (!wanted.has(branchRef(head))) {
      const text = `unable to find "${head}" on "${target.name}"; branch not found (dolt_replicate_heads names it)`;
      if (!settings.skipErrors) throw new ReplicationError('notFound', text);
      warnings.push(text);
    }
  }
  return wanted;
}
