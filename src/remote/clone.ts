/**
 * Cloning copies the remote's files as they are, which is as fast as the disks, and then makes one local record: the
 * checked-out branch with a clean working set, tracking refs for all branches, the tags. What else the remote's root
 * names (other people's working sets, tracking refs, internal datasets) is not taken along. Until that is done the folder is
 * no repository. A clone that fails removes what it made, unless it was the remote that could not be reached: then, and after
 * a kill, the next clone into the folder goes on with what has come. A clone of a limited depth asks for chunks instead
 * (shallow.ts).
 */
import { type Address, EMPTY_ADDRESS, JOURNAL_ADDRESS } from '../base/address.ts';
import { DiskError } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { tableOfJournal } from '../chunks/journal-table.ts';
import { isTableName } from '../chunks/open-chunk-file.ts';
import type { WrittenTable } from '../chunks/table-file-writer.ts';
import { branchRef, HEADS, type RefName, TAGS, trackingRef, workingSetRef } from '../repo/refs.ts';
import { basesEdit } from '../repo/remote-bases.ts';
import { initialRepoState, newRemote, type Remote } from '../repo/repo-state.ts';
import { type Environment, Repository } from '../repo/repository.ts';
import { withRemote, withUpstream } from '../repo/upstream.ts';
import { cleanWorkingSet, writeWorkingSet } from '../repo/working-set.ts';
import { ArrivalCheck } from './arrival-check.ts';
import { ArrivingFiles } from './arriving-files.ts';
import { CloneFolder, isPart, partOf } from './clone-folder.ts';
import { inParallel } from './parallel.ts';
import { onPresentRefs, type RemoteRefs, readRemoteRefs } from './remote-refs.ts';
import type { RemoteFile, RemoteStore } from './remote-store.ts';
import { fetchShallow } from './shallow.ts';
import type { ReportProgress } from './transfer.ts';

export interface CloneOptions {
  /** What to check out; the remote's default branch when left out. */
  readonly branch?: string | undefined;
  /** `origin` unless told. */
  readonly remoteName?: string | undefined;
  /** Only this branch gets a tracking ref. */
  readonly singleBranch?: boolean;
  /** Generations of the branch's history to take along, at least one; then no other branch comes, and no tag. All unless told. */
  readonly depth?: number | undefined;
  /** The name to look for first when no branch is given. */
  readonly defaultBranch?: string | undefined;
  readonly params?: Readonly<Record<string, string>>;
  readonly progress?: (progress: CloneProgress) => void;
}

export interface CloneProgress {
  readonly chunksDone: number;
  readonly chunksTotal: number;
  readonly chunksDownloading: number;
}

const LISTING_ATTEMPTS = 5;
const PARALLEL_FILES = 3;

/**
 * Clones into `directory`, which is made when it is not there; `url` is what is stored as the remote's. Throws
 * `conflict` when there is a repository, `notFound` for a remote without data or without the branch.
 */
export async function cloneInto(
  environment: Environment,
  store: RemoteStore,
  url: string,
  directory: string,
  options: CloneOptions = {},
): Promise<Repository> {
  const refs = await readRemoteRefs(store);
  branchOf(refs, options);
  const folder = CloneFolder.open(environment.disk, directory);
  await makeIn(folder, 'clone', async () => {
    await onPresentRefs(store, refs, async (present) => {
      const branch = branchOf(present, options);
      // What a clone of one depth has left is no part of another.
      const what = options.depth === undefined ? url : `${url} --branch ${branch} --depth ${options.depth}`;
      await goOn(folder, what, () =>
        fill(environment, store, url, folder.staging, { ...options, refs: present, branch }),
      );
    });
    folder.publish();
  });
  return Repository.open(environment, directory);
}

/** The branch that a clone checks out. Throws `notFound`. */
function branchOf(refs: RemoteRefs, { branch, defaultBranch }: CloneOptions): string {
  if (refs.root === EMPTY_ADDRESS || [...refs.entries(HEADS)].length === 0) {
    throw new DoltError('notFound', `clone failed; remote at that url contains no Dolt data`);
  }
  const chosen = branch ?? defaultBranchOf(refs, defaultBranch);
  if (refs.get(branchRef(chosen)) !== undefined) return chosen;
  throw new DoltError('notFound', `clone failed; remote branch '${chosen}' not found`);
}

/** Lets `make` publish a repository, unless that was done before, and leaves what can be gone on with, or nothing. */
export async function makeIn(folder: CloneFolder, verb: 'clone' | 'restore', make: () => Promise<void>): Promise<void> {
  try {
    if (!folder.isPublished) await make();
    folder.cleanUp();
  } catch (error) {
    if (!(error instanceof DoltError) || error instanceof DiskError || error.kind !== 'unavailable') {
      folder.abandon();
      throw error;
    }
    folder.leave();
    const hint = `what has come is kept: ${verb} again into the same folder to go on`;
    throw new DoltError('unavailable', `${error.message}; ${hint}`, { cause: error });
  }
}

/**
 * Fills the folder with `what`, using what an earlier call has left, unless it turns out to be damaged: what was not synced
 * may be anything.
 */
export async function goOn(folder: CloneFolder, what: string, fill: () => Promise<void>): Promise<void> {
  const isUsed = folder.prepare(what);
  try {
    await fill();
  } catch (error) {
    if (!isUsed || !(error instanceof DoltError) || error.kind !== 'corrupt') throw error;
    folder.discard();
    await fill();
  }
}

interface Fill extends CloneOptions {
  readonly refs: RemoteRefs;
  readonly branch: string;
}

/** Makes the repository in `staging`, complete and closed. */
async function fill(
  environment: Environment,
  store: RemoteStore,
  url: string,
  staging: string,
  fill: Fill,
): Promise<void> {
  const { refs, branch, remoteName = 'origin', depth, params, progress } = fill;
  const remote = newRemote(remoteName, url, params);
  const state = withUpstream(withRemote(initialRepoState(branchRef(branch)), remote), branch, remote.name, branch);
  const repository = Repository.create(environment, staging, branch, state);
  try {
    const taken = takenRefs(fill);
    if (depth === undefined) await copyChecked(store, url, repository, [...taken.values()], progress);
    else
      await fetchShallow(store, repository, refs.get(branchRef(branch))!, depth, {
        progress: shallowProgress(progress),
      });
    checkOut(repository, taken, branch, remote);
  } finally {
    repository.close();
  }
}

export function defaultBranchOf(refs: RemoteRefs, preferred: string | undefined): string {
  const names = Array.from(refs.entries(HEADS), ([name]) => name.slice(HEADS.length));
  return [preferred, 'main', 'master'].find((name) => name !== undefined && names.includes(name)) ?? names[0]!;
}

/**
 * Copies all files into the store, where they are readable at once, and checks what has arrived: `roots` must be whole.
 * Throws `corrupt`; `url` is how the remote is called then.
 */
export async function copyChecked(
  store: RemoteStore,
  url: string,
  repository: Repository,
  roots: readonly Address[],
  report: CloneOptions['progress'],
): Promise<void> {
  const check = new ArrivalCheck(url, repository.environment.threads);
  try {
    await copyFiles(store, repository, check, report);
    check.run(repository.chunks, roots);
  } finally {
    check.close();
  }
}

/** Lists the files again when one went away because the remote was tidied. */
async function copyFiles(
  store: RemoteStore,
  { environment, chunks }: Repository,
  check: ArrivalCheck,
  report: CloneOptions['progress'],
): Promise<void> {
  const { disk } = environment;
  const pathOf = ({ name, suffix }: RemoteFile): string => `${chunks.directory}/${name}${suffix}`;
  for (let attempt = 1; ; attempt++) {
    const files = await store.files();
    const arriving = new ArrivingFiles(disk, store, check, files);
    const journal = files.find(({ name }) => name === JOURNAL_ADDRESS);
    let table: WrittenTable | undefined;
    try {
      await inParallel(
        files,
        PARALLEL_FILES,
        counted(files, report, (file) => arriving.copy(file, pathOf(file))),
      );
      if (journal) table = tableOfJournal(disk, partOf(pathOf(journal)), chunks.tableWriter());
    } catch (error) {
      const isGone = error instanceof DoltError && (error.kind === 'unavailable' || error.kind === 'notFound');
      if (!isGone || error instanceof DiskError || attempt === LISTING_ATTEMPTS) throw error;
      check.forget();
      continue;
    }
    const tables = files.filter((file) => file !== journal);
    const wanted = new Set([...tables.map(pathOf), ...(table ? [table.path] : [])]);
    for (const name of disk.list(chunks.directory) ?? []) {
      const path = `${chunks.directory}/${name}`;
      if ((isTableName(name) && !wanted.has(path)) || isPart(name)) disk.remove('clone:remove', path);
    }
    chunks.addFiles(table ? [...tables, table] : tables);
    return;
  }
}

/** Says how many chunks have come when a file begins to and when it has. */
function counted(
  files: readonly RemoteFile[],
  report: CloneOptions['progress'],
  copy: (file: RemoteFile) => Promise<void>,
): (file: RemoteFile) => Promise<void> {
  const chunksTotal = files.reduce((sum, { chunkCount }) => sum + chunkCount, 0);
  let chunksDone = 0;
  let chunksDownloading = 0;
  const say = (): void => report?.({ chunksDone, chunksTotal, chunksDownloading });
  return async (file) => {
    chunksDownloading += file.chunkCount;
    say();
    await copy(file);
    chunksDownloading -= file.chunkCount;
    chunksDone += file.chunkCount;
    say();
  };
}

function shallowProgress(report: CloneOptions['progress']): ReportProgress | undefined {
  return (
    report &&
    (({ chunksDone, chunksFound }) =>
      report({ chunksDone, chunksTotal: chunksFound, chunksDownloading: chunksFound - chunksDone }))
  );
}

/** The remote's branches and tags that a clone takes along. */
function takenRefs({ refs, branch, singleBranch, depth }: Fill): ReadonlyMap<RefName, Address> {
  const isShallow = depth !== undefined;
  const heads = [...refs.entries(HEADS)].filter(([name]) => !(singleBranch || isShallow) || name === branchRef(branch));
  return new Map(isShallow ? heads : [...heads, ...refs.entries(TAGS)]);
}

function checkOut(
  repository: Repository,
  taken: ReadonlyMap<RefName, Address>,
  branch: string,
  { name: remote, url }: Remote,
): void {
  const { nodes, environment } = repository;
  const head = taken.get(branchRef(branch))!;
  const edits = new Map<RefName, Address>([[branchRef(branch), head]]);
  const bases = new Map<RefName, Address>();
  for (const [name, address] of taken) {
    edits.set(name.startsWith(HEADS) ? trackingRef(remote, name.slice(HEADS.length)) : name, address);
    // A base without a branch would say that the branch was deleted here.
    if (name === branchRef(branch) || name.startsWith(TAGS)) bases.set(name, address);
  }
  const seconds = Math.trunc(environment.clock.now() / 1000);
  const meta = { name: 'TODO', email: 'TODO', description: 'clone', seconds };
  const workingSet = cleanWorkingSet(repository.rootOfCommit(head));
  edits.set(workingSetRef(branch), writeWorkingSet(nodes, workingSet, meta));
  edits.set(...basesEdit(nodes, remote, { url, refs: bases }));
  repository.update(() => edits);
}
