/**
 * Tables of a remote in a repository of their own, without the remote's history: they are new in its working set. A folder that
 * was begun is taken away again when it fails.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { branchRef, workingSetRef } from '../repo/refs.ts';
import { type Environment, type InitOptions, Repository } from '../repo/repository.ts';
import type { RootValue } from '../repo/root-value.ts';
import { cleanWorkingSet, writeWorkingSet } from '../repo/working-set.ts';
import { fullTextTables } from '../table/full-text/full-text-tables.ts';
import { Table } from '../table/table.ts';
import { CloneFolder } from './clone-folder.ts';
import { onPresentRefs, type RemoteRefs } from './remote-refs.ts';
import type { RemoteStore } from './remote-store.ts';
import { tablesAt } from './tables-at.ts';
import { downloadMissing, type ReportProgress } from './transfer.ts';

export interface ReadTablesOptions extends InitOptions {
  /** A branch, a tag or a commit of the remote. */
  readonly commit: string;
  /** By name; all unless told. */
  readonly tables: readonly string[] | undefined;
  readonly progress?: ((table: string) => ReportProgress) | undefined;
}

/** The names of the tables. Throws `notFound` for a commit or a table that is not there, `conflict` where a repository is. */
export async function readTablesInto(
  environment: Environment,
  store: RemoteStore,
  refs: RemoteRefs,
  directory: string,
  options: ReadTablesOptions,
): Promise<readonly string[]> {
  return await onPresentRefs(store, refs, async (present) => {
    const found = await tablesAt(store, present, options.commit);
    const names = options.tables ?? [...found.keys()];
    const missing = names.find((name) => !found.has(name));
    if (missing !== undefined) {
      throw new DoltError('notFound', `No table named '${missing}' at '${options.commit}'`);
    }
    const folder = CloneFolder.open(environment.disk, directory);
    try {
      if (folder.isPublished) throw new DoltError('conflict', `data repository already exists at ${directory}`);
      folder.discard();
      await fill(environment, store, folder.staging, found, names, options);
      folder.publish();
      folder.cleanUp();
    } catch (error) {
      folder.abandon();
      throw error;
    }
    return names;
  });
}

async function fill(
  environment: Environment,
  store: RemoteStore,
  directory: string,
  found: ReadonlyMap<string, Address>,
  names: readonly string[],
  options: ReadTablesOptions,
): Promise<void> {
  const repository = Repository.init(environment, directory, options);
  try {
    const { initialBranch: branch, name, email, progress } = options;
    const head = repository.rootOfCommit(repository.refs().get(branchRef(branch))!);
    const wanted = new Set(names);
    let working: RootValue = head;
    // What a full-text index keeps is in tables of its own, which are added on the way.
    for (const table of wanted) {
      const address = found.get(table);
      if (address === undefined) throw new DoltError('corrupt', `the remote lacks table ${table}`);
      await downloadMissing(store, repository, [address], { progress: progress?.(table) });
      working = working.withTables(new Map([[table, address]]));
      for (const other of fullTextTables(Table.open(repository.nodes, address).schema)) wanted.add(other);
    }
    const meta = { name, email, description: 'read-tables', seconds: Math.trunc(environment.clock.now() / 1000) };
    const workingSet = { ...cleanWorkingSet(head), working };
    repository.update(() => new Map([[workingSetRef(branch), writeWorkingSet(repository.nodes, workingSet, meta)]]));
  } finally {
    repository.close();
  }
}
