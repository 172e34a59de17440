/**
 * What a small change adds to what a remote has, found out here instead of asked there level by level: the commits that the
 * remote has are walked beside those that are to go there, as far as the two differ. What the walk takes to be new may be
 * there all the same, which costs some bytes; what it takes to be there is reachable from a ref of the remote.
 */
import type { Address } from '../base/address.ts';
import { decodeCheckedRecord } from '../chunks/record.ts';
import { closed, tryReadCommit } from '../repo/commit.ts';
import type { Repository } from '../repo/repository.ts';
import { fileIdOf } from '../serial/flatbuffer-table.ts';
import { referencesOf } from '../serial/references.ts';
import { refersToNothing } from './leaf-peek.ts';

/** Chunks of the remote that are looked at: a change that replaces more of them is not small. */
const MOST_LOOKED_AT = 1024;
/** Commits and tags. What closures name is in the closures of the remote's commits. */
const NAMING_COMMITS: ReadonlySet<string> = new Set(['DCMT', 'DTAG']);

/**
 * The records of the chunks that `targets` need beyond what `known`, values of the remote's refs, hold, as far as these are
 * here. Undefined when they are more than `mostBytes`, or one is not here.
 */
export function smallChange(
  { chunks, nodes }: Repository,
  targets: readonly Address[],
  known: readonly Address[],
  mostBytes: number,
): ReadonlyMap<Address, Uint8Array> | undefined {
  const there = new Set(known);
  const added = new Map<Address, Uint8Array>();
  let bytes = 0;
  let lookedAt = 0;
  const heads = known.flatMap((address) => tryReadCommit(nodes, address) ?? []);
  const isOfHistory = (address: Address): boolean => {
    const commit = tryReadCommit(nodes, address);
    return (
      commit !== undefined &&
      heads.some((head) => head.height > commit.height && closed(nodes, head).closure.has(commit))
    );
  };
  /** What the remote's commits hold but their parents, whose history goes on beside that of the targets, not below it. */
  let oldReferences = heads.flatMap(({ root, closure }) => [root, closure]);
  for (let level = targets.filter((address) => !there.has(address) && !isOfHistory(address)); level.length > 0; ) {
    const references = new Set<Address>();
    for (const address of level) {
      const record = chunks.getRecord(address);
      bytes += record?.length ?? 0;
      if (!record || bytes > mostBytes) return undefined;
      added.set(address, record);
      const chunk = referringChunk(record, address);
      if (chunk === undefined) continue;
      const mayNameCommits = NAMING_COMMITS.has(fileIdOf(chunk));
      for (const reference of referencesOf(chunk)) {
        if (!mayNameCommits || !isOfHistory(reference)) references.add(reference);
      }
    }
    const replaced = oldReferences.filter((address) => !references.has(address) && !there.has(address));
    for (const address of oldReferences) there.add(address);
    level = [...references].filter((address) => !there.has(address) && !added.has(address));
    lookedAt += replaced.length;
    if (lookedAt > MOST_LOOKED_AT) return undefined;
    oldReferences = replaced.flatMap((address) => {
      const record = chunks.getRecord(address);
      const chunk = record && referringChunk(record, address);
      return chunk ? referencesOf(chunk) : [];
    });
  }
  return added;
}

/** The chunk of a record, unless it refers to nothing. */
function referringChunk(record: Uint8Array, address: Address): Uint8Array | undefined {
  return refersToNothing(record) ? undefined : decodeCheckedRecord(record, address);
}
