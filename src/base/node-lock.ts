/**
 * The exclusive `flock(2)` of a store's LOCK file, which real Dolt takes too.
 *
 * Node has no flock. On macOS `open(2)` takes one by a flag. On Linux util-linux's `flock` is run once with our open
 * descriptor as its fourth: the lock belongs to the open file, which the child shares with us, so it stays after the
 * child has ended and goes when we close the descriptor or die.
 *
 * Starting a process costs milliseconds that grow with ours. So from the second lock on a small helper stays beside us
 * and takes the locks on its own descriptors; it ends, and they go, when our end of its pipe closes. It answers through
 * an unnamed file that is polled, because a lock is asked for synchronously.
 *
 * A second holder within this process is kept out by a set of paths, because the original asks the same. The holder's
 * pid and host stand in `<path>.pid`: `/proc/locks` would name the child, and nothing on another machine.
 */
import type { ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import { DiskError } from './disk.ts';

/** Flag of macOS's open(2): take the exclusive lock at once, or fail. */
const O_EXLOCK = 0x20;
const ANSWER_TIMEOUT_MS = 5000;

/** A read takes no lock, and is over before this module would be loaded. */
const childProcess = () => process.getBuiltinModule('node:child_process');

export interface HeldLock {
  release(): void;
}

const held = new Set<string>();
let taken = 0;

/** Takes the lock, waiting up to `waitMs`; undefined when another holds it. Throws the errors of `fs`. */
export function tryNodeLock(path: string, waitMs: number): HeldLock | undefined {
  if (held.has(realPathOf(path))) return undefined;
  const lock = process.platform === 'darwin' ? lockByOpening(path) : lockOnLinux(path, waitMs);
  if (!lock) return undefined;
  const name = realPathOf(path);
  const pidPath = `${path}.pid`;
  held.add(name);
  try {
    fs.writeFileSync(pidPath, `${process.pid} ${process.getBuiltinModule('node:os').hostname()}\n`);
  } catch {
    // The name of the holder is a courtesy.
  }
  let open = true;
  return {
    release() {
      if (!open) return;
      open = false;
      try {
        fs.unlinkSync(pidPath);
      } catch {
        // Left behind, it is only read while somebody holds the lock.
      }
      held.delete(name);
      lock.release();
    },
  };
}

function realPathOf(path: string): string {
  try {
    return fs.realpathSync(path);
  } catch {
    return path;
  }
}

function lockByOpening(path: string): HeldLock | undefined {
  try {
    const { O_RDWR, O_CREAT, O_NONBLOCK } = fs.constants;
    const descriptor = fs.openSync(path, O_RDWR | O_CREAT | O_NONBLOCK | O_EXLOCK, 0o666);
    return { release: () => fs.closeSync(descriptor) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EAGAIN' || code === 'EWOULDBLOCK') return undefined;
    throw error;
  }
}

function lockOnLinux(path: string, waitMs: number): HeldLock | undefined {
  if (taken++ > 0 && !path.includes('\n')) {
    // The shell would report a file that it cannot open only as "no".
    fs.closeSync(fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o666));
    LockShell.current ??= LockShell.start();
    const outcome = LockShell.current?.lock(path, waitMs);
    if (outcome === 'busy') return undefined;
    if (outcome) return outcome;
  }
  return lockByCommand(path, waitMs);
}

function lockByCommand(path: string, waitMs: number): HeldLock | undefined {
  const descriptor = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o666);
  const child = childProcess().spawnSync('flock', ['-x', ...waitArguments(waitMs), '3'], {
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
  });
  if (child.status === 0) return { release: () => fs.closeSync(descriptor) };
  fs.closeSync(descriptor);
  if (child.error) {
    const message = `${path}: cannot be locked: the command "flock" (package util-linux) is missing`;
    throw new DiskError('unavailable', 'ENOLCK', path, message, { cause: child.error });
  }
  return undefined;
}

function waitArguments(waitMs: number): string[] {
  return waitMs > 0 ? ['-w', (waitMs / 1000).toFixed(2)] : ['-n'];
}

/** Reads "L descriptor arguments path" and "U descriptor"; answers one letter each, by appending it. */
const SHELL_SCRIPT = `while read -r order fd wait path; do
  case $order in
    L) eval "exec $fd<>\\"\\$path\\"" && flock -x $wait "$fd" && printf y >&3 || { eval "exec $fd>&-"; printf n >&3; } ;;
    U) eval "exec $fd>&-"; printf u >&3 ;;
  esac
done`;
/** The same by flock(2) itself, for any number of locks, where the shell's are a process each, which takes ten times as long. */
const PERL_SCRIPT = `use strict; my %held; open(my $answers, '>>&=', 3);
while (<STDIN>) {
  chomp;
  my ($order, $fd, $wait, $path) = split / /, $_, 4;
  if ($order eq 'U') { delete $held{$fd}; syswrite $answers, 'u'; next }
  my ($left) = $wait =~ /([0-9.]+)/;
  my $taken = open(my $file, '+>>', $path);
  $taken &&= flock($file, 2 | 4);
  for (; $file && !$taken && $left > 0; $left -= 0.002) { select undef, undef, undef, 0.002; $taken = flock($file, 2 | 4) }
  $held{$fd} = $file if $taken;
  syswrite $answers, $taken ? 'y' : 'n';
}`;

const PERL_LOCKS = 4096;
/** Descriptors of one digit, but for those that are in use. */
const SHELL_LOCKS = 6;

function isOnPath(command: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && fs.existsSync(`${folder}/${command}`));
}

class LockShell {
  static current: LockShell | undefined;

  readonly #child: ChildProcess;
  readonly #answers: number;
  #read = 0;
  /** Names of descriptors that hold no lock: all that a POSIX shell has, or of more than there are locks. */
  readonly #free: string[];

  private constructor(child: ChildProcess, answers: number, descriptors: number) {
    this.#child = child;
    this.#answers = answers;
    this.#free = Array.from({ length: descriptors }, (_, i) => String(4 + i));
  }

  static start(): LockShell | undefined {
    const answerPath = `${process.getBuiltinModule('node:os').tmpdir()}/dolt-lock-${process.pid}-${process.hrtime.bigint()}`;
    try {
      const answers = fs.openSync(answerPath, 'ax+', 0o600);
      fs.unlinkSync(answerPath);
      // A process group of its own: an interrupt from the terminal must not release what we hold.
      const isPerl = isOnPath('perl');
      const [command, script] = isPerl
        ? (['perl', ['-e', PERL_SCRIPT]] as const)
        : (['/bin/sh', ['-c', SHELL_SCRIPT]] as const);
      const child = childProcess().spawn(command, script, {
        stdio: ['pipe', 'ignore', 'ignore', answers],
        detached: true,
      });
      const shell = new LockShell(child, answers, isPerl ? PERL_LOCKS : SHELL_LOCKS);
      child.on('error', () => shell.#gone());
      child.on('exit', () => shell.#gone());
      child.stdin?.on('error', () => shell.#gone());
      child.unref();
      if (child.stdin && 'unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
      return shell;
    } catch {
      return undefined;
    }
  }

  /** Undefined when the shell is of no use (any more). */
  lock(path: string, waitMs: number): HeldLock | 'busy' | undefined {
    const descriptor = this.#free.pop();
    if (!descriptor) return undefined;
    const wait = waitArguments(waitMs).join('');
    const answer = this.#ask(`L ${descriptor} ${wait} ${path}\n`, waitMs + ANSWER_TIMEOUT_MS);
    if (answer !== 'y') {
      this.#free.push(descriptor);
      return answer === 'n' ? 'busy' : undefined;
    }
    return {
      release: () => {
        if (this.#ask(`U ${descriptor}\n`, ANSWER_TIMEOUT_MS) === 'u') this.#free.push(descriptor);
      },
    };
  }

  #ask(order: string, timeoutMs: number): string | undefined {
    if (!this.#child.stdin?.writable) return undefined;
    this.#child.stdin.write(order);
    const answer = new Uint8Array(1);
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; waited < timeoutMs; waited += waited < 5 ? 0.1 : 1) {
      if (fs.readSync(this.#answers, answer, 0, 1, this.#read) === 1) {
        this.#read++;
        return String.fromCharCode(answer[0]!);
      }
      Atomics.wait(pause, 0, 0, waited < 5 ? 0.1 : 1);
    }
    this.#child.kill('SIGKILL');
    this.#gone();
    return undefined;
  }

  #gone(): void {
    if (LockShell.current === this) LockShell.current = undefined;
    this.#child.stdin?.destroy();
  }
}
