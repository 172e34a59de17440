/**
 * Cloning copies the remote's files as they are, which is as fast as the disks, and then makes one local record: the
 * checked-out branch with a clean working set, tracking refs for all branches, the tags. What else the remote's root
 * names (other people's working sets, tracking refs, internal datasets) is not taken along. Until that record the folder
 * is no repository, and a clone that fails removes what it made.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { branchRef, HEADS, type RefName, TAGS, trackingRef, workingSetRef } from '../repo/refs.ts';
import { basesEdit } from '../repo/remote-bases.ts';
import { initialRepoState, newRemote } from '../repo/repo-state.ts';
import { type Environment, Repository } from '../repo/repository.ts';
import { withRemote, withUpstream } from '../repo/upstream.ts';
import { cleanWorkingSet, writeWorkingSet } from '../repo/working-set.ts';
import { ArrivalCheck } from './arrival-check.ts';
import { type RemoteRefs, readRemoteRefs } from './remote-refs.ts';
import type { RemoteFile, RemoteStore } from './remote-store.ts';

export interface CloneOptions {
  /** What to check out; the remote's default branch when left out. */
  readonly branch?: string | undefined;
  /** `origin` unless told. */
  readonly remoteName?: string | undefined;
  /** Only this branch gets a tracking ref. */
  readonly singleBranch?: boolean;
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
  const { disk } = environment;
  const refs = await readRemoteRefs(store);
  if (refs.root === EMPTY_ADDRESS || [...refs.entries(HEADS)].length === 0) {
    throw new DoltError('notFound', `clone failed; remote at that url contains no Dolt data`);
  }
  const branch = options.branch ?? defaultBranchOf(refs, options.defaultBranch);
  if (refs.get(branchRef(branch)) === undefined) {
    throw new DoltError('notFound', `clone failed; remote branch '${branch}' not found`);
  }
  if (disk.stat(`${directory}/.dolt`) !== undefined) {
    throw new DoltError('conflict', `data repository already exists at ${directory}`);
  }
  const existed = disk.stat(directory) !== undefined;
  let repository: Repository | undefined;
  try {
    const remote = newRemote(options.remoteName ?? 'origin', url, options.params);
    const state = withUpstream(withRemote(initialRepoState(branchRef(branch)), remote), branch, remote.name, branch);
    repository = Repository.create(environment, directory, branch, state);
    const roots = wantedRefs(refs, branch, options.singleBranch === true);
    await copyChecked(store, url, repository, roots, options.progress);
    checkOut(repository, refs, branch, remote.name, url, options.singleBranch === true);
    return repository;
  } catch (error) {
    repository?.close();
    disk.removeTree('clone:clean-up', existed ? `${directory}/.dolt` : directory);
    throw error;
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
  roots: Iterable<Address>,
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
  const copied = new Map<Address, RemoteFile>();
  const pathOf = ({ name, suffix }: RemoteFile): string => `${chunks.directory}/${name}${suffix}`;
  for (let attempt = 1; ; attempt++) {
    const files = await store.files();
    const chunksTotal = files.reduce((sum, { chunkCount }) => sum + chunkCount, 0);
    check.expect(files.reduce((sum, { byteSize }) => sum + byteSize, 0));
    let chunksDone = 0;
    try {
      for (const file of files) {
        report?.({ chunksDone, chunksTotal, chunksDownloading: file.chunkCount });
        if (!copied.has(file.name)) await store.download(file, pathOf(file));
        copied.set(file.name, file);
        chunksDone += file.chunkCount;
      }
    } catch (error) {
      if (!(error instanceof DoltError) || error.kind !== 'unavailable' || attempt === LISTING_ATTEMPTS) throw error;
      continue;
    }
    const listed = new Set(files.map(({ name }) => name));
    for (const [name, file] of copied) if (!listed.has(name)) environment.disk.remove('clone:remove', pathOf(file));
    chunks.addFiles(files);
    report?.({ chunksDone, chunksTotal, chunksDownloading: 0 });
    return;
  }
}

/** Values of the refs that a clone has. */
function wantedRefs(refs: RemoteRefs, branch: string, singleBranch: boolean): readonly Address[] {
  const heads = [...refs.entries(HEADS)].filter(([name]) => !singleBranch || name === branchRef(branch));
  return [...heads, ...refs.entries(TAGS)].map(([, address]) => address);
}

function checkOut(
  repository: Repository,
  refs: RemoteRefs,
  branch: string,
  remote: string,
  url: string,
  singleBranch: boolean,
): void {
  const { nodes, environment } = repository;
  const head = refs.get(branchRef(branch))!;
  const edits = new Map<RefName, Address>([[branchRef(branch), head]]);
  const bases = new Map<RefName, Address>();
  for (const [name, address] of refs.entries(HEADS)) {
    const short = name.slice(HEADS.length);
    if (singleBranch && short !== branch) continue;
    edits.set(trackingRef(remote, short), address);
    // A base without a branch would say that the branch was deleted here.
    if (short === branch) bases.set(name, address);
  }
  for (const [name, address] of refs.entries(TAGS)) {
    edits.set(name, address);
    bases.set(name, address);
  }
  const seconds = Math.trunc(environment.clock.now() / 1000);
  const meta = { name: 'TODO', email: 'TODO', description: 'clone', seconds };
  const workingSet = cleanWorkingSet(repository.rootOfCommit(head));
  edits.set(workingSetRef(branch), writeWorkingSet(nodes, workingSet, meta));
  edits.set(...basesEdit(nodes, remote, { url, refs: bases }));
  repository.update(() => edits);
}
