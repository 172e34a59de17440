/**
 * The manifest: one line that names a store's root and files (FORMAT.md §2.2). Replaced as a whole by a rename, so a
 * reader needs no lock. `lock` changes with every update and is what an update compares.
 */
import {
  type Address,
  addressOf,
  EMPTY_ADDRESS,
  JOURNAL_ADDRESS,
  parseAddress,
  writeAddress,
} from '../base/address.ts';
import { abandonFile, type Disk, type DiskFile } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';

export interface FileSpec {
  readonly name: Address;
  readonly chunkCount: number;
}

export interface Manifest {
  readonly root: Address;
  readonly lock: Address;
  /** Zero until a garbage collection; an update that is none keeps it. */
  readonly gcGeneration: Address;
  readonly files: readonly FileSpec[];
}

export const MANIFEST_NAME = 'manifest';
const FORMAT = '__DOLT__';

export const EMPTY_MANIFEST: Manifest = {
  root: EMPTY_ADDRESS,
  lock: EMPTY_ADDRESS,
  gcGeneration: EMPTY_ADDRESS,
  files: [],
};

/** Reads a manifest's text. Throws `corrupt`, or `unsupported` for a storage version that is not ours. */
export function parseManifest(text: string, path: string): Manifest {
  const fields = text.split(':');
  const version = fields[0];
  if (version !== '4' && version !== '5') {
    if (version !== undefined && /^\d{1,9}$/.test(version) && Number(version) > 5) {
      throw new DoltError('unsupported', `${path}: storage version ${version} is newer than this program; update it`);
    }
    throw damaged(path, 'its version is not readable');
  }
  if (fields[1] !== FORMAT) {
    throw new DoltError(
      'unsupported',
      `${path}: its format is ${JSON.stringify(fields[1] ?? '')}, not ${FORMAT}; it is damaged or of another program: restore it from a remote or a backup`,
    );
  }
  const address = (at: number): Address => {
    const parsed = parseAddress(fields[at] ?? '');
    if (!parsed) throw damaged(path, `field ${at + 1} is not an address`);
    return parsed;
  };
  const firstFile = version === '5' ? 5 : 4;
  const files: FileSpec[] = [];
  if ((fields.length - firstFile) % 2 !== 0) throw damaged(path, 'a file has no chunk count');
  for (let at = firstFile; at < fields.length; at += 2) {
    const count = fields[at + 1]!;
    if (!/^\d{1,10}$/.test(count)) throw damaged(path, `field ${at + 2} is not a chunk count`);
    files.push({ name: address(at), chunkCount: Number(count) });
  }
  return { lock: address(2), root: address(3), gcGeneration: version === '5' ? address(4) : EMPTY_ADDRESS, files };
}

const decoder = new TextDecoder();

export function formatManifest(manifest: Manifest): string {
  const { lock, root, gcGeneration, files } = manifest;
  const head = `5:${FORMAT}:${lock}:${root}:${gcGeneration}`;
  return files.reduce((text, { name, chunkCount }) => `${text}:${name}:${chunkCount}`, head);
}

export function namesFile({ files }: Manifest, name: Address): boolean {
  return files.some((spec) => spec.name === name);
}

export function namesJournal(manifest: Manifest): boolean {
  return namesFile(manifest, JOURNAL_ADDRESS);
}

/** The lock value of a manifest with this root and these files, in this order. */
export function manifestLock(root: Address, files: readonly FileSpec[]): Address {
  const bytes = new Uint8Array(20 + 1 + files.length * 20 + 1);
  writeAddress(root, bytes, 0);
  files.forEach(({ name }, i) => {
    writeAddress(name, bytes, 21 + i * 20);
  });
  return addressOf(bytes);
}

/** The manifest of a folder and its text; the empty one where there is none. */
export function readManifest(disk: Disk, directory: string): { readonly manifest: Manifest; readonly text: string } {
  const text = readManifestText(disk, directory);
  if (text === undefined) return { manifest: EMPTY_MANIFEST, text: '' };
  return { manifest: parseManifest(text, `${directory}/${MANIFEST_NAME}`), text };
}

/** Only the text, which says whether anything has changed; undefined where there is none. */
export function readManifestText(disk: Disk, directory: string): string | undefined {
  const bytes = disk.readFile(`${directory}/${MANIFEST_NAME}`);
  return bytes && decoder.decode(bytes);
}

/**
 * Puts a manifest in the place of the current one, durably. The caller holds the store's lock and has made sure that
 * the current one is what it based the new one on.
 */
export function writeManifest(disk: Disk, directory: string, unique: string, manifest: Manifest): void {
  const text = formatManifest(manifest);
  const path = writeBeside(disk, directory, unique, text, (file) => file.sync('manifest:sync'));
  placeManifest(disk, directory, path);
}

/** A manifest that stands beside the current one, and may take its place once it is synced. */
export interface PreparedManifest {
  readonly path: string;
  readonly text: string;
  readonly synced: Promise<void>;
}

/** The first half of `writeManifest`, which does not wait for the sync; `placeManifest` is the second. */
export function prepareManifest(disk: Disk, directory: string, unique: string, manifest: Manifest): PreparedManifest {
  const text = formatManifest(manifest);
  let synced = Promise.resolve();
  const path = writeBeside(disk, directory, unique, text, (file) => {
    synced = file.syncLater('manifest:sync');
    // Told to whoever waits for it.
    synced.catch(() => {});
  });
  return { path, text, synced };
}

export function placeManifest(disk: Disk, directory: string, path: string): void {
  disk.rename('manifest:rename', path, `${directory}/${MANIFEST_NAME}`);
  disk.syncDirectory('manifest:sync-directory', directory);
}

function writeBeside(
  disk: Disk,
  directory: string,
  unique: string,
  text: string,
  sync: (file: DiskFile) => void,
): string {
  const path = `${directory}/nbs_manifest_${unique}`;
  try {
    const file = disk.create('manifest:create', path);
    try {
      file.write('manifest:write', new TextEncoder().encode(text), 0);
      sync(file);
    } finally {
      file.close();
    }
  } catch (error) {
    abandonFile(disk, 'manifest:abandon', path);
    throw error;
  }
  return path;
}

/** For a folder with files of a store that nothing names. */
export function missingManifest(directory: string): DoltError {
  return new DoltError(
    'corrupt',
    `${directory}/${MANIFEST_NAME} is missing, though the folder holds files that it should name; restore it from a backup, or remove the folder and clone again`,
  );
}

function damaged(path: string, reason: string): DoltError {
  return new DoltError('corrupt', `${path} is damaged: ${reason}; restore it from a remote or a backup`);
}
