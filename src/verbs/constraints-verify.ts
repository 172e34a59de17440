/**
 * `constraints verify`: records rows of the working set that violate a constraint. Looks at what came or changed since the
 * head, with `--all` at every row.
 */
import { DoltError } from '../base/errors.ts';
import { countArtifacts } from '../repo/artifacts.ts';
import { verifyConstraints } from '../repo/merge/verify-constraints.ts';
import { RootValue } from '../repo/root-value.ts';
import { parseArguments } from './arguments.ts';
import type { Verb } from './verb.ts';

export interface ConstraintsVerifyResult {
  /** With what was found; it is the working root, unless it was only to be told. */
  readonly root: RootValue;
  /** Those of the tables looked at that have violations, known ones among them. */
  readonly violated: readonly string[];
}

export const constraintsVerify: Verb<ConstraintsVerifyResult> = {
  name: 'constraints verify',
  summary: 'Command to verify that the constraints on the given table(s) are satisfied.',
  synopsis: ['[--all] [--output-only] [<table>...]'],
  positional: [['table', 'The table(s) to check constraints on. If omitted, checks all tables.']],
  flags: [
    {
      name: 'all',
      short: 'a',
      help: 'Verifies that all rows in the database do not violate constraints instead of just rows modified or inserted in the working set.',
    },
    {
      name: 'output-only',
      short: 'o',
      help: 'Disables writing violated constraints to the constraint violations table.',
    },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(constraintsVerify, args);
    const workingSet = workspace.workingSet();
    const { working } = workingSet;
    const tables = parsed.positional.map((given) => {
      const name = working.resolveTableName(given);
      if (name === undefined) throw new DoltError('notFound', `table not found: ${given}`);
      return name;
    });
    if (tables.length === 0) tables.push(...working.tableNames());
    const root = verifyConstraints({
      base: parsed.has('all') ? RootValue.empty(workspace.repository.nodes) : workspace.headRoot(),
      root: working,
      tables,
      // As Dolt: its procedure records the working root, its command the head.
      from: workspace.isSession ? working.address : workspace.head(),
      expressions: yield* workspace.mergeExpressions(),
    });
    if (!parsed.has('output-only') && !root.equals(working)) {
      yield* workspace.setWorkingSet({ ...workingSet, working: root }, 'constraints verify');
    }
    return { root, violated: tables.filter((name) => countArtifacts(root.table(name)!).violations > 0) };
  },
};
