/**
 * A disk in memory that can lose power. It keeps, beside what a program sees, what a real disk would still hold:
 * synced bytes and synced folder entries. `crash(random)` answers with the disk that a restart would find: of each
 * file, the synced bytes plus any subset of the later writes, each whole, torn or missing; of each folder, the synced
 * entries plus a prefix of the later creations, renames and removals. Folders themselves always survive. Without a clock,
 * files never grow old.
 */
import { type Disk, DiskError, type DiskFile, type DiskLock } from './disk.ts';
import type { Random } from './environment.ts';

type FileChange =
  | { readonly kind: 'write'; readonly bytes: Uint8Array; readonly position: number }
  | { readonly kind: 'truncate'; readonly size: number };

type EntryChange = { readonly name: string; readonly inode: Inode | undefined };

/** Bytes that grow. */
class Content {
  bytes: Uint8Array = new Uint8Array(0);
  size = 0;

  apply(change: FileChange): void {
    if (change.kind === 'truncate') {
      this.#reserve(change.size);
      if (change.size < this.size) this.bytes.fill(0, change.size, this.size);
      this.size = change.size;
      return;
    }
    const end = change.position + change.bytes.length;
    this.#reserve(end);
    this.bytes.set(change.bytes, change.position);
    this.size = Math.max(this.size, end);
  }

  #reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(size, this.bytes.length * 2, 64));
    grown.set(this.bytes.subarray(0, this.size));
    this.bytes = grown;
  }

  copy(): Uint8Array {
    return this.bytes.slice(0, this.size);
  }
}

class Inode {
  /** What programs see. */
  readonly content = new Content();
  /** What a crash cannot take. */
  readonly synced = new Content();
  unsynced: FileChange[] = [];
  modifiedMs = 0;

  sync(count = this.unsynced.length): void {
    for (const change of this.unsynced.splice(0, count)) this.synced.apply(change);
  }
}

interface Folder {
  readonly entries: Map<string, Inode>;
  synced: Map<string, Inode>;
  unsynced: EntryChange[];
}

type Syncing = (moment: string, path: string) => Promise<void>;

interface Scene {
  readonly now: () => number;
  readonly syncing: Syncing;
}

export class MemoryDisk implements Disk {
  readonly #folders = new Map<string, Folder>();
  readonly #locks = new Set<string>();
  readonly #scene: Scene;

  /**
   * `now`: milliseconds since 1970, of which files keep when they were changed. `syncing` says when a sync in the background
   * ends; it may fail.
   */
  constructor(now: () => number = () => Number.POSITIVE_INFINITY, syncing: Syncing = async () => {}) {
    this.#scene = { now, syncing };
    this.#folders.set('/', emptyFolder());
  }

  openRead(path: string): DiskFile | undefined {
    const inode = this.#find(path);
    return inode && new MemoryFile(inode, path, this.#scene);
  }

  openWrite(_moment: string, path: string): DiskFile {
    return new MemoryFile(this.#find(path) ?? this.#create(path), path, this.#scene);
  }

  create(_moment: string, path: string): DiskFile {
    const found = this.#find(path);
    const file = new MemoryFile(found ?? this.#create(path), path, this.#scene);
    if (found) file.truncate('create', 0);
    return file;
  }

  readFile(path: string): Uint8Array | undefined {
    return this.#find(path)?.content.copy();
  }

  copyFile(moment: string, from: string, to: string): boolean {
    const bytes = this.readFile(from);
    if (!bytes) return false;
    const copy = this.create(moment, to);
    copy.write(moment, bytes, 0);
    return true;
  }

  rename(_moment: string, from: string, to: string): void {
    if (this.#folders.has(from)) {
      this.#moveFolder(from, to);
      return;
    }
    const inode = this.#find(from);
    if (!inode) throw missing(from);
    this.#enter(to, inode);
    this.#enter(from, undefined);
  }

  #moveFolder(from: string, to: string): void {
    if (!this.#folders.has(parentOf(to))) throw missing(parentOf(to));
    if (this.list(to)?.length) throw new DiskError('invalid', 'ENOTEMPTY', to, `${to}: the folder is not empty`);
    for (const [name, folder] of [...this.#folders]) {
      if (name !== from && !name.startsWith(`${from}/`)) continue;
      this.#folders.delete(name);
      this.#folders.set(`${to}${name.slice(from.length)}`, folder);
    }
  }

  remove(_moment: string, path: string): void {
    if (this.#find(path)) this.#enter(path, undefined);
  }

  touch(_moment: string, path: string): void {
    const inode = this.#find(path);
    if (inode) inode.modifiedMs = this.#scene.now();
  }

  removeTree(_moment: string, path: string): void {
    for (const name of [...this.#folders.keys()]) {
      if (name === path || name.startsWith(`${path}/`)) this.#folders.delete(name);
    }
    this.remove('', path);
  }

  makeDirectory(_moment: string, path: string): void {
    if (this.#folders.has(path)) return;
    if (this.#find(path)) throw new DiskError('invalid', 'EEXIST', path, `${path}: a file stands there`);
    this.makeDirectory('', parentOf(path));
    this.#folders.set(path, emptyFolder());
  }

  syncDirectory(_moment: string, path: string): void {
    const folder = this.#folders.get(path);
    if (!folder) throw missing(path);
    folder.synced = new Map(folder.entries);
    folder.unsynced = [];
  }

  list(path: string): readonly string[] | undefined {
    const folder = this.#folders.get(path);
    if (!folder) return undefined;
    const names = [...folder.entries.keys()];
    for (const name of this.#folders.keys()) {
      if (name !== '/' && parentOf(name) === path) names.push(nameOf(name));
    }
    return names.sort();
  }

  stat(path: string): { kind: 'file' | 'directory'; size: number; modifiedMs: number } | undefined {
    if (this.#folders.has(path)) return { kind: 'directory', size: 0, modifiedMs: 0 };
    const inode = this.#find(path);
    return inode && { kind: 'file', size: inode.content.size, modifiedMs: inode.modifiedMs };
  }

  realPath(path: string): string | undefined {
    return this.stat(path) === undefined ? undefined : path;
  }

  tryLock(path: string): DiskLock | undefined {
    if (this.#locks.has(path)) return undefined;
    if (!this.#find(path)) this.#create(path);
    this.#locks.add(path);
    return { release: () => void this.#locks.delete(path) };
  }

  /** What a restart finds after the power went: a new disk, this one stays as it is. */
  crash(random: Random): MemoryDisk {
    const survivor = new MemoryDisk(this.#scene.now);
    const inodes = new Map<Inode, Inode>();
    for (const [path, folder] of this.#folders) {
      const kept = new Map(folder.synced);
      for (const { name, inode } of folder.unsynced.slice(0, Math.floor(random() * (folder.unsynced.length + 1)))) {
        if (inode) kept.set(name, inode);
        else kept.delete(name);
      }
      const restored = emptyFolder();
      for (const [name, inode] of kept) {
        let copy = inodes.get(inode);
        if (!copy) {
          copy = afterCrash(inode, random);
          inodes.set(inode, copy);
        }
        restored.entries.set(name, copy);
      }
      restored.synced = new Map(restored.entries);
      survivor.#folders.set(path, restored);
    }
    return survivor;
  }

  /** At once durable. */
  #find(path: string): Inode | undefined {
    return this.#folders.get(parentOf(path))?.entries.get(nameOf(path));
  }

  #create(path: string): Inode {
    const inode = new Inode();
    inode.modifiedMs = this.#scene.now();
    this.#enter(path, inode);
    return inode;
  }

  #enter(path: string, inode: Inode | undefined): void {
    const folder = this.#folders.get(parentOf(path));
    if (!folder) throw missing(parentOf(path));
    const name = nameOf(path);
    if (inode) folder.entries.set(name, inode);
    else folder.entries.delete(name);
    folder.unsynced.push({ name, inode });
  }
}

class MemoryFile implements DiskFile {
  readonly #inode: Inode;
  readonly #path: string;
  readonly #scene: Scene;
  #open = true;

  constructor(inode: Inode, path: string, scene: Scene) {
    this.#inode = inode;
    this.#path = path;
    this.#scene = scene;
  }

  read(target: Uint8Array, offset: number, length: number, position: number): number {
    this.#check();
    const { bytes, size } = this.#inode.content;
    const end = Math.min(position + length, size);
    if (end <= position) return 0;
    target.set(bytes.subarray(position, end), offset);
    return end - position;
  }

  write(_moment: string, bytes: Uint8Array, position: number): void {
    this.#change({ kind: 'write', bytes: bytes.slice(), position });
  }

  truncate(_moment: string, size: number): void {
    this.#change({ kind: 'truncate', size });
  }

  sync(_moment: string): void {
    this.#check();
    this.#inode.sync();
  }

  async syncLater(moment: string): Promise<void> {
    this.#check();
    const written = new Set(this.#inode.unsynced);
    await this.#scene.syncing(moment, this.#path);
    // What another sync has done meanwhile is no longer among them.
    this.#inode.sync(this.#inode.unsynced.filter((change) => written.has(change)).length);
  }

  size(): number {
    this.#check();
    return this.#inode.content.size;
  }

  close(): void {
    this.#open = false;
  }

  #change(change: FileChange): void {
    this.#check();
    this.#inode.content.apply(change);
    this.#inode.unsynced.push(change);
    this.#inode.modifiedMs = this.#scene.now();
  }

  #check(): void {
    if (!this.#open) throw new DiskError('unavailable', 'EBADF', this.#path, `${this.#path}: the file is closed`);
  }
}

function afterCrash(inode: Inode, random: Random): Inode {
  const copy = new Inode();
  copy.modifiedMs = inode.modifiedMs;
  const keep = (change: FileChange): void => {
    copy.content.apply(change);
    copy.synced.apply(change);
  };
  keep({ kind: 'write', bytes: inode.synced.copy(), position: 0 });
  for (const change of inode.unsynced) {
    const fate = random();
    if (fate < 0.3) continue;
    if (change.kind === 'write' && fate < 0.6) {
      const bytes = change.bytes.subarray(0, Math.floor(random() * (change.bytes.length + 1)));
      keep({ kind: 'write', bytes, position: change.position });
    } else keep(change);
  }
  return copy;
}

function emptyFolder(): Folder {
  return { entries: new Map(), synced: new Map(), unsynced: [] };
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function missing(path: string): DiskError {
  return new DiskError('notFound', 'ENOENT', path, `${path}: no such file or folder`);
}
