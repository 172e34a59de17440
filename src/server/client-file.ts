/**
 * A file that a client sends while its LOAD DATA LOCAL runs: it is asked for by name when its first bytes are wanted, comes
 * in packets, and ends with an empty one. What the statement leaves of it has to be taken before the client hears more.
 */
import type { LocalFile } from '../sql/session/local-file.ts';
import { SqlError } from '../sql/types/sql-error.ts';
import type { Channel } from './channel.ts';

/** Begins the reply that asks for a file. */
const FILE_WANTED = 0xfb;

export class ClientFile implements LocalFile {
  readonly #channel: Channel;
  readonly #path: string;
  /** What was asked for and has not been taken yet: the statement may have given up on it. */
  #coming: Promise<Buffer | undefined> | undefined;
  #isAsked = false;
  #isWhole = false;

  constructor(channel: Channel, path: string) {
    this.#channel = channel;
    this.#path = path;
  }

  async next(): Promise<Uint8Array | undefined> {
    if (this.#isWhole) return undefined;
    if (!this.#isAsked) this.#ask();
    this.#coming ??= this.#channel.receiveAnswer();
    const bytes = await this.#coming;
    this.#coming = undefined;
    if (bytes === undefined || bytes.length === 0) this.#isWhole = true;
    if (bytes === undefined)
      throw new SqlError(1158, '08S01', 'Got an error reading communication packets', 'unavailable');
    return this.#isWhole ? undefined : bytes;
  }

  #ask(): void {
    const { writer } = this.#channel;
    this.#isAsked = true;
    writer.start();
    writer.uint8(FILE_WANTED);
    writer.text(this.#path);
    writer.end();
  }

  close(): void {}

  /** Takes what the client still sends. */
  async drain(): Promise<void> {
    while (this.#isAsked && !this.#isWhole) await this.next();
  }
}
