/** The files of a bucket that were opened, as many as memory may hold; those used last stay. */
import type { Address } from '../../base/address.ts';
import type { FileSpec } from '../../chunks/manifest.ts';
import type { S3Client } from './s3-client.ts';
import { S3File } from './s3-file.ts';

const MOST_BYTES = 64 << 20;

export class S3Files {
  readonly #client: S3Client;
  readonly #opened = new Map<Address, Promise<S3File>>();
  readonly #sizes = new Map<Address, number>();
  #bytes = 0;

  constructor(client: S3Client) {
    this.#client = client;
  }

  /** Throws `MissingObjectError`. */
  async open(spec: FileSpec): Promise<S3File> {
    const known = this.#opened.get(spec.name);
    if (known) {
      this.#opened.delete(spec.name);
      this.#opened.set(spec.name, known);
      return await known;
    }
    const opening = S3File.open(this.#client, spec);
    this.#opened.set(spec.name, opening);
    try {
      const file = await opening;
      this.#account(file);
      return file;
    } catch (error) {
      if (this.#opened.get(spec.name) === opening) this.#opened.delete(spec.name);
      throw error;
    }
  }

  /** One that was opened and is still here. */
  async opened(name: Address): Promise<S3File | undefined> {
    return await this.#opened.get(name)?.catch(() => undefined);
  }

  /** Takes in one that was just written. */
  add(file: S3File): void {
    this.#opened.set(file.name, Promise.resolve(file));
    this.#account(file);
  }

  forget(name: Address): void {
    this.#opened.delete(name);
    this.#bytes -= this.#sizes.get(name) ?? 0;
    this.#sizes.delete(name);
  }

  clear(): void {
    for (const name of [...this.#opened.keys()]) this.forget(name);
  }

  #account(file: S3File): void {
    this.#bytes += file.heldBytes - (this.#sizes.get(file.name) ?? 0);
    this.#sizes.set(file.name, file.heldBytes);
    for (const oldest of this.#opened.keys()) {
      if (this.#bytes <= MOST_BYTES || oldest === file.name) break;
      this.forget(oldest);
    }
  }
}
