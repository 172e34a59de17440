/**
 * `fsck`: checks every file of the repository, then everything the refs lead to: chunks are there and are what their
 * address says, messages and nodes can be read, commits agree with their parents on height and closure. What is so
 * damaged that the repository cannot be opened is named as well.
 */
import { type Address, addressOf, EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { StoreProblem } from '../chunks/chunk-file.ts';
import { checkStore } from '../chunks/store-check.ts';
import { CommitClosure } from '../prolly/commit-closure.ts';
import { Node } from '../prolly/node.ts';
import { fileIdOf } from '../serial/flatbuffer-table.ts';
import { closed, readCommit, tryReadCommit } from './commit.ts';
import { checkConfig, checkRepoState } from './file-check.ts';
import { walkReachable } from './reachable.ts';
import { REDO_REF } from './redo/recover.ts';
import { type RefName, Refs } from './refs.ts';
import { NotARepositoryError } from './repo-errors.ts';
import { doltDirectoryIn, type Environment, nomsIn, Repository } from './repository.ts';
import { RootValue } from './root-value.ts';
import type { Steps } from './steps.ts';

export interface IntegrityProblem {
  /** Where: a file, a ref, or a chunk's address. */
  readonly place: string;
  readonly message: string;
}

export interface IntegrityReport {
  readonly problems: readonly IntegrityProblem[];
  readonly refs: number;
  readonly commits: number;
  readonly chunks: number;
  /** Chunks by their four-letter kind. */
  readonly kinds: ReadonlyMap<string, number>;
}

const CHUNKS_A_SLICE = 1000;

/** Throws `NotARepositoryError`; everything else that is wrong is in the report. */
export function* checkIntegrity(environment: Environment, directory: string): Steps<IntegrityReport> {
  const { disk, timers } = environment;
  const problems: IntegrityProblem[] = [];
  for (const problem of checkStore(disk, nomsIn(directory), true)) {
    problems.push(storeProblem(problem));
    yield { until: timers.sleep(0) };
  }
  const doltDirectory = doltDirectoryIn(directory);
  let repository: Repository | undefined;
  try {
    repository = Repository.open(environment, directory, { readOnly: true });
    problems.push(...checkRepoState(disk, doltDirectory, repository.refs()));
  } catch (error) {
    if (error instanceof NotARepositoryError || !(error instanceof DoltError)) throw error;
    const { message } = error;
    if (!problems.some((problem) => problem.message === message)) problems.push({ place: directory, message });
    problems.push(...checkRepoState(disk, doltDirectory, undefined));
  }
  problems.push(...checkConfig(disk, doltDirectory));
  if (!repository) return { problems, refs: 0, commits: 0, chunks: 0, kinds: new Map() };
  try {
    const content = yield* checkContent(repository);
    return { ...content, problems: [...problems, ...content.problems] };
  } finally {
    repository.close();
  }
}

function* checkContent(repository: Repository): Steps<IntegrityReport> {
  const { chunks, nodes, environment } = repository;
  const problems: IntegrityProblem[] = [];
  const report = (place: string, error: unknown): void => {
    problems.push({ place, message: error instanceof Error ? error.message : String(error) });
  };
  const pause = () => ({ until: environment.timers.sleep(0) });
  let checked = 0;
  const kinds = new Map<string, number>();
  let refs: readonly (readonly [RefName, Address])[] = [];
  try {
    refs = [...Refs.read(nodes, chunks.root()).entries()];
  } catch (error) {
    report(chunks.root(), error);
  }
  const commits: Address[] = [];
  const damaged = new Set<Address>();
  const seen = new Set<Address>();
  const onDamage = (address: Address, error: unknown): void => {
    damaged.add(address);
    report(address, error);
  };
  const roots = [chunks.root(), ...refs.map(([, address]) => address)];
  for (const { address, bytes } of walkReachable(chunks, roots, seen, onDamage)) {
    checked++;
    const kind = fileIdOf(bytes);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (addressOf(bytes) !== address) report(address, 'its bytes are not those its address stands for');
    try {
      if (kind === 'TUPM' || kind === 'ADRM' || kind === 'CMCL' || kind === 'ARTM') Node.read(bytes);
      else if (kind === 'RTVL') for (const name of RootValue.read(nodes, address).tables()) void name;
    } catch (error) {
      if (!damaged.has(address)) onDamage(address, error);
    }
    if (kind === 'DCMT') commits.push(address);
    if (checked % CHUNKS_A_SLICE === 0) yield pause();
  }
  for (const [i, address] of commits.entries()) {
    try {
      if (!damaged.has(address)) checkCommit(repository, address, report);
    } catch (error) {
      report(address, error);
    }
    if (i % CHUNKS_A_SLICE === CHUNKS_A_SLICE - 1) yield pause();
  }
  const count = refs.filter(([name]) => name !== REDO_REF).length;
  return { problems, refs: count, commits: commits.length, chunks: seen.size, kinds };
}

function checkCommit({ nodes }: Repository, address: Address, report: (place: string, error: unknown) => void): void {
  const commit = readCommit(nodes, address);
  // How high its ghosts are is not known.
  if (commit.parents.some((parent) => nodes.chunks.isGhost(parent))) return;
  const parents = commit.parents.map((parent) => tryReadCommit(nodes, parent));
  const heights = parents.map((parent) => parent?.height ?? 0);
  const height = 1 + Math.max(0, ...heights);
  if (commit.height !== height)
    report(address, `commit: its height is ${commit.height}, its parents make it ${height}`);
  if (parents.includes(undefined)) return;
  if (commit.parents.length === 0) {
    if (commit.closure !== EMPTY_ADDRESS) report(address, 'commit: a closure without parents');
    return;
  }
  const closure = CommitClosure.open(nodes, commit.closure);
  if (commit.parents.length === 1) {
    const count = closed(nodes, parents[0]!).closure.count + 1;
    if (closure.count !== count) report(address, `commit: its closure has ${closure.count} ancestors, not ${count}`);
  }
  for (const parent of parents) {
    if (!closure.has(parent!)) report(address, `commit: its closure lacks the parent ${parent!.address}`);
  }
}

function storeProblem({ path, address, message }: StoreProblem): IntegrityProblem {
  return {
    place: path,
    message: address === undefined || message.includes(address) ? message : `chunk ${address}: ${message}`,
  };
}
