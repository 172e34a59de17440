/**
 * Checks the files of a store's folder, one by one, and names what is damaged: also where so much is that the store
 * cannot be opened. Writes nothing and takes no lock.
 */
import { type Address, EMPTY_ADDRESS, JOURNAL_ADDRESS, writeAddress } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { silentLogger } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import type { ChunkFile, StoreProblem } from './chunk-file.ts';
import { emptiedJournal, isEmptied, Journal } from './journal.ts';
import { MANIFEST_NAME, type Manifest, missingManifest, readManifest } from './manifest.ts';
import { chunkFilesIn, fileNotThere, hasChunkFiles, openChunkFile } from './open-chunk-file.ts';

/** `journal`: whether the store may have one, as a repository's has. */
export function* checkStore(disk: Disk, directory: string, journal: boolean): Generator<StoreProblem, void> {
  const path = `${directory}/${MANIFEST_NAME}`;
  const problem = (kind: StoreProblem['kind'], place: string, message: string): StoreProblem => ({
    kind,
    path: place,
    message,
  });
  let manifest: Manifest | undefined;
  try {
    if (disk.stat(path)) manifest = readManifest(disk, directory).manifest;
    else if (hasChunkFiles(disk, directory)) yield problem('manifest', path, missingManifest(directory).message);
  } catch (error) {
    yield problem('manifest', path, messageOf(error));
  }
  const files: ChunkFile[] = [];
  try {
    const journaled = journal && disk.stat(`${directory}/${JOURNAL_ADDRESS}`) !== undefined;
    const named = manifest ? manifest.files.map(({ name }) => name) : chunkFilesIn(disk, directory);
    for (const name of new Set(named)) {
      if (name === JOURNAL_ADDRESS && journaled) continue;
      const file = openChunkFile(disk, directory, name);
      if (file) files.push(file);
      else yield problem('manifest', path, fileNotThere(directory, name).message);
    }
    let root = manifest?.root ?? EMPTY_ADDRESS;
    if (journaled) {
      try {
        const opened = Journal.openRead(disk, directory, silentLogger);
        if (opened) files.push(opened);
        if (opened && manifest && isEmptied(opened, manifest)) throw emptiedJournal(opened);
        root = opened?.root() ?? root;
      } catch (error) {
        root = EMPTY_ADDRESS;
        yield problem('journal', `${directory}/${JOURNAL_ADDRESS}`, messageOf(error));
      }
    }
    let rootFound = root === EMPTY_ADDRESS;
    for (const file of files) {
      let damaged = false;
      for (const found of file.verify()) {
        damaged ||= found.kind === 'index';
        yield found;
      }
      // A file whose index is damaged may hold anything.
      rootFound ||= damaged || file.has(keyOf(root));
    }
    if (!rootFound) yield problem('manifest', path, `${path}: the root ${root} is in none of its files`);
  } finally {
    for (const file of files) file.close();
  }
  if (journal && disk.stat(`${directory}/oldgen`)) yield* checkStore(disk, `${directory}/oldgen`, false);
}

function keyOf(address: Address): Uint8Array {
  const key = new Uint8Array(20);
  writeAddress(address, key, 0);
  return key;
}

function messageOf(error: unknown): string {
  if (error instanceof DoltError) return error.message;
  throw error;
}
