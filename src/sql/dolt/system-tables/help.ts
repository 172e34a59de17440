/** `dolt_help`: what the procedures do that have a verb, in the verbs' own words. */

import { printJson } from '../../../tuple/json-text.ts';
import { add } from '../../../verbs/add.ts';
import { backup } from '../../../verbs/backup.ts';
import { branch } from '../../../verbs/branch.ts';
import { checkout } from '../../../verbs/checkout.ts';
import { cherryPick } from '../../../verbs/cherry-pick.ts';
import { clean } from '../../../verbs/clean.ts';
import { clone } from '../../../verbs/clone.ts';
import { commit } from '../../../verbs/commit.ts';
import { conflictsResolve } from '../../../verbs/conflicts-resolve.ts';
import { constraintsVerify } from '../../../verbs/constraints-verify.ts';
import { fetch } from '../../../verbs/fetch.ts';
import type { FolderVerb } from '../../../verbs/folder-verb.ts';
import { gc } from '../../../verbs/gc.ts';
import { merge } from '../../../verbs/merge.ts';
import { pull } from '../../../verbs/pull.ts';
import { push } from '../../../verbs/push.ts';
import { rebase } from '../../../verbs/rebase.ts';
import { remote } from '../../../verbs/remote.ts';
import { reset } from '../../../verbs/reset.ts';
import { revert } from '../../../verbs/revert.ts';
import { rm } from '../../../verbs/rm.ts';
import { squashHistory } from '../../../verbs/squash-history.ts';
import { stash } from '../../../verbs/stash.ts';
import { tag } from '../../../verbs/tag.ts';
import { updateTag } from '../../../verbs/update-tag.ts';
import type { Flag, Verb } from '../../../verbs/verb.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { DEFAULT_COLLATION, JSON_TYPE, LONGTEXT, type SqlType, text } from '../../types/sql-type.ts';
import { field } from './commit-columns.ts';

const KINDS: SqlType = {
  kind: 'enum',
  members: ['system_table', 'procedure', 'function', 'variable'],
  collation: DEFAULT_COLLATION,
};
const PROCEDURE = 2;

const COLUMNS = [
  field('name', text('tiny'), false, 'PRI'),
  field('type', KINDS),
  field('synopsis', LONGTEXT),
  field('short_description', LONGTEXT),
  field('long_description', LONGTEXT),
  field('arguments', JSON_TYPE),
];

/** What the table needs of a verb. */
type Words = Pick<Verb<unknown> | FolderVerb<unknown>, 'name' | 'summary' | 'synopsis' | 'positional' | 'flags'>;

const PROCEDURES: Readonly<Record<string, Words>> = {
  dolt_add: add,
  dolt_backup: backup,
  dolt_branch: branch,
  dolt_checkout: checkout,
  dolt_cherry_pick: cherryPick,
  dolt_clean: clean,
  dolt_clone: clone,
  dolt_commit: commit,
  dolt_conflicts_resolve: conflictsResolve,
  dolt_verify_constraints: constraintsVerify,
  dolt_fetch: fetch,
  dolt_gc: gc,
  dolt_merge: merge,
  dolt_pull: pull,
  dolt_push: push,
  dolt_rebase: rebase,
  dolt_remote: remote,
  dolt_reset: reset,
  dolt_revert: revert,
  dolt_rm: rm,
  dolt_squash_history: squashHistory,
  dolt_stash: stash,
  dolt_tag: tag,
  dolt_update_column_tag: updateTag,
};

export const table: SystemTable = {
  name: 'dolt_help',
  open: (view) =>
    systemSource(view, 'dolt_help', COLUMNS, function* () {
      for (const [name, verb] of Object.entries(PROCEDURES)) {
        const synopsis = verb.synopsis.map((line) => `dolt ${verb.name} ${line}`.trimEnd()).join('\n');
        yield [name, PROCEDURE, synopsis, verb.summary, verb.summary, argumentsOf(verb)];
      }
    }),
};

/** Helps by arguments, which are written as on the command line. */
function argumentsOf({ positional, flags }: Words): string {
  const helps = new Map<string, string>();
  for (const [name, help] of positional) helps.set(`<${name}>`, help);
  for (const flag of flags) helps.set(spelling(flag), flag.help);
  return printJson(helps);
}

function spelling({ name, short, value }: Flag): string {
  const [after, behind] = value ? [` <${value}>`, `=<${value}>`] : ['', ''];
  if (name.length === 1) return `-${name}${after}`;
  return short === undefined ? `--${name}${behind}` : `-${short}${after}, --${name}${behind}`;
}
