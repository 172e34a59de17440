/**
 * Files that were uploaded and are named by nothing yet, in a folder of their store. Each is what was announced, and its
 * chunks are what their addresses say. Whether they are complete, a chunk there with all it refers to, is asked when they are
 * to be named: by then all that belongs together has arrived. That costs what the files hold, whatever the store holds.
 */
import { type Address, addressBytes } from '../base/address.ts';
import { abandonFile } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { randomName } from '../base/random-name.ts';
import type { Conjoinable } from '../chunks/conjoin.ts';
import type { NbsStore } from '../chunks/nbs-store.ts';
import { openChunkFile } from '../chunks/open-chunk-file.ts';
import type { UploadedFile } from '../remote/remote-store.ts';
import type { Environment } from '../repo/repository.ts';
import { checkChunks } from './file-arrival.ts';
import { receiveFile } from './receive-file.ts';
import type { AnnouncedFile } from './served-store.ts';

/** Of how many files it is remembered what they refer to; of others it is read again. */
const REMEMBERED_FILES = 1024;

export interface CompletionOptions {
  /** A chunk that is needed, besides what the files refer to. */
  readonly root?: Address;
  /** Names of more files of the folder, which may be needed as well. */
  readonly spare?: () => readonly Address[];
}

export class ReceivedFiles {
  readonly #environment: Environment;
  readonly #directory: string;
  /** What received files refer to elsewhere, until they are named. */
  readonly #references = new Map<Address, readonly Address[]>();

  constructor(environment: Environment, directory: string) {
    this.#environment = environment;
    this.#directory = directory;
  }

  /** See `ServedStore.receive`. The folder is there; `isNamed` says what else there is in it. */
  async receive(
    announced: AnnouncedFile,
    body: AsyncIterable<Uint8Array>,
    isNamed: (name: Address) => boolean = () => false,
  ): Promise<void> {
    const { disk } = this.#environment;
    const { name, suffix } = announced;
    const temporary = `${this.#directory}/nbs_table_${randomName()}`;
    try {
      const references = await receiveFile(this.#environment, announced, body, temporary);
      const path = `${this.#directory}/${name}${suffix}`;
      // The same chunks may be stored otherwise, and somebody may be reading them by their places there.
      if (isNamed(name)) disk.remove('receive:remove-second', temporary);
      else disk.rename('receive:rename', temporary, path);
      disk.syncDirectory('receive:sync-directory', this.#directory);
      this.#remember(name, references);
    } catch (error) {
      abandonFile(disk, 'receive:abandon', temporary);
      throw error;
    }
  }

  /**
   * The files, opened, with those of `spare` that they need: who asked closes them. Throws `notFound` for one that is not
   * there, and `conflict` when one refers to a chunk that is neither in `store` nor in one of them.
   */
  async openComplete(
    store: NbsStore,
    files: readonly UploadedFile[],
    { root, spare = () => [] }: CompletionOptions = {},
  ): Promise<readonly Conjoinable[]> {
    const opened: Conjoinable[] = [];
    const isHere = (address: Address): boolean =>
      store.has(address) || fileWith(opened, address) !== undefined || this.#takeIn(opened, spare(), address);
    try {
      for (const { name, chunkCount } of files) {
        const file = openChunkFile(this.#environment.disk, this.#directory, name);
        if (!file) throw new DoltError('notFound', `file ${name} has not been uploaded`);
        opened.push(file);
        if (file.chunkCount() !== chunkCount)
          throw new DoltError('invalid', `file ${name} has ${file.chunkCount()} chunks, not ${chunkCount}`);
      }
      if (root !== undefined) isHere(root);
      for (const file of opened) {
        const references = this.#references.get(file.name) ?? (await checkChunks(this.#environment, file));
        this.#remember(file.name, references);
        const dangling = references.find((address) => !isHere(address));
        if (dangling)
          throw new DoltError('conflict', `file ${file.name} refers to chunk ${dangling}, which is not here`);
      }
      return opened;
    } catch (error) {
      for (const file of opened) file.close();
      throw error;
    }
  }

  /** Opens that one of the files `names` which holds a chunk; false where none does. */
  #takeIn(opened: Conjoinable[], names: readonly Address[], address: Address): boolean {
    const key = addressBytes(address);
    for (const name of names) {
      if (opened.some((file) => file.name === name)) continue;
      const file = openChunkFile(this.#environment.disk, this.#directory, name);
      if (file?.has(key)) {
        opened.push(file);
        return true;
      }
      file?.close();
    }
    return false;
  }

  /** They are named now. */
  forget(files: readonly Pick<UploadedFile, 'name'>[]): void {
    for (const { name } of files) this.#references.delete(name);
  }

  #remember(name: Address, references: readonly Address[]): void {
    this.#references.delete(name);
    this.#references.set(name, references);
    for (const oldest of this.#references.keys()) {
      if (this.#references.size <= REMEMBERED_FILES) break;
      this.#references.delete(oldest);
    }
  }
}

/** Which of the files holds a chunk. */
export function fileWith(files: readonly Conjoinable[], address: Address): Conjoinable | undefined {
  const key = addressBytes(address);
  return files.find((file) => file.has(key));
}
