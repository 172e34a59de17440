/**
 * What a redo log holds that the refs do not. A server that runs will make it into chunks and refs; whoever reads beside it sees
 * it all the same. Where the server has ended before, whoever opens the repository next makes it. How far it was made stands
 * beside the refs, and moves with them.
 */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import type { NodeStore } from '../../prolly/node-store.ts';
import { documentRef, readDocument, writeDocument } from '../internal-document.ts';
import { mergeKeepingOurs } from '../merge/merge-keeping-ours.ts';
import { type RefEdits, type RefName, Refs, workingSetRef } from '../refs.ts';
import type { Repository } from '../repository.ts';
import { RootValue } from '../root-value.ts';
import { readWorkingSet, type WorkingSet, writeWorkingSet } from '../working-set.ts';
import { type RedoBlock, type RedoPosition, readRedoLog, redoLogPath } from './redo-log.ts';
import { decodeRedoRecord, type RedoRecord, redone } from './redo-record.ts';

const DOCUMENT = 'redo';
/** A server's own record. What commands print does not depend on whether one has run: they leave it out of lists of refs. */
export const REDO_REF: RefName = documentRef(DOCUMENT);

/** How far the log was made into what the refs lead to. */
export function redoneUpTo(nodes: NodeStore, refs: Refs): RedoPosition {
  const found = readDocument(nodes, refs, DOCUMENT) as Partial<RedoPosition> | undefined;
  return { epoch: Number(found?.epoch ?? 0), sequence: Number(found?.sequence ?? 0) };
}

/** Says so of the refs that are stored along with it, and keeps the root that what comes next is made of. */
export function redoneRef(
  nodes: NodeStore,
  { epoch, sequence }: RedoPosition,
  root?: Address,
): readonly [RefName, Address] {
  return [REDO_REF, writeDocument(nodes, { epoch, sequence }, root)];
}

/** Looks at a log that is written meanwhile, at most. */
const MOST_LOOKS = 100;

/** Refs as they will be when a log is made; their values are in memory only. */
export interface ServedRefs {
  readonly refs: Refs;
  /** The store's root that the log was made of, and how far. */
  readonly root: Address;
  readonly upTo: RedoPosition;
}

/**
 * What a process sees that does not have the lock; undefined where the log holds nothing more. `known` is what it saw last.
 * Throws `corrupt`.
 */
export function refsWithRedoLog(repository: Repository, known: ServedRefs | undefined): ServedRefs | undefined {
  const { refs, blocks } = unmadeBlocks(repository) ?? {};
  const upTo = blocks?.at(-1);
  if (refs === undefined || blocks === undefined || upTo === undefined) return undefined;
  const root = refs.storeRoot;
  if (known?.root === root && known.upTo.epoch === upTo.epoch && known.upTo.sequence === upTo.sequence) return known;
  try {
    return { refs: refs.edit(new Map(workingSets(repository, refs, recordsOf(blocks)))), root, upTo };
  } catch (error) {
    // Whoever has the lock will set it aside.
    if (error instanceof DoltError && error.kind === 'conflict') return undefined;
    throw error;
  }
}

/** What the log holds that the refs do not, and these refs. A server may make the log, and begin it anew, meanwhile. */
function unmadeBlocks({
  chunks,
  nodes,
  environment,
}: Repository): { readonly refs: Refs; readonly blocks: readonly RedoBlock[] } | undefined {
  const path = redoLogPath(chunks.directory);
  if (environment.disk.stat(path) === undefined) return undefined;
  for (let look = 1; ; look++) {
    const refs = Refs.read(nodes, chunks.root());
    let blocks: readonly RedoBlock[] | undefined;
    let damage: unknown;
    try {
      blocks = readRedoLog(environment.disk, path, redoneUpTo(nodes, refs));
    } catch (error) {
      damage = error;
    }
    chunks.rebase();
    if (chunks.root() !== refs.storeRoot && look < MOST_LOOKS) continue;
    if (blocks === undefined) throw damage;
    return { refs, blocks };
  }
}

const recordsOf = (blocks: readonly RedoBlock[]): RedoRecord[] =>
  blocks.flatMap((block) => block.records.map(decodeRedoRecord));

/**
 * Makes what the log holds. Nothing where another process has the repository: it is a server's, or that process has seen to it.
 * Changes that fit nowhere any more, since another program went on from an older state, are set aside with a warning.
 */
export function recoverRedoLog(repository: Repository): void {
  const { chunks, nodes, environment } = repository;
  const { disk, logger } = environment;
  const path = redoLogPath(chunks.directory);
  if (!unmadeBlocks(repository)?.blocks.length) return;
  try {
    chunks.lock(0);
  } catch (error) {
    // A server's; or nothing can be written here.
    if (error instanceof DoltError && (error.kind === 'unavailable' || error.kind === 'denied')) return;
    throw error;
  }
  const blocks = unmadeBlocks(repository)?.blocks ?? [];
  const last = blocks.at(-1);
  if (last === undefined) return;
  const records = recordsOf(blocks);
  const stored = (refs: Refs): RefEdits => new Map([...workingSets(repository, refs, records), redoneRef(nodes, last)]);
  try {
    repository.update(stored);
    logger.info(`${path}: ${records.length} commits were recovered`);
  } catch (error) {
    if (!(error instanceof DoltError) || error.kind !== 'conflict') throw error;
    const aside = `${path}.${last.epoch}`;
    disk.rename('redo:set-aside', path, aside);
    repository.update(() => new Map([redoneRef(nodes, last)]));
    logger.warn(
      `${records.length} commits of a server that did not end orderly were left out, and are kept in ${aside}: ${error.message}`,
    );
    return;
  }
  disk.remove('redo:remove', path);
}

function* workingSets(
  repository: Repository,
  refs: Refs,
  records: readonly RedoRecord[],
): Generator<readonly [RefName, Address]> {
  for (const branch of new Set(records.map((record) => record.branch))) {
    const ofBranch = records.filter((record) => record.branch === branch);
    const workingSet = redoneWorkingSet(repository, refs.get(workingSetRef(branch)), ofBranch);
    yield [workingSetRef(branch), writeWorkingSet(repository.nodes, workingSet, ofBranch.at(-1)!.meta)];
  }
}

/** Where another program went on from what the changes were made of, its own stay where both changed one cell. */
function redoneWorkingSet(
  { chunks, nodes }: Repository,
  stored: Address | undefined,
  records: readonly RedoRecord[],
): WorkingSet {
  const { branch, base } = records[0]!;
  if (stored === undefined) throw new DoltError('conflict', `branch ${branch} was deleted meanwhile`);
  const now = readWorkingSet(nodes, stored);
  if (now.working.address === base) return { ...now, working: redone(now.working, records) };
  if (!chunks.has(base)) throw new DoltError('conflict', `what they changed on branch ${branch} is not there any more`);
  const before = RootValue.read(nodes, base);
  const theirs = redone(before, records);
  const sides = { baseAddress: base, theirsAddress: theirs.address };
  return { ...now, working: mergeKeepingOurs({ base: before, ours: now.working, theirs, ...sides }) };
}
