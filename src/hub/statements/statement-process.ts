/**
 * One process that runs statements of strangers, one after the other. It has a heap of its own, and can be ended in the
 * middle of whatever it does: a hub goes on answering others meanwhile, and outlives what takes all memory.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Answer, Question } from './messages.ts';

/** How it ended without an answer. */
export type Broken = 'memory' | 'stopped';

/** Beside the library and the command line, for both. */
const MODULE = '../lib/statements.cjs';
/** What Node prints and does when its heap is full: it aborts. */
const ABORTED = 134;
const PAGE_BYTES = 4096;

export class StatementProcess {
  readonly #child: ChildProcess;
  #asked: ((end: Answer | Broken) => void) | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.unref();
    child.channel?.unref();
    child.on('message', (answer: Answer) => this.#ended(answer));
    child.on('error', () => this.#ended('stopped'));
    child.on('exit', (code, signal) => {
      this.#ended(signal === 'SIGABRT' || code === ABORTED ? 'memory' : 'stopped');
    });
  }

  static start(module: string, heapBytes: number): StatementProcess {
    const { TZ, TMPDIR } = process.env;
    const child = fork(module, [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${Math.ceil(heapBytes / (1 << 20))}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // Nothing of what the hub knows.
      env: { ...(TZ && { TZ }), ...(TMPDIR && { TMPDIR }) },
    });
    return new StatementProcess(child);
  }

  get isAlive(): boolean {
    return !this.#child.killed && this.#child.connected;
  }

  /** Bytes that it holds; 0 where nobody tells. */
  get memory(): number {
    try {
      return Number(readFileSync(`/proc/${this.#child.pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES;
    } catch {
      return 0;
    }
  }

  /** One at a time. */
  async ask(question: Question): Promise<Answer | Broken> {
    return await new Promise((resolve) => {
      this.#asked = resolve;
      this.#child.send(question, (error) => {
        if (error !== null) this.#ended('stopped');
      });
    });
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  #ended(end: Answer | Broken): void {
    this.#asked?.(end);
    this.#asked = undefined;
  }
}

/** What a process runs; undefined where nothing was built. */
export function statementModule(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(MODULE);
  } catch {
    return undefined;
  }
}
