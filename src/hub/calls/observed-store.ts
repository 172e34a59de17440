/** A store as one call of the hub uses it: what moves through it is counted, and an upload beyond the limit is refused. */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import type { UploadedFile } from '../../remote/remote-store.ts';
import type { Span } from '../../remote/spans.ts';
import type { AnnouncedFile, ServedStore } from '../../service/served-store.ts';

export interface StoreObserver {
  /** The root that the call was answered. */
  polled(root: Address): void;
  /** The call moved the root. */
  pushed(next: Address, last: Address): void;
  sent(bytes: number): void;
  received(bytes: number): void;
}

export class ObservedStore implements ServedStore {
  readonly #store: ServedStore;
  readonly #observer: StoreObserver;
  readonly #mostBytes: number;

  /** `mostBytes`: of one uploaded file. */
  constructor(store: ServedStore, observer: StoreObserver, mostBytes: number) {
    this.#store = store;
    this.#observer = observer;
    this.#mostBytes = mostBytes;
  }

  async root(): Promise<Address> {
    const root = await this.#store.root();
    this.#observer.polled(root);
    return root;
  }

  locate(addresses: readonly Address[]) {
    return this.#store.locate(addresses);
  }

  files() {
    return this.#store.files();
  }

  fileSize(name: Address, suffix: string) {
    return this.#store.fileSize(name, suffix);
  }

  async *read(name: Address, suffix: string, span: Span): AsyncGenerator<Uint8Array, void> {
    for await (const piece of this.#store.read(name, suffix, span)) {
      this.#observer.sent(piece.length);
      yield piece;
    }
  }

  async receive(file: AnnouncedFile, body: AsyncIterable<Uint8Array>): Promise<void> {
    if (file.byteSize > this.#mostBytes) {
      throw new DoltError(
        'denied',
        `file ${file.name} has ${file.byteSize} bytes; ${this.#mostBytes} are allowed here`,
      );
    }
    await this.#store.receive(file, body);
    this.#observer.received(file.byteSize);
  }

  addFiles(files: readonly UploadedFile[]) {
    return this.#store.addFiles(files);
  }

  async commit(next: Address, last: Address, files: readonly UploadedFile[]): Promise<boolean> {
    const swapped = await this.#store.commit(next, last, files);
    if (swapped && next !== last) this.#observer.pushed(next, last);
    return swapped;
  }

  close(): void {
    this.#store.close();
  }
}
