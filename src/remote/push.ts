/**
 * Pushing: what the new values need is uploaded, then all refs of one push move in one swap of the remote's root, and
 * the tracking refs and bases here follow in one local record. A branch moves forward only and a tag not at all, unless
 * forced; whoever moved the remote meanwhile makes the decision be taken again on what is there then.
 */

import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { isAncestor } from '../repo/commit.ts';
import { HEADS, type RefEdits, type RefName, TAGS, trackingRef } from '../repo/refs.ts';
import { basesEdit, readBases, withBases, withheldFrom } from '../repo/remote-bases.ts';
import { shownUrl } from '../repo/remote-url.ts';
import type { Remote } from '../repo/repo-state.ts';
import type { Repository } from '../repo/repository.ts';
import { unlessCollected } from './collected.ts';
import { MissingFolderError } from './file-remote.ts';
import type { PushSpec } from './ref-mapping.ts';
import { lastSeenRefs, type RemoteRefs, readRemoteRefs, swapRemoteRefs } from './remote-refs.ts';
import type { RemoteStore, UploadedFile } from './remote-store.ts';
import { ignoredThere, workingSetsThere } from './served-working-sets.ts';
import { type ReportProgress, type Upload, uploadMissing } from './transfer.ts';

export interface PushOptions {
  readonly force?: boolean;
  /** Something was pushed there before: a remote that is gone or empty is not taken for a new one. */
  readonly isKnown?: boolean;
  /** False for a remote that was not added here: there are no tracking refs to move. */
  readonly isTracked?: boolean;
  readonly progress?: ReportProgress | undefined;
}

export type PushOutcome = 'new' | 'fast-forward' | 'forced' | 'deleted' | 'up-to-date' | 'rejected';

export interface PushedRef {
  readonly source: RefName | undefined;
  readonly target: RefName;
  readonly old: Address | undefined;
  readonly new: Address | undefined;
  /** `rejected`: the remote's branch has commits that the local one lacks, or its tag of that name is another. */
  readonly outcome: PushOutcome;
}

interface Planned extends PushedRef {
  readonly spec: PushSpec;
}

/** The remote has nothing any more, though it had: it was moved away, or its disk is not mounted. */
export class RemoteGoneError extends DoltError {
  constructor({ name, url }: Remote, options?: ErrorOptions) {
    const what = options?.cause instanceof MissingFolderError ? 'has no folder' : 'is empty';
    super(
      'unavailable',
      `remote '${name}' (${shownUrl(url)}) ${what}, and was not so before: was it moved, or is it not mounted?\n` +
        `hint: to push to a new one, run 'dolt remote remove ${name}' and add it again`,
      options,
    );
  }
}

/** Some seconds, of pauses alone: among others that push all the time, a slow one has to be lucky once. */
const MAX_ATTEMPTS = 100;
const LONGEST_PAUSE_MS = 200;
/** Branches of a remote that a push of a new one is compared with. */
const MOST_STARTS = 16;

/**
 * Refs that are rejected stay; the others move. Throws `notFound` for a source that is not there, before anything
 * happens.
 */
export async function pushTo(
  repository: Repository,
  store: RemoteStore,
  remote: Remote,
  specs: readonly PushSpec[],
  options: PushOptions = {},
): Promise<readonly PushedRef[]> {
  // A remote must not have what could still be lost here.
  repository.chunks.makeDurable();
  const local = repository.refs();
  const values = new Map<PushSpec, Address | undefined>();
  for (const spec of specs) {
    const value = spec.source === undefined ? undefined : local.get(spec.source);
    if (spec.source !== undefined && value === undefined) {
      throw new DoltError('notFound', `refspec not found: '${spec.text}'`);
    }
    values.set(spec, value);
  }
  const files: UploadedFile[] = [];
  const held = new Map<Address, Uint8Array>();
  const uploaded = new Set<Address>();
  /** How often the remote was found to lack what it should have: it is asked for each chunk then. */
  let collections = 0;
  const read = async (): Promise<RemoteRefs> =>
    options.isKnown ? await readKnownRefs(store, remote) : await readRemoteRefs(store);
  for (let attempt = 1; ; attempt++) {
    // Most remotes are as we left them: the first swap is tried on that, unasked.
    const seen = attempt === 1 ? await lastSeenRefs(store) : undefined;
    const there = seen ?? (await read());
    const plan = specs.map((spec) => decide(repository, there, spec, values.get(spec), options));
    const moves = plan.filter(({ outcome }) => outcome !== 'up-to-date' && outcome !== 'rejected');
    // What moves nothing has to be true now.
    if (seen && moves.length < plan.length) continue;
    const targets = moves.flatMap(({ new: value }) => (value === undefined || uploaded.has(value) ? [] : [value]));
    if (targets.length > 0) {
      const upload = await uploadMissing(repository, store, targets, {
        isEmpty: there.root === EMPTY_ADDRESS,
        known: collections > 0 ? [] : headsToStartFrom(there, moves),
        progress: options.progress,
      });
      files.push(...upload.files);
      for (const [address, record] of upload.held) held.set(address, record);
    }
    for (const target of targets) uploaded.add(target);
    const heads = new Map(moves.map(({ target, new: value }) => [target, value]));
    const assertsWorkingSet = moves.length > 0 && (await store.assertsWorkingSet?.());
    const headMoves = moves.map((move) => ({ ...move, isForced: options.force === true || move.spec.forced }));
    const kept = assertsWorkingSet ? await ignoredThere(repository, store, there, headMoves) : undefined;
    const edits = (nodes: NodeStore): RefEdits =>
      kept ? new Map([...heads, ...workingSetsThere(repository, nodes, headMoves, kept)]) : heads;
    const outcome = moves.length === 0 || (await swapped(store, there, heads, edits, { files, held }, collections));
    if (outcome === 'collected') {
      // What was there may be gone, and what was uploaded for it.
      collections++;
      uploaded.clear();
      held.clear();
      files.length = 0;
      continue;
    }
    if (!outcome) {
      if (attempt < MAX_ATTEMPTS) {
        const { timers, random } = repository.environment;
        // Those who were faster are not met again at once.
        await timers.sleep(random() * Math.min(LONGEST_PAUSE_MS, 2 ** attempt));
        continue;
      }
      throw new DoltError('unavailable', `${shownUrl(remote.url)} was moved by others at every attempt; try again`);
    }
    if (moves.length === 0) await store.settle();
    if (options.isTracked !== false) remember(repository, remote, plan);
    if (moves.length > 0) await tidy(repository, store);
    return plan.map(({ spec: _, ...ref }) => ref);
  }
}

/** What the remote has of the branches that move, and where a ref goes on from another one, of the others. */
function headsToStartFrom(there: RemoteRefs, moves: readonly PushedRef[]): readonly Address[] {
  const known = new Set(moves.flatMap(({ target, old }) => (target.startsWith(HEADS) ? (old ?? []) : [])));
  const isOwn = ({ target, old }: PushedRef): boolean => target.startsWith(HEADS) && old !== undefined;
  if (moves.every(isOwn)) return [...known];
  for (const [, head] of there.entries(HEADS)) if (known.add(head).size >= MOST_STARTS) break;
  return [...known];
}

/** Swaps, and where the answer was lost looks whether it happened. Throws `unknown` where that does not show. */
async function swapped(
  store: RemoteStore,
  there: RemoteRefs,
  heads: RefEdits,
  edits: (nodes: NodeStore) => RefEdits,
  upload: Upload,
  collections: number,
): Promise<boolean | 'collected'> {
  try {
    return await unlessCollected(() => swapRemoteRefs(store, there, edits, upload), collections);
  } catch (error) {
    if (!(error instanceof DoltError) || error.kind !== 'unknown') throw error;
    const now = await readRemoteRefs(store).catch(() => undefined);
    if (now === undefined || [...heads].some(([ref, value]) => now.get(ref) !== value)) throw error;
    await store.settle();
    return true;
  }
}

async function readKnownRefs(store: RemoteStore, remote: Remote): Promise<RemoteRefs> {
  const refs = await readRemoteRefs(store).catch((cause: unknown) => {
    throw cause instanceof MissingFolderError ? new RemoteGoneError(remote, { cause }) : cause;
  });
  if (refs.root === EMPTY_ADDRESS) throw new RemoteGoneError(remote);
  return refs;
}

/** What was pushed stands, whether or not the remote can be tidied now. */
async function tidy(repository: Repository, store: RemoteStore): Promise<void> {
  try {
    await store.tidy();
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    repository.environment.logger.warn(`${store.url} could not be tidied: ${error.message}`);
  }
}

function decide(
  repository: Repository,
  there: RemoteRefs,
  spec: PushSpec,
  value: Address | undefined,
  options: PushOptions,
): Planned {
  const { source, target } = spec;
  const old = there.get(target);
  const planned = (outcome: PushOutcome): Planned => ({ spec, source, target, old, new: value, outcome });
  if (old === value) return planned('up-to-date');
  if (value === undefined) return planned('deleted');
  if (old === undefined) return planned('new');
  // A tag stands for what it was made for: another one of its name is not its successor.
  const isKnown = repository.chunks.has(old) || repository.chunks.isGhost(old);
  const goesForward = !target.startsWith(TAGS) && isKnown && isAncestor(repository.nodes, old, value);
  if (goesForward) return planned('fast-forward');
  return planned(options.force === true || spec.forced ? 'forced' : 'rejected');
}

/** Tracking refs and bases are what the remote has now. */
function remember(repository: Repository, remote: Remote, plan: readonly Planned[]): void {
  const changes = plan.filter(({ outcome }) => outcome !== 'rejected');
  if (changes.length === 0) return;
  repository.update((refs) => {
    const edits = new Map<RefName, Address | undefined>();
    for (const { target, new: value } of changes) {
      if (target.startsWith(HEADS)) edits.set(trackingRef(remote.name, target.slice(HEADS.length)), value);
    }
    const bases = readBases(repository.nodes, refs, remote.name, remote.url);
    const next = withBases(
      bases,
      changes
        .filter(({ source, target, new: value }) => {
          if (value === undefined) return true;
          const here = refs.get(target);
          // A base without a local ref would say that the ref was deleted here; one that is not in it, that it was reset.
          if (here === undefined) return false;
          const isOwn = source === target || here === value;
          return isOwn || (target.startsWith(HEADS) && isAncestor(repository.nodes, value, here));
        })
        .map(({ target, new: value }) => [target, value] as const),
    );
    const kept = changes.flatMap(({ source, target }) => {
      const here = source === undefined ? refs.get(target) : undefined;
      return here === undefined ? [] : [[target, here] as const];
    });
    edits.set(...basesEdit(repository.nodes, remote.name, withheldFrom(next, kept)));
    return edits;
  });
}
