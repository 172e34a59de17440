/** One file that somebody sends, onto this disk: it is what was announced, and its chunks are what their addresses say. */
import { createHash } from 'node:crypto';
import { type Address, addressAt } from '../base/address.ts';
import type { DiskFile } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { ARCHIVE_SUFFIX, ArchiveFile } from '../chunks/archive-file.ts';
import type { Conjoinable } from '../chunks/conjoin.ts';
import { TableFile } from '../chunks/table-file.ts';
import type { Environment } from '../repo/repository.ts';
import { asInvalid, checkChunks, checkName } from './file-arrival.ts';
import type { AnnouncedFile } from './served-store.ts';

/** Writes it to `path`, synced; what its chunks refer to outside of it. Throws `invalid`; the caller removes what is left. */
export async function receiveFile(
  environment: Environment,
  announced: AnnouncedFile,
  body: AsyncIterable<Uint8Array>,
  path: string,
): Promise<readonly Address[]> {
  const { whole, synced } = await writeFile(environment, announced, body, path);
  const references = await checkFile(environment, announced, path, whole);
  await synced;
  return references;
}

interface WrittenFile {
  /** Of an archive, the address of all its bytes. */
  readonly whole: Address;
  /** It can be read and checked meanwhile. */
  readonly synced: Promise<void>;
}

/** Throws `invalid` when there are more or fewer bytes than announced, or others. */
async function writeFile(
  { disk }: Environment,
  { name, suffix, byteSize, md5 }: AnnouncedFile,
  body: AsyncIterable<Uint8Array>,
  path: string,
): Promise<WrittenFile> {
  const file = disk.create('receive:create', path);
  try {
    const md5Digest = createHash('md5');
    const digest = createHash('sha512');
    let size = 0;
    for await (const piece of body) {
      if (size + piece.length > byteSize) throw new DoltError('invalid', `file ${name} is larger than announced`);
      file.write('receive:write', piece, size);
      md5Digest.update(piece);
      // The name of an archive may be made of it.
      if (suffix !== '') digest.update(piece);
      size += piece.length;
    }
    if (size < byteSize) throw new DoltError('invalid', `file ${name} is smaller than announced`);
    if (!md5Digest.digest().equals(md5)) throw new DoltError('invalid', `file ${name} is not the one announced`);
    const synced = file.syncLater('receive:sync');
    // Told to whoever waits for it.
    synced.catch(() => {});
    return { whole: addressAt(digest.digest(), 0), synced };
  } finally {
    file.close();
  }
}

async function checkFile(
  environment: Environment,
  { name, suffix, chunkCount }: AnnouncedFile,
  path: string,
  whole: Address,
): Promise<readonly Address[]> {
  const opened = environment.disk.openRead(path);
  if (!opened) throw new DoltError('unavailable', 'the file went away while it was written; try again');
  const file = chunkFileOf(name, suffix, path, opened);
  try {
    const count = asInvalid(name, () => file.chunkCount());
    if (count !== chunkCount || count === 0)
      throw new DoltError('invalid', `file ${name} has ${count} chunks, and ${chunkCount} were announced`);
    asInvalid(name, () => checkName(file, name, () => whole));
    return await checkChunks(environment, file);
  } finally {
    file.close();
  }
}

export function chunkFileOf(name: Address, suffix: string, path: string, file: DiskFile): Conjoinable {
  return suffix === ARCHIVE_SUFFIX ? new ArchiveFile(name, path, file) : new TableFile(name, path, file);
}
