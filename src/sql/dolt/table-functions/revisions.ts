/** The revisions that the diff functions take: `'a', 'b'`, `'a..b'`, `'a...b'` (from the merge base), WORKING, STAGED. */

import { mergeBase } from '../../../repo/merge-base.ts';
import type { RootValue } from '../../../repo/root-value.ts';
import type { TableSchema } from '../../../table/schema.ts';
import { withoutSystemColumns } from '../../../table/shown-columns.ts';
import type { Value } from '../../../tuple/value.ts';
import type { DatabaseView } from '../../catalog/database-view.ts';
import { SqlError } from '../../types/sql-error.ts';
import type { DiffSide } from '../diff-rows.ts';
import { moment } from '../system-tables/commit-columns.ts';
import { revisionSide } from '../system-tables/commit-diff-of-table.ts';
import type { TableFunctionScene } from './list.ts';

export interface DiffArguments {
  readonly from: string;
  readonly to: string;
  /** `a...b`: from the merge base of both. */
  readonly fromMergeBase: boolean;
  readonly table: string | undefined;
}

export function diffArguments(name: string, args: readonly Value[], needsTable: boolean): DiffArguments {
  const words = args.map((arg) => {
    if (typeof arg !== 'string') throw new SqlError(1105, 'HY000', `Invalid argument to ${name}: ${String(arg)}`);
    return arg;
  });
  const range = /^(.*?)(\.\.\.?)(.*)$/.exec(words[0] ?? '');
  const rest = range ? words.slice(1) : words.slice(2);
  const enough = range ? words.length >= 1 : words.length >= 2;
  if (!enough || rest.length > 1 || (needsTable && rest.length !== 1)) {
    throw new SqlError(
      1105,
      'HY000',
      `Incorrect number of arguments to ${name}: expected ${needsTable ? '3' : '2 to 3'}, found ${words.length}`,
    );
  }
  const [from, to] = range ? [range[1]!, range[3]!] : [words[0]!, words[1]!];
  return { from: from || 'HEAD', to: to || 'HEAD', fromMergeBase: range?.[2] === '...', table: rest[0] };
}

export function sidesOf(
  { session }: TableFunctionScene,
  from: string,
  to: string,
  fromMergeBase = false,
): { readonly view: DatabaseView; readonly left: DiffSide; readonly right: DiffSide } {
  const view = session.view(session.handle());
  const now = moment(session.statementStart);
  const side = (revision: string): DiffSide => {
    const found = revisionSide(view, revision);
    return found.date === null ? { ...found, date: now } : found;
  };
  const right = side(to);
  if (!fromMergeBase) return { view, left: side(from), right };
  const base = mergeBase(view.repository.nodes, view.resolveCommit(from), view.resolveCommit(to));
  if (base === undefined) throw new SqlError(1105, 'HY000', 'no common ancestor');
  return { view, left: side(base), right };
}

export function schemaIn(root: RootValue, name: string | undefined): TableSchema | undefined {
  const table = name === undefined ? undefined : root.table(name);
  return table && withoutSystemColumns(table.schema);
}
