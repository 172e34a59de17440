/** `rm`: drops committed tables and stages that they are gone; with `--cached` they stay in the working root, untracked. */
import { DoltError } from '../base/errors.ts';
import { withoutTables } from '../repo/foreign-keys.ts';
import type { RootValue } from '../repo/root-value.ts';
import type { Roots } from '../repo/staging.ts';
import { parseArguments, UsageError } from './arguments.ts';
import type { Verb } from './verb.ts';
import { rootsOf } from './workspace-roots.ts';

export interface RmResult {
  /** As they were named. */
  readonly tables: readonly string[];
  readonly cached: boolean;
}

export const rm: Verb<RmResult> = {
  name: 'rm',
  summary: 'Drops a table and removes it from tracking',
  synopsis: ['[--cached] <table>...'],
  positional: [['table', 'Tables to remove.']],
  flags: [
    {
      name: 'cached',
      help: 'Use this option to unstage and remove tables only from the index. Working tree tables, whether modified or not, will be left alone.',
    },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(rm, args);
    const { positional } = parsed;
    if (positional.length === 0) {
      throw new UsageError('Nothing specified, nothing removed. Which tables should I remove?');
    }
    const cached = parsed.has('cached');
    const roots = rootsOf(workspace);
    assertRemovable(roots, positional, cached);
    const workingSet = workspace.workingSet();
    const [staged, working] = [withoutNamed(roots.staged, positional), withoutNamed(roots.working, positional)];
    yield* workspace.setWorkingSet({ ...workingSet, staged, working: cached ? workingSet.working : working }, 'rm');
    return { tables: positional, cached };
  },
};

function assertRemovable({ head, staged, working }: Roots, names: readonly string[], cached: boolean): void {
  const addressIn = (root: RootValue, name: string) => {
    const stored = root.resolveTableName(name);
    return stored === undefined ? undefined : root.tableAddress(stored);
  };
  const found = names.map((name) => ({
    ...{ name, head: addressIn(head, name), staged: addressIn(staged, name), working: addressIn(working, name) },
  }));
  const refuse = (list: readonly { readonly name: string }[], what: string): void => {
    if (list.length === 0) return;
    throw new DoltError('conflict', `error: the table(s) ${list.map(({ name }) => name).join(', ')} ${what}`);
  };
  refuse(
    found.filter((table) => table.staged === undefined && (cached || table.working === undefined)),
    'do not exist',
  );
  if (cached) return;
  refuse(
    found.filter((table) => table.working !== table.staged || (table.head ?? table.staged) !== table.staged),
    'have unstaged changes.',
  );
  refuse(
    found.filter((table) => table.head === undefined),
    'have changes saved in the index. Use --cached or commit.',
  );
}

/** Throws `conflict` where a table that stays refers to one that goes. */
function withoutNamed(root: RootValue, names: readonly string[]): RootValue {
  const stored = names.map((name) => root.resolveTableName(name)).filter((name) => name !== undefined);
  const keys = withoutTables(root.foreignKeys(), stored);
  return stored.reduce((rest, name) => rest.withoutTable(name), root).withForeignKeys(keys);
}
