/**
 * What a redo log holds that the refs do not, because its server ended before it was made into chunks and refs: whoever opens
 * the repository next does so. How far it was made stands beside the refs, and moves with them.
 */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import type { NodeStore } from '../../prolly/node-store.ts';
import { documentRef, readDocument, writeDocument } from '../internal-document.ts';
import { mergeKeepingOurs } from '../merge/merge-keeping-ours.ts';
import { type RefEdits, type RefName, type Refs, workingSetRef } from '../refs.ts';
import type { Repository } from '../repository.ts';
import { RootValue } from '../root-value.ts';
import { readWorkingSet, type WorkingSet, writeWorkingSet } from '../working-set.ts';
import { type RedoBlock, type RedoPosition, readRedoLog, redoLogPath } from './redo-log.ts';
import { decodeRedoRecord, type RedoRecord, redone } from './redo-record.ts';

const DOCUMENT = 'redo';

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
  return [documentRef(DOCUMENT), writeDocument(nodes, { epoch, sequence }, root)];
}

/**
 * Makes what the log holds. Nothing where another process has the repository: it is a server's, or that process has seen to it.
 * Changes that fit nowhere any more, since another program went on from an older state, are set aside with a warning.
 */
export function recoverRedoLog(repository: Repository): void {
  const { chunks, nodes, environment } = repository;
  const { disk, logger } = environment;
  const path = redoLogPath(chunks.directory);
  const left = (): readonly RedoBlock[] => readRedoLog(disk, path, redoneUpTo(nodes, repository.refs()));
  if (disk.stat(path) === undefined || left().length === 0) return;
  try {
    chunks.lock();
  } catch (error) {
    if (!(error instanceof DoltError) || (error.kind !== 'unavailable' && error.kind !== 'denied')) throw error;
    if (error.kind === 'denied')
      logger.warn(`${path} has changes that are not seen, as they cannot be written: ${error.message}`);
    return;
  }
  const last = left().at(-1);
  if (last === undefined) return;
  const records = left().flatMap((block) => block.records.map(decodeRedoRecord));
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
  if (now.working.address === base) return { ...now, working: records.reduce(redone, now.working) };
  if (!chunks.has(base)) throw new DoltError('conflict', `what they changed on branch ${branch} is not there any more`);
  const before = RootValue.read(nodes, base);
  const theirs = records.reduce(redone, before);
  const sides = { baseAddress: base, theirsAddress: theirs.address };
  return { ...now, working: mergeKeepingOurs({ base: before, ours: now.working, theirs, ...sides }) };
}
