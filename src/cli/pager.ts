/**
 * What a command prints on a terminal goes through a pager: that of DOLT_PAGER, or less, or more, as in the original. The pipe
 * to it has a name, so that it can be written like standard output: as the command goes along, and only until nobody reads.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from './terminal.ts';

/** `$1`: the pipe, which is opened before anything may go wrong; `$2`: the words of DOLT_PAGER. LESS still has its say. */
const PAGER = `exec < "$1"
set -f
set -- $2
if [ $# -gt 0 ]; then
  command -v "$1" > /dev/null && exec "$@"
  echo "warning: the pager '$1' was not found" >&2
fi
export LESS="-FSRXd $LESS"
command -v less > /dev/null && exec less
command -v more > /dev/null && exec more
exec cat`;

/** Answers what `work` does, when the pager has been left. */
export async function paged<Result>(
  terminal: Terminal,
  chosen: string | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'dolt-pager-'));
  const pipe = join(folder, 'pipe');
  try {
    if (spawnSync('mkfifo', [pipe]).status !== 0) return await work();
    const pager = spawn('/bin/sh', ['-c', PAGER, 'sh', pipe, chosen ?? ''], { stdio: 'inherit' });
    const ended = once(pager, 'exit');
    // It is for the pager to say what Ctrl-C does; it leaves with q.
    const ignore = (): void => {};
    process.on('SIGINT', ignore);
    try {
      return await writingTo(terminal, openSync(pipe, 'w'), work);
    } finally {
      await ended;
      process.off('SIGINT', ignore);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writingTo<Result>(terminal: Terminal, pipe: number, work: () => Promise<Result>): Promise<Result> {
  const before = terminal.redirect(pipe);
  try {
    return await work();
  } finally {
    terminal.redirect(before);
    closeSync(pipe);
  }
}
