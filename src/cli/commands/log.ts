/** `dolt log`. */

import { type LogEntry, type LogResult, log } from '../../verbs/log.ts';
import type { RepoWorkspace } from '../../verbs/repo-workspace.ts';
import type { Command } from '../command.ts';
import { commitText } from '../commit-text.ts';
import { changeBars } from '../diff/change-bars.ts';
import type { Terminal } from '../terminal.ts';
import { verbCommand } from '../verb-command.ts';

/** Lines are written in pieces of about this many characters. */
const PIECE = 1 << 14;

const logging = verbCommand(log, {
  server: 'none',
  examples: ['dolt log -n 3', 'dolt log --oneline --graph', 'dolt log --oneline main..feature', 'dolt log employees'],
  async print(result, { terminal }, workspace) {
    let text = '';
    try {
      for await (const entry of entryTexts(result, terminal, workspace)) {
        text += entry;
        if (text.length < PIECE) continue;
        terminal.write(text);
        text = '';
      }
    } finally {
      terminal.write(text);
    }
  },
});

export const command: Command = { ...logging, isPaged: true };

async function* entryTexts(result: LogResult, terminal: Terminal, workspace: RepoWorkspace): AsyncGenerator<string> {
  if (!result.graph) {
    for (const entry of result.entries) yield await entryText(entry, result, terminal, workspace);
    return;
  }
  const { besideGraph, LogGraph } = await import('../log-graph.ts');
  // The graph needs to know which lines of descent will go on.
  const entries = [...result.entries];
  const graph = new LogGraph(entries.map(({ commit }) => commit.address));
  for (const entry of entries) {
    yield besideGraph(graph.next(entry.commit), await entryText(entry, result, terminal, workspace));
  }
}

async function entryText(
  entry: LogEntry,
  result: LogResult,
  terminal: Terminal,
  { repository }: RepoWorkspace,
): Promise<string> {
  const { root, parents, signature } = entry.commit;
  const isVerified = result.showSignature && signature !== '' && !result.oneline;
  const verified = isVerified ? await repository.environment.gpg?.verify(signature) : undefined;
  const text = commitText(entry, result, terminal, verified && `${verified.trimEnd()}\n`);
  // Merges have no one side to compare with.
  if (!result.stat || parents.length !== 1) return text;
  const bars = changeBars(repository.rootOfCommit(parents[0]!), repository.root(root), terminal, ' ');
  return text + (result.oneline ? bars : `${bars}\n`);
}
