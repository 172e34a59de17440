/** The merge that `dolt_preview_merge_conflicts` and its summary are asked about. */
import type { Address } from '../../../base/address.ts';
import type { PreviewInput } from '../../../repo/merge/preview-conflicts.ts';
import { mergeBase } from '../../../repo/merge-base.ts';
import type { Value } from '../../../tuple/value.ts';
import { mergeExpressions } from '../../statements/merge-expressions.ts';
import { SqlError } from '../../types/sql-error.ts';
import type { TableFunctionScene } from './list.ts';

export interface MergePreview extends PreviewInput {
  readonly database: string;
  readonly theirsAddress: Address;
}

/** As many texts as the function takes. */
export function previewArguments(name: string, args: readonly Value[], count: 2 | 3): string[] {
  if (args.length !== count) throw invalid(`function '${name}' expected ${count} arguments, ${args.length} received`);
  return args.map((arg) => {
    if (typeof arg !== 'string') throw invalid(`Invalid argument to ${name}: ${arg === null ? 'NULL' : String(arg)}`);
    return arg;
  });
}

/** Merging one revision into another; either may be a branch, a tag or a commit. */
export function mergePreview({ session, functions }: TableFunctionScene, ours: string, theirs: string): MergePreview {
  const view = session.view(session.handle());
  const { repository } = view;
  const [oursAddress, theirsAddress] = [view.resolveCommit(ours), view.resolveCommit(theirs)];
  const base = mergeBase(repository.nodes, oursAddress, theirsAddress);
  if (base === undefined) throw invalid('no common ancestor');
  return {
    database: view.name,
    theirsAddress,
    base: repository.rootOfCommit(base),
    ours: repository.rootOfCommit(oursAddress),
    theirs: repository.rootOfCommit(theirsAddress),
    expressions: mergeExpressions(functions),
  };
}

export const invalid = (message: string): SqlError => new SqlError(1105, 'HY000', message);
