/** `clean`: removes tables that are neither in the head nor staged; what `dolt_ignore` names stays, unless told or named. */
import { DoltError } from '../base/errors.ts';
import { moveTables } from '../repo/staging.ts';
import { statusOf } from '../repo/status.ts';
import { parseArguments } from './arguments.ts';
import type { Verb } from './verb.ts';
import { rootsOf } from './workspace-roots.ts';

export interface CleanResult {
  /** What was removed, or would be. */
  readonly tables: readonly string[];
  readonly isDryRun: boolean;
}

export const clean: Verb<CleanResult> = {
  name: 'clean',
  summary: 'Deletes untracked working tables.',
  synopsis: ['[--dry-run] [-x] [<table>...]'],
  positional: [['table', 'Only these tables; all untracked ones when left out.']],
  flags: [
    { name: 'dry-run', help: 'Shows what would be removed, and removes nothing.' },
    { name: 'x', help: 'Removes untracked tables that dolt_ignore names, too.' },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(clean, args);
    const roots = rootsOf(workspace);
    const { working } = roots;
    const { untracked, ignored, disputed } = statusOf(roots, undefined);
    const wanted = parsed.positional.map((given) => {
      const name = working.resolveTableName(given);
      if (name === undefined) throw new DoltError('notFound', `failed to clean; table not found: '${given}'`);
      return name;
    });
    // What is named is meant, even where it is ignored.
    const takesIgnored = parsed.has('x') || wanted.length > 0;
    const tables = [...untracked, ...(takesIgnored ? ignored : []), ...(wanted.length > 0 ? disputed : [])]
      .map(({ table }) => table)
      .filter((name) => wanted.length === 0 || wanted.includes(name));
    const isDryRun = parsed.has('dry-run');
    if (!isDryRun && tables.length > 0) {
      // What is not staged goes when it is made as it is staged.
      const left = moveTables(tables, roots.staged, working);
      yield* workspace.setWorkingSet({ ...workspace.workingSet(), working: left }, 'clean');
    }
    return { tables, isDryRun };
  },
};
