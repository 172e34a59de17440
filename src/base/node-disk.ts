/**
 * The disk of this machine, and the only place that calls `fs`. Every failure leaves as a `DiskError` with the code of
 * the operating system and a sentence that names the path and the remedy.
 */
import * as fs from 'node:fs';
import { type Disk, DiskError, type DiskFile, type DiskLock } from './disk.ts';
import type { ErrorKind } from './errors.ts';
import { tryNodeLock } from './node-lock.ts';

export interface NodeDiskOptions {
  /** How long `tryLock` waits for another process before it gives up; 0 unless told. */
  readonly lockWaitMs?: number;
}

export class NodeDisk implements Disk {
  readonly #lockWaitMs: number;

  constructor(options: NodeDiskOptions = {}) {
    this.#lockWaitMs = options.lockWaitMs ?? 0;
  }

  openRead(path: string): DiskFile | undefined {
    return orMissing(path, () => new NodeFile(path, fs.openSync(path, 'r')));
  }

  openWrite(_moment: string, path: string): DiskFile {
    return guarded(
      path,
      () => new NodeFile(path, fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o666)),
    );
  }

  create(_moment: string, path: string, mode = 0o666): DiskFile {
    return guarded(path, () => new NodeFile(path, fs.openSync(path, 'w+', mode)));
  }

  readFile(path: string): Uint8Array | undefined {
    return orMissing(path, () => fs.readFileSync(path));
  }

  copyFile(_moment: string, from: string, to: string): boolean {
    // By the file system itself: without reading the bytes, or, where it can, without copying them.
    const isThere = orMissing(from, () => {
      fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE);
      return true;
    });
    return isThere === true;
  }

  rename(_moment: string, from: string, to: string): void {
    guarded(to, () => fs.renameSync(from, to));
  }

  remove(_moment: string, path: string): void {
    orMissing(path, () => fs.unlinkSync(path));
  }

  touch(_moment: string, path: string): void {
    orMissing(path, () => {
      const now = new Date();
      fs.utimesSync(path, now, now);
    });
  }

  removeTree(_moment: string, path: string): void {
    guarded(path, () => fs.rmSync(path, { recursive: true, force: true }));
  }

  makeDirectory(_moment: string, path: string): void {
    guarded(path, () => fs.mkdirSync(path, { recursive: true }));
  }

  syncDirectory(_moment: string, path: string): void {
    syncPath(path, fs.fsyncSync);
  }

  list(path: string): readonly string[] | undefined {
    return orMissing(path, () => fs.readdirSync(path).sort());
  }

  stat(path: string): { kind: 'file' | 'directory'; size: number; modifiedMs: number } | undefined {
    return guarded(path, () => {
      const stat = statOf(path);
      if (!stat) return undefined;
      return { kind: stat.isDirectory() ? 'directory' : 'file', size: stat.size, modifiedMs: stat.mtimeMs };
    });
  }

  realPath(path: string): string | undefined {
    return orMissing(path, () => fs.realpathSync(path));
  }

  tryLock(path: string, mostMs = Number.POSITIVE_INFINITY): DiskLock | undefined {
    return guarded(path, () => tryNodeLock(path, Math.min(this.#lockWaitMs, mostMs)));
  }
}

function syncPath(path: string, sync: (descriptor: number) => void): void {
  guarded(path, () => {
    const descriptor = fs.openSync(path, 'r');
    try {
      sync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  });
}

/** Undefined where nothing is, be it because a part of the path is a file. */
function statOf(path: string): fs.Stats | undefined {
  try {
    return fs.statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

class NodeFile implements DiskFile {
  readonly #path: string;
  readonly #descriptor: number;
  #open = true;
  #syncs = 0;

  constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  read(target: Uint8Array, offset: number, length: number, position: number): number {
    try {
      let done = fs.readSync(this.#descriptor, target, offset, length, position);
      while (done > 0 && done < length) {
        const more = fs.readSync(this.#descriptor, target, offset + done, length - done, position + done);
        if (more === 0) break;
        done += more;
      }
      return done;
    } catch (error) {
      throw asDiskError(error, this.#path);
    }
  }

  write(_moment: string, bytes: Uint8Array, position: number): void {
    guarded(this.#path, () => {
      for (let done = 0; done < bytes.length; ) {
        done += fs.writeSync(this.#descriptor, bytes, done, bytes.length - done, position + done);
      }
    });
  }

  truncate(_moment: string, size: number): void {
    guarded(this.#path, () => fs.ftruncateSync(this.#descriptor, size));
  }

  sync(_moment: string): void {
    guarded(this.#path, () => fs.fdatasyncSync(this.#descriptor));
  }

  syncLater(_moment: string): Promise<void> {
    this.#syncs++;
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#descriptor, (error) => {
        this.#syncs--;
        try {
          if (error) throw asDiskError(error, this.#path);
          this.#closeIfUnused();
          resolve();
        } catch (failure) {
          reject(failure as DiskError);
        }
      });
    });
  }

  size(): number {
    return guarded(this.#path, () => fs.fstatSync(this.#descriptor).size);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#closeIfUnused();
  }

  /** Its number must not go to another file while a sync of it runs. */
  #closeIfUnused(): void {
    if (this.#open || this.#syncs > 0) return;
    guarded(this.#path, () => fs.closeSync(this.#descriptor));
  }
}

function guarded<T>(path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw asDiskError(error, path);
  }
}

function orMissing<T>(path: string, operation: () => T): T | undefined {
  try {
    return operation();
  } catch (error) {
    const wrapped = asDiskError(error, path);
    if (wrapped.code === 'ENOENT' || wrapped.code === 'ENOTDIR') return undefined;
    throw wrapped;
  }
}

const REMEDIES: Readonly<Record<string, readonly [ErrorKind, string]>> = {
  ENOENT: ['notFound', 'no such file or folder'],
  EACCES: ['denied', 'permission denied'],
  EPERM: ['denied', 'operation not permitted'],
  EROFS: ['denied', 'the file system is read-only'],
  ENOSPC: ['unavailable', 'no space left on the disk'],
  EDQUOT: ['unavailable', 'the disk quota is used up'],
  EFBIG: ['unavailable', 'the file would become larger than is allowed (ulimit -f)'],
  EMFILE: ['unavailable', 'too many open files'],
  EIO: ['unavailable', 'input/output error'],
  ENOTDIR: ['invalid', 'a part of the path is not a folder'],
  EISDIR: ['invalid', 'it is a folder'],
};

function asDiskError(error: unknown, path: string): DiskError {
  if (error instanceof DiskError) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
  const [kind, text] = REMEDIES[code] ?? ['unavailable', error instanceof Error ? error.message : String(error)];
  return new DiskError(kind, code, path, `${path}: ${text}`, { cause: error });
}
