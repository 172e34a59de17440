import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Disk } from '../../src/base/disk.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { NodeDisk } from '../../src/base/node-disk.ts';

const folder = mkdtempSync(join(tmpdir(), 'copy-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(disk: Disk, path: string, ...bytes: number[]): void {
  const file = disk.create('test', path);
  file.write('test', Uint8Array.from(bytes), 0);
  file.close();
}
const read = (disk: Disk, path: string) => [...(disk.readFile(path) ?? [])];

const disks: readonly (readonly [string, string, () => Disk])[] = [
  ['the disk of the machine', folder, () => new NodeDisk()],
  ['the disk in memory', '', () => new MemoryDisk()],
];
describe.each(disks)('a file copied on %s', (_name, root, makeDisk) => {
  test('replaces what was there and changes with neither', () => {
    const disk = makeDisk();
    write(disk, `${root}/from`, 1, 2, 3);
    write(disk, `${root}/to`, 9, 9, 9, 9);
    expect(disk.copyFile('test', `${root}/from`, `${root}/to`)).toBe(true);
    write(disk, `${root}/from`, 7);
    expect(read(disk, `${root}/to`)).toEqual([1, 2, 3]);
    expect(disk.copyFile('test', `${root}/none`, `${root}/to`)).toBe(false);
    expect(read(disk, `${root}/to`)).toEqual([1, 2, 3]);
  });
});

test('a copy survives a crash once it and its folder are synced', () => {
  const disk = new MemoryDisk();
  write(disk, '/from', 1, 2, 3);
  disk.copyFile('test', '/from', '/to');
  disk.openWrite('test', '/to').sync('test');
  disk.syncDirectory('test', '/');
  expect(
    read(
      disk.crash(() => 0),
      '/to',
    ),
  ).toEqual([1, 2, 3]);
});

test('a copy that fails leaves the first half', () => {
  const disk = new MemoryDisk();
  write(disk, '/from', 1, 2, 3, 4);
  const failing = new FailingDisk(disk, { failAt: 1 });
  expect(() => failing.copyFile('test', '/from', '/to')).toThrow('injected failure');
  expect(read(disk, '/to')).toEqual([1, 2]);
});
