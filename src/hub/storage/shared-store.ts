/** A store that several calls use at a time, and that is closed when it is let go and none of them runs any more. */
import type { Address } from '../../base/address.ts';
import type { UploadedFile } from '../../remote/remote-store.ts';
import type { Span } from '../../remote/spans.ts';
import type { AnnouncedFile, ServedStore } from '../../service/served-store.ts';

export class SharedStore implements ServedStore {
  readonly #store: ServedStore;
  #running = 0;
  #isLetGo = false;

  constructor(store: ServedStore) {
    this.#store = store;
  }

  root() {
    return this.#during(() => this.#store.root());
  }

  locate(addresses: readonly Address[]) {
    return this.#during(() => this.#store.locate(addresses));
  }

  files() {
    return this.#during(() => this.#store.files());
  }

  fileSize(name: Address, suffix: string) {
    return this.#during(() => this.#store.fileSize(name, suffix));
  }

  async *read(name: Address, suffix: string, span: Span): AsyncGenerator<Uint8Array, void> {
    this.#running++;
    try {
      yield* this.#store.read(name, suffix, span);
    } finally {
      this.#end();
    }
  }

  receive(file: AnnouncedFile, body: AsyncIterable<Uint8Array>) {
    return this.#during(() => this.#store.receive(file, body));
  }

  addFiles(files: readonly UploadedFile[]) {
    return this.#during(() => this.#store.addFiles(files));
  }

  commit(next: Address, last: Address, files: readonly UploadedFile[]) {
    return this.#during(() => this.#store.commit(next, last, files));
  }

  /** Lets it go. Whoever holds it may still use it. */
  close(): void {
    this.#isLetGo = true;
    if (this.#running === 0) this.#store.close();
  }

  async #during<T>(work: () => Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await work();
    } finally {
      this.#end();
    }
  }

  #end(): void {
    this.#running--;
    if (this.#isLetGo && this.#running === 0) this.#store.close();
  }
}
