/**
 * `dolt add --patch`: shows the changed rows that are not staged one after the other and stages those that the user takes. What
 * is taken of a table is staged when its last row was shown, or whenever the user leaves it.
 */
import type { ScriptSession } from '../../sql/script-session.ts';
import { rootsOf } from '../../verbs/workspace-roots.ts';
import type { CommandContext } from '../command.ts';
import { printRows } from '../diff/print-rows.ts';
import { LineInput } from '../line-input.ts';
import type { Terminal } from '../terminal.ts';
import { openWorkspace } from '../verb-command.ts';
import { withSession } from '../with-session.ts';
import { patchTables } from './patch-tables.ts';
import {
  countUnstaged,
  ROW_KINDS,
  type RowCounts,
  stageRows,
  type UnstagedRow,
  unstagedRows,
} from './unstaged-rows.ts';

const PROMPT = 'Stage this row [y,n,q,a,d,s,?]?';

const HELP = `y - stage the current change
n - do not stage the current change
q - quit
a - add all changes in this table
d - do not stage any further changes in this table
s - show summary of unstaged changes and start over
? - show this help`;

/** Conflicts that are open may stay so, and staging is no commit. */
const SETTINGS =
  'set autocommit = 1, dolt_transaction_commit = 0, dolt_allow_commit_conflicts = 1, dolt_force_transaction_commit = 1';

/** From so many changes on it is said how many can be staged at once. */
const MANY_CHANGES = 25;

/** Answers the exit status. */
export async function runPatch(context: CommandContext, given: readonly string[]): Promise<number> {
  const { terminal } = context;
  const { names, wholes } = patchTables(rootsOf(openWorkspace(context, context.repository())), given);
  for (const name of wholes) {
    terminal.error(`${name} has changed in more than its rows; dolt add ${name} stages it as a whole`);
  }
  if (names.length > 0 || wholes.length === 0) {
    await withSession(context, async (session) => {
      await session.query(SETTINGS);
      const lines = new LineInput(terminal);
      while ((await goThrough({ session, terminal, lines }, names)) === 'again');
    });
  }
  return wholes.length > 0 && given.length > 0 ? 1 : 0;
}

interface Scene {
  readonly session: ScriptSession;
  readonly terminal: Terminal;
  readonly lines: LineInput;
}

async function goThrough(scene: Scene, names: readonly string[]): Promise<'done' | 'again'> {
  const counts = new Map<string, RowCounts>();
  for (const name of names) {
    const count = await countUnstaged(scene.session, name);
    if (totalOf(count) > 0) counts.set(name, count);
  }
  const { terminal } = scene;
  if (counts.size === 0) {
    terminal.line('No changes.');
    return 'done';
  }
  terminal.write(summaryText(counts, terminal));
  for (const name of counts.keys()) {
    terminal.line(headingText(name, terminal));
    const left = await stageFrom(scene, name);
    if (left !== undefined) return left;
  }
  return 'done';
}

/** What is to come instead of the next table; undefined when nothing is. */
async function stageFrom(scene: Scene, table: string): Promise<'done' | 'again' | undefined> {
  const { session } = scene;
  await session.query('start transaction');
  try {
    const ids: number[] = [];
    let rest: number | undefined;
    let left: 'done' | 'again' | undefined;
    for await (const row of unstagedRows(session, table)) {
      const answer = askFor(row, scene);
      if (answer === 'y') ids.push(row.id);
      if (answer === 'a') rest = row.id;
      if (answer === 'q') left = 'done';
      if (answer === 's') left = 'again';
      if (answer !== 'y' && answer !== 'n') break;
    }
    await stageRows(session, table, ids, rest);
    await session.query('commit');
    return left;
  } catch (error) {
    await session.query('rollback').catch(() => {});
    throw error;
  }
}

const ANSWERS = ['y', 'n', 'q', 'a', 'd', 's'] as const;
type Answer = (typeof ANSWERS)[number];

function askFor({ columns, change }: UnstagedRow, { terminal, lines }: Scene): Answer {
  printRows({ columns, rows: () => [change] }, 'context', terminal, () => {});
  for (;;) {
    const typed = lines.ask(`${terminal.colors.green(PROMPT)} `)?.trim() ?? 'q';
    const answer = ANSWERS.find((each) => each === typed);
    if (answer !== undefined) return answer;
    if (typed !== '') terminal.line(terminal.colors.cyan(HELP));
  }
}

const totalOf = (counts: RowCounts): number => ROW_KINDS.reduce((sum, kind) => sum + counts[kind], 0);

function summaryText(counts: ReadonlyMap<string, RowCounts>, { colors }: Terminal): string {
  const lines = [
    colors.yellow('Table                              Added / Modified / Removed'),
    colors.yellow('=====                              =====   ========   ======='),
  ];
  let total = 0;
  for (const [name, { added, modified, removed }] of counts) {
    const numbers = [
      colors.green(String(added).padEnd(7)),
      colors.yellow(String(modified).padEnd(10)),
      colors.red(String(removed)),
    ];
    lines.push(`${name.padEnd(34)} ${numbers.join(' ')}`);
    total += added + modified + removed;
  }
  if (total > MANY_CHANGES) {
    const many = `${total} changes in all, and each is asked for: where many are alike, stage them by`;
    lines.push(colors.yellow(`${many}\nUPDATE dolt_workspace_<table> SET staged = true WHERE …`));
  }
  return `${lines.join('\n')}\n`;
}

function headingText(table: string, { colors }: Terminal): string {
  const title = `Table: ${table}`;
  const line = '='.repeat(title.length);
  return colors.yellow(`${line}\n${title}\n${line}`);
}
