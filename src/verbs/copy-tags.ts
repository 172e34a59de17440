/**
 * `schema copy-tags`: gives columns the tags that columns of their names have at the head of another branch, as a commit of its
 * own, so that merges with that branch pair them again. A column that has one of these tags already gets a free one.
 */
import { DoltError } from '../base/errors.ts';
import { branchRef } from '../repo/refs.ts';
import type { RootValue } from '../repo/root-value.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { signed } from './commit.ts';
import { assertClean, commitPicked } from './pick.ts';
import { withColumnTag } from './update-tag.ts';
import type { Verb } from './verb.ts';
import { rootsOf } from './workspace-roots.ts';

export interface TagChange {
  readonly table: string;
  readonly column: string;
  readonly tag: number;
  /** `moved`: out of the way of another column. */
  readonly kind: 'synced' | 'moved';
}

export interface CopyTagsResult {
  readonly from: string;
  readonly changes: readonly TagChange[];
}

export const copyTags: Verb<CopyTagsResult> = {
  name: 'schema copy-tags',
  summary: 'Update the column tags on one branch to match another branch',
  synopsis: ['<from-branch>'],
  positional: [['from-branch', 'The name of the branch from which to copy tags']],
  flags: [],
  *run(workspace, args) {
    const parsed = parseArguments(copyTags, args);
    const [from, ...more] = parsed.positional;
    if (from === undefined || more.length > 0) throw new UsageError('must provide <from-branch>');
    const head = workspace.refs().get(branchRef(from));
    if (head === undefined) throw new DoltError('notFound', `failed to find branch ${from}`);
    assertClean(workspace, "current branch's working set is not clean; commit or discard any changes and try again");
    const { staged, working } = rootsOf(workspace);
    const changes = tagChanges(staged, workspace.repository.rootOfCommit(head));
    if (changes.length === 0) return { from, changes };
    const retagged = (root: RootValue): RootValue =>
      changes.reduce((changed, { table, column, tag }) => withColumnTag(changed, table, column, tag), root);
    const meta = { message: `Syncing column tags from ${from} branch`, ...signed(workspace, parsed) };
    yield* commitPicked(workspace, { staged: retagged(staged), working: retagged(working) }, meta);
    return { from, changes };
  },
};

/** In an order in which no two columns ever have one tag. */
function tagChanges(root: RootValue, source: RootValue): TagChange[] {
  const columns = columnsOf(root);
  const holders = new Map(columns.map((each) => [each.tag, each]));
  const wanted = new Map(columnsOf(source).map((each) => [keyOf(each), each.tag]));
  const changes: TagChange[] = [];
  const give = (to: TaggedColumn, tag: number, kind: TagChange['kind']): void => {
    holders.delete(to.tag);
    holders.set(tag, to);
    to.tag = tag;
    changes.push({ table: to.table, column: to.column, tag, kind });
  };
  for (const column of columns) {
    const tag = wanted.get(keyOf(column));
    if (tag === undefined || tag === column.tag) continue;
    const holder = holders.get(tag);
    if (holder !== undefined) give(holder, freeTag(tag, holders), 'moved');
    give(column, tag, 'synced');
  }
  return changes;
}

interface TaggedColumn {
  readonly table: string;
  readonly column: string;
  tag: number;
}

const columnsOf = (root: RootValue): TaggedColumn[] =>
  root
    .tableNames()
    .flatMap((table) => root.table(table)!.schema.columns.map(({ name, tag }) => ({ table, column: name, tag })));

const keyOf = ({ table, column }: TaggedColumn): string => JSON.stringify([table, column]);

function freeTag(after: number, taken: ReadonlyMap<number, unknown>): number {
  let tag = after + 1;
  while (taken.has(tag)) tag++;
  return tag;
}
