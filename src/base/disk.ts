/**
 * The disk as this project uses it: few calls, all but one synchronous, each write named by its moment (`journal:append`,
 * `manifest:rename`), so that a test can fail or crash exactly there. Paths are absolute. Every method throws
 * `DiskError` and nothing else.
 *
 * What a caller may rely on after a crash: bytes written and then `sync`ed are there; a `rename` is atomic; what was made,
 * renamed and removed in one folder is there up to some step of it, in its order (every file system with a journal, or
 * that copies on write, keeps it), and all of it after `syncDirectory`; anything else may be there in whole, in part or
 * not at all.
 */
import { DoltError, type ErrorKind } from './errors.ts';

export interface Disk {
  /** Opens for reading. Undefined when there is no such file. */
  openRead(path: string): DiskFile | undefined;
  /** Opens for reading and writing; creates the file when it is not there. */
  openWrite(moment: string, path: string): DiskFile;
  /** Creates or truncates, for writing. `mode` is that of a new file, less what the process masks. */
  create(moment: string, path: string, mode?: number): DiskFile;
  /** The whole file, or undefined when there is none. */
  readFile(path: string): Uint8Array | undefined;
  /** Copies a file over whatever is at `to`, in a folder that is there. False without a file `from`. */
  copyFile(moment: string, from: string, to: string): boolean;
  /** Moves over whatever is at `to`, atomically. */
  rename(moment: string, from: string, to: string): void;
  /** Removes a file; nothing happens when there is none. */
  remove(moment: string, path: string): void;
  /** Makes a file's time of change the present; nothing happens when there is none. */
  touch(moment: string, path: string): void;
  /** Removes a folder and all in it; nothing happens when there is none. */
  removeTree(moment: string, path: string): void;
  /** Makes a folder and its parents. */
  makeDirectory(moment: string, path: string): void;
  syncDirectory(moment: string, path: string): void;
  /** Names in a folder, sorted; undefined when there is no such folder. */
  list(path: string): readonly string[] | undefined;
  stat(
    path: string,
  ): { readonly kind: 'file' | 'directory'; readonly size: number; readonly modifiedMs: number } | undefined;
  /** The path with every link in it followed; undefined when nothing is there. */
  realPath(path: string): string | undefined;
  /**
   * Takes the exclusive `flock(2)` on the file, which is created when absent; undefined when another holds it.
   * Excludes other processes (the original Dolt among them) and other holders in this process alike. Waits as long as the
   * disk does, and no longer than `mostMs`.
   */
  tryLock(path: string, mostMs?: number): DiskLock | undefined;
}

export interface DiskFile {
  /** Reads up to `length` bytes from `position` into `target` at `offset`; the count read, less at the end of file. */
  read(target: Uint8Array, offset: number, length: number, position: number): number;
  /** Writes all of `bytes` at `position`. */
  write(moment: string, bytes: Uint8Array, position: number): void;
  truncate(moment: string, size: number): void;
  sync(moment: string): void;
  /**
   * `sync` of what was written before the call, while the program goes on; a `close` takes effect after it. Of two syncs that
   * overlap, a lost write may be told to one only when they are of one `DiskFile`: open the file twice to hear it in both.
   */
  syncLater(moment: string): Promise<void>;
  size(): number;
  close(): void;
}

export interface DiskLock {
  release(): void;
}

/** Removes what a failed write has left, as far as that can be done: the failure is what is reported. */
export function abandonFile(disk: Disk, moment: string, path: string): void {
  asFarAsPossible(() => disk.remove(moment, path));
}

/** The same for a folder with all in it. */
export function abandonTree(disk: Disk, moment: string, path: string): void {
  asFarAsPossible(() => disk.removeTree(moment, path));
}

function asFarAsPossible(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
  }
}

export class DiskError extends DoltError {
  readonly code: string;
  readonly path: string;
  constructor(kind: ErrorKind, code: string, path: string, message: string, options?: ErrorOptions) {
    super(kind, message, options);
    this.code = code;
    this.path = path;
  }
}
