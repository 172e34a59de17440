/**
 * The way out of a journal that is damaged with commits after the damage: what stands before it is kept, all behind it
 * is cut off. The whole file is copied beside it first, under the name that the original gives it.
 */
import { type Address, JOURNAL_ADDRESS } from '../base/address.ts';
import type { Disk, DiskFile } from '../base/disk.ts';
import { JOURNAL_INDEX_NAME } from './journal-index.ts';
import { putRootRecord, ROOT_RECORD_BYTES, scanJournal } from './journal-record.ts';
import { readManifest } from './manifest.ts';
import { lockStore } from './store-lock.ts';

export interface RevivedJournal {
  /** Where the journal as it was is kept. */
  readonly savedAs: string;
  readonly bytesCut: number;
  /** The root that holds now. */
  readonly root: Address;
}

const COPY_BYTES = 1 << 20;

/** Undefined, and nothing happens, when nothing is lost. `milliseconds` since 1970 name the copy. */
export function reviveJournal(disk: Disk, directory: string, milliseconds: number): RevivedJournal | undefined {
  const path = `${directory}/${JOURNAL_ADDRESS}`;
  const lock = lockStore(disk, directory);
  try {
    if (!disk.stat(path)) return undefined;
    const journal = disk.openWrite('revive:open', path);
    try {
      let root: Address | undefined;
      const { end, lost } = scanJournal(journal, 0, {
        chunk() {},
        root(found) {
          root = found;
        },
      });
      if (!lost) return undefined;
      const savedAs = copyBeside(disk, directory, journal, `${path}_save_${stamp(milliseconds)}`);
      const bytesCut = journal.size() - end;
      disk.remove('revive:remove-index', `${directory}/${JOURNAL_INDEX_NAME}`);
      journal.truncate('revive:cut', end);
      root ??= restart(disk, directory, journal, milliseconds);
      journal.sync('revive:sync');
      return { savedAs, bytesCut, root };
    } finally {
      journal.close();
    }
  } finally {
    lock.release();
  }
}

/** A journal that keeps nothing begins anew, with the manifest's root. */
function restart(disk: Disk, directory: string, journal: DiskFile, milliseconds: number): Address {
  const { root } = readManifest(disk, directory).manifest;
  const bytes = new Uint8Array(ROOT_RECORD_BYTES);
  putRootRecord(bytes, 0, root, Math.trunc(milliseconds / 1000));
  journal.truncate('revive:cut', 0);
  journal.write('revive:first-root', bytes, 0);
  return root;
}

function copyBeside(disk: Disk, directory: string, source: DiskFile, wanted: string): string {
  let path = wanted;
  for (let n = 2; disk.stat(path); n++) path = `${wanted}_${n}`;
  const copy = disk.create('revive:create-copy', path);
  try {
    const buffer = new Uint8Array(COPY_BYTES);
    for (let at = 0, count = source.read(buffer, 0, COPY_BYTES, at); count > 0; ) {
      copy.write('revive:copy', buffer.subarray(0, count), at);
      at += count;
      count = source.read(buffer, 0, COPY_BYTES, at);
    }
    copy.sync('revive:sync-copy');
  } finally {
    copy.close();
  }
  disk.syncDirectory('revive:sync-directory', directory);
  return path;
}

/** Date and second of the day. */
function stamp(milliseconds: number): string {
  const second = Math.trunc(milliseconds / 1000) % 86_400;
  return `${new Date(milliseconds).toISOString().slice(0, 10).replaceAll('-', '_')}_${String(second).padStart(5, '0')}`;
}
