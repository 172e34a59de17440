/** A small repository with files of all kinds, its remote, and ways to damage them. */
import type { MemoryDisk } from '../../src/base/memory-disk.ts';
import { gc } from '../../src/verbs/gc.ts';
import { World } from '../replication/world.ts';

export const JOURNAL = '/p/.dolt/noms/vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv';

const rows = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `(${from + i}, 'row ${(from + i) * 7919}', ${(from + i) % 13})`).join(',');

/**
 * `/p`: a table file in oldgen, one beside it, a journal with several commits, uncommitted rows, a branch, a tag, the
 * remote `/remote`.
 */
export async function prepared(): Promise<World> {
  const world = new World(1);
  world.init('/p');
  await world.sql('/p', 'create table t (id int primary key, name varchar(64), qty int, key(qty))');
  await world.sql('/p', `insert into t values ${rows(0, 400)}; call dolt_commit('-Am', 'first')`);
  await world.sql('/p', "call dolt_branch('side'); call dolt_tag('v1'); call dolt_push('origin', 'main')");
  await world.command('/p', gc);
  await world.sql('/p', 'create table u (a varchar(20) primary key, doc text)');
  await world.sql('/p', "insert into u values ('x', repeat('long ', 3000)); call dolt_commit('-Am', 'second')");
  await world.sql('/p', "call dolt_push('origin', 'main')");
  await world.sql('/p', `insert into t values ${rows(400, 100)}; call dolt_commit('-Am', 'third')`);
  await world.sql('/p', 'delete from t where id % 50 = 3');
  return world;
}

/** A world of its own with the same disk, on which files may be damaged. */
export function copyOf({ disk }: World): World {
  return new World(
    1,
    disk.crash(() => 0.999_999),
  );
}

/** What a disk holds below a folder, by path. */
export function filesOf(disk: MemoryDisk, folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const name of disk.list(folder) ?? []) {
    const path = `${folder}/${name}`;
    if (disk.stat(path)?.kind === 'directory')
      for (const [inner, bytes] of filesOf(disk, path)) files.set(inner, bytes);
    else files.set(path, Buffer.from(disk.readFile(path)!));
  }
  return files;
}

export function overwrite(disk: MemoryDisk, path: string, bytes: Uint8Array): void {
  const file = disk.create('', path);
  file.write('', bytes, 0);
  file.sync('');
  file.close();
}

export interface Damage {
  readonly path: string;
  readonly kind: 'flip' | 'cut' | 'zero' | 'remove';
  readonly at: number;
  /** The file afterwards; undefined when it is gone. */
  readonly bytes: Buffer | undefined;
}

/** Picks a file of `files` and does something to it. */
export function randomDamage(random: () => number, files: ReadonlyMap<string, Buffer>): Damage {
  const paths = [...files.keys()];
  const path = paths[Math.floor(random() * paths.length)]!;
  const bytes = Buffer.from(files.get(path)!);
  const at = Math.floor(random() * bytes.length);
  const kind = (['flip', 'flip', 'cut', 'zero', 'remove'] as const)[Math.floor(random() * 5)]!;
  if (kind === 'flip') bytes[at]! ^= 1 << Math.floor(random() * 8);
  if (kind === 'zero') bytes.fill(0, at, Math.min(at + 100, bytes.length));
  return { path, kind, at, bytes: kind === 'remove' ? undefined : kind === 'cut' ? bytes.subarray(0, at) : bytes };
}

export function inflict(disk: MemoryDisk, { path, bytes }: Damage): void {
  if (bytes) overwrite(disk, path, bytes);
  else disk.remove('', path);
}
