/**
 * A disk that fails one operation: the n-th that reaches it, counted over reads, writes, syncs, renames and the rest.
 * A test runs its script with n = 1, 2, 3, … until a run meets no failure, so that no place needs to be listed. A write
 * that fails leaves the first half of its bytes. With `sticky` all that follows fails as well, like a disk that died.
 */
import { type Disk, DiskError, type DiskFile, type DiskLock } from './disk.ts';

export interface FailingDiskOptions {
  /** The operation to fail, from 1; none when left out. */
  readonly failAt?: number;
  readonly sticky?: boolean;
  readonly code?: string;
  /** Only operations whose name it accepts are counted. */
  readonly counts?: (operation: string) => boolean;
}

export class FailingDisk implements Disk {
  readonly #disk: Disk;
  readonly #options: FailingDiskOptions;
  #count = 0;
  #failed = false;
  #lastOperation = 'nothing';

  constructor(disk: Disk, options: FailingDiskOptions = {}) {
    this.#disk = disk;
    this.#options = options;
  }

  /** How many operations were counted. */
  get count(): number {
    return this.#count;
  }

  /** Whether the failure has happened. */
  get failed(): boolean {
    return this.#failed;
  }

  /** The operation that failed, or the last one that was counted. */
  get lastOperation(): string {
    return this.#lastOperation;
  }

  openRead(path: string): DiskFile | undefined {
    this.#step(`openRead ${path}`, path);
    const file = this.#disk.openRead(path);
    return file && this.#wrap(file, path);
  }

  openWrite(moment: string, path: string): DiskFile {
    this.#step(moment, path);
    return this.#wrap(this.#disk.openWrite(moment, path), path);
  }

  create(moment: string, path: string, mode?: number): DiskFile {
    this.#step(moment, path);
    return this.#wrap(this.#disk.create(moment, path, mode), path);
  }

  readFile(path: string): Uint8Array | undefined {
    this.#step(`readFile ${path}`, path);
    return this.#disk.readFile(path);
  }

  copyFile(moment: string, from: string, to: string): boolean {
    this.#step(moment, to, () => {
      const bytes = this.#disk.readFile(from);
      if (bytes) this.#disk.create(moment, to).write(moment, bytes.subarray(0, bytes.length >> 1), 0);
    });
    return this.#disk.copyFile(moment, from, to);
  }

  rename(moment: string, from: string, to: string): void {
    this.#step(moment, to);
    this.#disk.rename(moment, from, to);
  }

  remove(moment: string, path: string): void {
    this.#step(moment, path);
    this.#disk.remove(moment, path);
  }

  touch(moment: string, path: string): void {
    this.#step(moment, path);
    this.#disk.touch(moment, path);
  }

  removeTree(moment: string, path: string): void {
    this.#step(moment, path);
    this.#disk.removeTree(moment, path);
  }

  makeDirectory(moment: string, path: string): void {
    this.#step(moment, path);
    this.#disk.makeDirectory(moment, path);
  }

  syncDirectory(moment: string, path: string): void {
    this.#step(moment, path);
    this.#disk.syncDirectory(moment, path);
  }

  list(path: string): readonly string[] | undefined {
    this.#step(`list ${path}`, path);
    return this.#disk.list(path);
  }

  stat(path: string): { kind: 'file' | 'directory'; size: number; modifiedMs: number } | undefined {
    this.#step(`stat ${path}`, path);
    return this.#disk.stat(path);
  }

  realPath(path: string): string | undefined {
    this.#step(`realPath ${path}`, path);
    return this.#disk.realPath(path);
  }

  tryLock(path: string, mostMs?: number): DiskLock | undefined {
    this.#step(`lock ${path}`, path);
    return this.#disk.tryLock(path, mostMs);
  }

  #wrap(file: DiskFile, path: string): DiskFile {
    return {
      read: (target, offset, length, position) => {
        this.#step(`read ${path}`, path);
        return file.read(target, offset, length, position);
      },
      write: (moment, bytes, position) => {
        this.#step(moment, path, () => file.write(moment, bytes.subarray(0, bytes.length >> 1), position));
        file.write(moment, bytes, position);
      },
      truncate: (moment, size) => {
        this.#step(moment, path);
        file.truncate(moment, size);
      },
      sync: (moment) => {
        this.#step(moment, path);
        file.sync(moment);
      },
      syncLater: async (moment) => {
        this.#step(moment, path);
        await file.syncLater(moment);
        // A disk that died meanwhile does not answer.
        if (this.#failed && this.#options.sticky) this.#step(moment, path);
      },
      size: () => {
        this.#step(`size ${path}`, path);
        return file.size();
      },
      close: () => file.close(),
    };
  }

  #step(operation: string, path: string, half?: () => void): void {
    const { failAt, sticky, code = 'EIO', counts } = this.#options;
    if (counts && !counts(operation)) return;
    this.#count++;
    const dead = this.#failed && sticky;
    if (this.#count !== failAt && !dead) {
      if (!this.#failed) this.#lastOperation = operation;
      return;
    }
    if (!dead) half?.();
    this.#failed = true;
    this.#lastOperation = operation;
    throw new DiskError('unavailable', code, path, `${path}: injected failure ${code} at ${operation}`);
  }
}
