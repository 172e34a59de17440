/**
 * The exclusive `flock(2)` of a store's LOCK file, which real Dolt takes too.
 *
 * Node has no flock. On macOS `open(2)` takes one by a flag. On Linux util-linux's `flock` is run once with our open
 * descriptor as its fourth: the lock belongs to the open file, which the child shares with us, so it stays after the
 * child has ended and goes when we close the descriptor or die. A second holder within this process is kept out by a
 * set of paths, because the original asks the same. The holder's pid stands in `<path>.pid`: `/proc/locks` would name
 * the dead child.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { DiskError } from './disk.ts';

const held = new Set<string>();

/** Flags of macOS's open(2): take the exclusive lock at once, or fail. */
const O_EXLOCK = 0x20;

export interface HeldLock {
  release(): void;
}

/** Takes the lock, waiting up to `waitMs`; undefined when another holds it. Throws the errors of `fs`. */
export function tryNodeLock(path: string, waitMs: number): HeldLock | undefined {
  const absolute = fs.existsSync(path) ? fs.realpathSync(path) : path;
  if (held.has(absolute)) return undefined;
  const descriptor = process.platform === 'darwin' ? lockByOpening(path) : lockByCommand(path, waitMs);
  if (descriptor === undefined) return undefined;
  const name = fs.realpathSync(path);
  held.add(name);
  const pidPath = `${path}.pid`;
  try {
    fs.writeFileSync(pidPath, `${process.pid}\n`);
  } catch {
    // The name of the holder is a courtesy.
  }
  let open = true;
  return {
    release() {
      if (!open) return;
      open = false;
      held.delete(name);
      try {
        fs.unlinkSync(pidPath);
      } catch {
        // Left behind, it is only read while somebody holds the lock.
      }
      fs.closeSync(descriptor);
    },
  };
}

function lockByOpening(path: string): number | undefined {
  try {
    return fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_NONBLOCK | O_EXLOCK, 0o666);
  } catch (error) {
    if (codeOf(error) === 'EAGAIN' || codeOf(error) === 'EWOULDBLOCK') return undefined;
    throw error;
  }
}

function lockByCommand(path: string, waitMs: number): number | undefined {
  const descriptor = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o666);
  const wait = waitMs > 0 ? ['-w', (waitMs / 1000).toFixed(2)] : ['-n'];
  const child = spawnSync('flock', ['-x', ...wait, '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
  if (child.status === 0) return descriptor;
  fs.closeSync(descriptor);
  if (child.error) {
    const message = `${path}: cannot be locked: the command "flock" (package util-linux) is missing`;
    throw new DiskError('unavailable', 'ENOLCK', path, message, { cause: child.error });
  }
  return undefined;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
