/** Errors of a repository that callers tell apart, with Dolt's words where Dolt has words for them. */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';

export class NotARepositoryError extends DoltError {
  readonly directory: string;
  /** `found`: what is there instead. */
  constructor(directory: string, found?: string) {
    const advice =
      'The current directory is not a valid dolt repository.\nrun: dolt init before trying to run this command';
    super('notFound', found === undefined ? advice : `${advice}\n${found}`);
    this.directory = directory;
  }
}

export class BranchNotFoundError extends DoltError {
  readonly branch: string;
  constructor(branch: string) {
    super('notFound', `branch not found: ${branch}`);
    this.branch = branch;
  }
}

export class InvalidRefSpecError extends DoltError {
  readonly spec: string;
  constructor(spec: string, message: string) {
    super('invalid', message);
    this.spec = spec;
  }
}

export class CommitNotFoundError extends DoltError {
  readonly address: Address;
  constructor(address: Address) {
    super('notFound', `target commit not found: ${address}`);
    this.address = address;
  }
}

export class TablesNotFoundError extends DoltError {
  readonly tables: readonly string[];
  constructor(tables: readonly string[]) {
    super('notFound', `error: the table(s) ${tables.join(', ')} do not exist`);
    this.tables = tables;
  }
}

export class NothingToCommitError extends DoltError {
  constructor(message = 'nothing to commit') {
    super('invalid', message);
  }
}

/** Tables that keep a commit or a checkout from happening, and why. */
export class BlockedByTablesError extends DoltError {
  readonly tables: readonly string[];
  readonly reason: 'conflicts' | 'schema conflicts' | 'constraint violations' | 'local changes';
  constructor(reason: BlockedByTablesError['reason'], tables: readonly string[], message: string) {
    super('conflict', message);
    this.reason = reason;
    this.tables = tables;
  }
}

/** Patterns of `dolt_ignore` that contradict each other about a table. */
export class IgnoreConflictError extends DoltError {
  readonly table: string;
  constructor(table: string, ignoring: readonly string[], keeping: readonly string[]) {
    const message =
      `the table ${table} matches conflicting patterns in dolt_ignore:\n` +
      [...ignoring.map((p) => `ignored:     ${p}`), ...keeping.map((p) => `not ignored: ${p}`)].join('\n');
    super('conflict', message);
    this.table = table;
  }
}
