/**
 * Answers from standard input, a line each. It is read when a line is asked for, and nothing else goes on meanwhile, so that
 * the shell's line editor does not take what is meant for a command of its.
 */
import { readSync } from 'node:fs';
import { isatty } from 'node:tty';
import { inCookedMode } from './cooked-terminal.ts';
import type { Terminal } from './terminal.ts';

const STANDARD_INPUT = 0;
const PIECE_BYTES = 1 << 12;
const POLL_MS = 10;

export class LineInput {
  readonly #terminal: Terminal;
  #read = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** The next line; undefined at the end of the input. Only people see the prompt. */
  ask(prompt: string): string | undefined {
    if (!isatty(STANDARD_INPUT)) return this.#line();
    this.#terminal.write(prompt);
    const line = process.stdin.isRaw ? inCookedMode(() => this.#line()) : this.#line();
    if (line === undefined) this.#terminal.line('');
    return line;
  }

  #line(): string | undefined {
    const piece = Buffer.alloc(PIECE_BYTES);
    for (;;) {
      const end = this.#read.indexOf('\n');
      if (end >= 0) {
        const line = this.#read.slice(0, end);
        this.#read = this.#read.slice(end + 1);
        return line;
      }
      const length = readPiece(piece);
      if (length === 0) {
        const rest = this.#read;
        this.#read = '';
        return rest === '' ? undefined : rest;
      }
      this.#read += piece.toString('latin1', 0, length);
    }
  }
}

function readPiece(into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(STANDARD_INPUT, into);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      // Node, or who started us, has made it one that does not wait.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
    }
  }
}
