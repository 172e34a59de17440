/**
 * The command line's workspace: the repository's current branch (`repo_state.json`) and its stored working set. Every
 * change is durable when the call returns.
 */
import { basename } from 'node:path';
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { type CommitHook, openGate } from '../repo/commit-hook.ts';
import { databaseName } from '../repo/database-name.ts';
import { parseDate } from '../repo/dates.ts';
import { type HeadUpdate, updateHeads } from '../repo/head-update.ts';
import type { Identity } from '../repo/identity.ts';
import type { MergeExpressions } from '../repo/merge/merge-expressions.ts';
import { branchRef, HEADS, type Refs } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import type { RootValue } from '../repo/root-value.ts';
import type { Roots } from '../repo/staging.ts';
import { type Steps, waitFor } from '../repo/steps.ts';
import type { WorkingSet, WorkingSetMeta } from '../repo/working-set.ts';
import { currentBranch, type Signature, type Workspace } from './workspace.ts';

/** Where a workspace's words for the user go. */
export interface Announcer {
  warn(message: string): void;
  progress(message: string): void;
}

/** Loads what merges need of SQL, which lies above. */
export type LoadMergeExpressions = () => Promise<MergeExpressions>;

export class RepoWorkspace implements Workspace {
  readonly repository: Repository;
  readonly isSession = false;
  readonly #announcer: Announcer;
  readonly #hook: CommitHook;
  readonly #expressions: LoadMergeExpressions | undefined;

  constructor(
    repository: Repository,
    announcer: Announcer,
    hook: CommitHook = openGate,
    expressions?: LoadMergeExpressions,
  ) {
    this.repository = repository;
    this.#announcer = announcer;
    this.#hook = hook;
    this.#expressions = expressions;
  }

  signature(given?: Identity): Signature {
    const { config, environment } = this.repository;
    const { variables } = environment;
    const configured = {
      name: config.get('user.name') ?? given?.name,
      email: config.get('user.email') ?? given?.email,
    };
    const person = (role: 'AUTHOR' | 'COMMITTER') => ({
      name: required(variables[`DOLT_${role}_NAME`] || configured.name, 'user.name', 'FIRST LAST'),
      email: required(variables[`DOLT_${role}_EMAIL`] || configured.email, 'user.email', 'EMAIL_ADDRESS'),
    });
    const date = (role: 'AUTHOR' | 'COMMITTER'): number | undefined => {
      const text = variables[`DOLT_${role}_DATE`];
      return text ? parseDate(text) : undefined;
    };
    const author = person('AUTHOR');
    const committer = person('COMMITTER');
    return {
      author,
      committer,
      authorDate: date('AUTHOR'),
      committerDate: date('COMMITTER'),
      committerIsExplicit: committer.name !== author.name || committer.email !== author.email,
    };
  }

  setting(name: string): string {
    return this.repository.config.get(`sqlserver.global.${name}`) ?? '';
  }

  databaseName(): string {
    return databaseName(basename(this.repository.directory), this.repository.environment);
  }

  now(): number {
    return this.repository.environment.clock.now();
  }

  refs(): Refs {
    return this.repository.refs();
  }

  branch(): string | undefined {
    const { head } = this.repository.state();
    return head.startsWith(HEADS) ? head.slice(HEADS.length) : undefined;
  }

  head(): Address {
    return this.repository.headOf(currentBranch(this));
  }

  headRoot(): RootValue {
    return this.repository.rootOfCommit(this.head());
  }

  workingSet(): WorkingSet {
    return this.repository.workingSet(currentBranch(this));
  }

  *setWorkingSet(workingSet: WorkingSet, description: string): Steps<void> {
    const workingSets = new Map([[currentBranch(this), workingSet]]);
    yield* this.updateHeads({ refs: [], workingSets }, description);
  }

  commitOnTop<Result>(roots: Roots, make: (roots: Roots) => Steps<Result>): Steps<Result> {
    return make(roots);
  }

  *updateHeads(update: HeadUpdate, description: string): Steps<Refs> {
    const { refs, warnings } = yield* updateHeads(this.repository, this.#hook, update, this.#meta(description));
    for (const warning of warnings) this.warn(warning);
    return refs;
  }

  *switchBranch(branch: string): Steps<void> {
    this.repository.updateState((state) => ({ ...state, head: branchRef(branch) }));
  }

  /** Without a server there are no others. */
  assertNotInUse(): void {}

  assertNotDefault(): void {}

  *mergeExpressions(): Steps<MergeExpressions | undefined> {
    return this.#expressions && (yield* waitFor(this.#expressions()));
  }

  warn(message: string): void {
    this.#announcer.warn(message);
  }

  progress(message: string): void {
    this.#announcer.progress(message);
  }

  rest(): void {}

  /** A working set needs no configured user: it never leaves this folder. */
  #meta(description: string): WorkingSetMeta {
    const { config } = this.repository;
    return {
      name: config.get('user.name') ?? '',
      email: config.get('user.email') ?? '',
      description,
      seconds: Math.trunc(this.now() / 1000),
    };
  }
}

function required(value: string | undefined, key: string, example: string): string {
  if (value) return value;
  throw new DoltError(
    'invalid',
    `Could not determine ${key}.\nLog into DoltHub: dolt login\nOR add ${key.slice('user.'.length)} to config: dolt config [--global|--local] --add ${key} "${example}"`,
  );
}
