/**
 * What a command writes to. Results go to standard output, or a pager in front of it, everything else (errors, warnings, progress) to standard
 * error. Colours appear only where standard output is a terminal, and never under NO_COLOR; progress is redrawn where
 * standard error is one, and elsewhere only its last line is written.
 */
import { fstatSync, statSync, writeSync } from 'node:fs';
import { bytesToWrite } from './print/result-printer.ts';

const STANDARD_OUTPUT: number = 1;
const STANDARD_ERROR = 2;

export type Paint = (text: string) => string;
type Hue = 'red' | 'green' | 'yellow' | 'blue' | 'cyan';

/** The colours in use: chalk's, or none at all. */
export interface Colors extends Readonly<Record<Hue, Paint>> {
  readonly bold: Paint & Readonly<Record<Hue, Paint>>;
}

const none: Paint = (text) => text;
const hues = { red: none, green: none, yellow: none, blue: none, cyan: none };
export const NO_COLORS: Colors = { ...hues, bold: Object.assign((text: string) => text, hues) };

export class Terminal {
  readonly colors: Colors;
  #output = STANDARD_OUTPUT;
  #progress: string | undefined;
  #drawn = false;

  private constructor(colors: Colors) {
    this.colors = colors;
  }

  static async open(noColor: boolean): Promise<Terminal> {
    const isColored = !noColor && isTerminal(STANDARD_OUTPUT);
    return new Terminal(isColored ? (await import('chalk')).default : NO_COLORS);
  }

  /** Writes to standard output as a printer's sink does. */
  write(text: string | Uint8Array, binary = false): void {
    if (text.length === 0) return;
    this.#erase();
    writeAll(this.#output, bytesToWrite(text, binary));
  }

  /** Whether people read what is written. */
  isRead(): boolean {
    return isTerminal(this.#output);
  }

  /** Results go to another descriptor from now on; answers the one before. */
  redirect(descriptor: number): number {
    const before = this.#output;
    this.#output = descriptor;
    return before;
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** Writes a line to standard error. */
  error(text: string): void {
    this.#erase();
    writeAll(STANDARD_ERROR, Buffer.from(text.endsWith('\n') ? text : `${text}\n`));
  }

  /** Shows where long work stands; the last one stays when `endProgress` is called. */
  progress(text: string): void {
    this.#progress = text;
    if (!isTerminal(STANDARD_ERROR)) return;
    // A line that wraps could not be drawn over.
    const shown = text.slice(0, Math.max(1, (process.stderr.columns || 80) - 1));
    writeAll(STANDARD_ERROR, Buffer.from(`\r\x1b[K${shown}`));
    this.#drawn = true;
  }

  endProgress(): void {
    if (this.#progress === undefined) return;
    if (this.#drawn) writeAll(STANDARD_ERROR, Buffer.from('\n'));
    else writeAll(STANDARD_ERROR, Buffer.from(`${this.#progress}\n`));
    this.#progress = undefined;
    this.#drawn = false;
  }

  #erase(): void {
    if (!this.#drawn) return;
    writeAll(STANDARD_ERROR, Buffer.from('\r\x1b[K'));
    this.#drawn = false;
  }
}

/** Only a device can be a terminal; Node's own check loads its streams, which takes as long as chalk. */
function isTerminal(descriptor: number): boolean {
  const output = fstatSync(descriptor);
  if (!output.isCharacterDevice() || output.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev)
    return false;
  return (descriptor === STANDARD_OUTPUT ? process.stdout : process.stderr).isTTY === true;
}

/** Standard output cannot be written: a full disk, say. */
export class OutputFailed extends Error {}

/** A reader that has gone away (`dolt log | head -1`) is no error: there is just nobody to write for. */
export class ReaderGone extends Error {}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EPIPE') throw new ReaderGone();
      // A pipe whose reader is slower than we are.
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      else if (descriptor !== STANDARD_ERROR) {
        throw new OutputFailed(`cannot write to standard output: ${(error as Error).message}`, { cause: error });
      } else return; // Nobody is left to be told.
    }
  }
}
