import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DiskError } from '../../src/base/disk.ts';
import { NodeDisk } from '../../src/base/node-disk.ts';

const folder = mkdtempSync(join(tmpdir(), 'disk-'));
afterAll(() => rmSync(folder, { recursive: true }));
const disk = new NodeDisk();

/** Whether another process can take the lock now. */
function freeForOthers(path: string): boolean {
  return spawnSync('flock', ['-n', '-x', path, 'true']).status === 0;
}

describe('the lock', () => {
  test('keeps out other processes and this one, until it is released, time and again', () => {
    const path = join(folder, 'LOCK');
    const other = join(folder, "an 'odd $(name)'");
    for (let round = 0; round < 6; round++) {
      const lock = disk.tryLock(path);
      expect(lock).toBeDefined();
      expect(freeForOthers(path)).toBe(false);
      expect(disk.tryLock(path)).toBeUndefined();
      expect(new TextDecoder().decode(disk.readFile(`${path}.pid`))).toBe(`${process.pid} ${hostname()}\n`);
      const second = disk.tryLock(other);
      expect(freeForOthers(other)).toBe(false);
      lock!.release();
      lock!.release();
      expect(freeForOthers(path)).toBe(true);
      expect(freeForOthers(other)).toBe(false);
      second!.release();
      expect(freeForOthers(other)).toBe(true);
      expect(disk.readFile(`${path}.pid`)).toBeUndefined();
    }
  });

  test('waits for another process as long as it was told', async () => {
    const path = join(folder, 'LOCK2');
    writeFileSync(path, '');
    const holder = spawn('flock', ['-x', path, 'sh', '-c', 'echo held; sleep 0.4']);
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect(disk.tryLock(path)).toBeUndefined();
    expect(new NodeDisk({ lockWaitMs: 50 }).tryLock(path)).toBeUndefined();
    const lock = new NodeDisk({ lockWaitMs: 3000 }).tryLock(path);
    expect(lock).toBeDefined();
    lock!.release();
  });
});

describe('a sync in the background', () => {
  test('ends after the file was closed, whose number no other file takes before', async () => {
    const file = disk.create('test', join(folder, 'closed'));
    file.write('test', Uint8Array.of(1, 2, 3), 0);
    const syncs = [file.syncLater('test'), file.syncLater('test')];
    const next = disk.create('test', join(folder, 'open'));
    next.close();
    file.close();
    const others = Array.from({ length: 4 }, (_, k) => disk.create('test', join(folder, `other ${k}`)));
    await Promise.all(syncs);
    for (const other of others) {
      other.write('test', Uint8Array.of(9), 0);
      expect(other.size()).toBe(1);
      other.close();
    }
    expect([...disk.readFile(join(folder, 'closed'))!]).toEqual([1, 2, 3]);
  });

  test('that fails says so', async () => {
    const file = disk.openRead('/dev/null')!;
    await expect(file.syncLater('test')).rejects.toBeInstanceOf(DiskError);
    file.close();
  });
});

describe('errors', () => {
  test('name the path and the kind', () => {
    expect(disk.openRead(join(folder, 'none'))).toBeUndefined();
    expect(disk.readFile(join(folder, 'none'))).toBeUndefined();
    expect(disk.list(join(folder, 'none'))).toBeUndefined();
    expect(disk.stat(join(folder, 'none'))).toBeUndefined();
    disk.remove('test', join(folder, 'none'));
    const missing = join(folder, 'no', 'folder', 'file');
    try {
      disk.create('test', missing);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(DiskError);
      expect(error).toMatchObject({ kind: 'notFound', code: 'ENOENT', path: missing });
    }
    if (process.getuid?.() !== 0) {
      chmodSync(folder, 0o500);
      expect(() => disk.create('test', join(folder, 'x'))).toThrow(/permission denied/);
      chmodSync(folder, 0o700);
    }
  });
});

test('files are read and written at positions', () => {
  const path = join(folder, 'file');
  const file = disk.create('test', path);
  file.write('test', Uint8Array.of(1, 2, 3, 4), 2);
  file.sync('test');
  const bytes = new Uint8Array(8);
  expect(file.read(bytes, 1, 7, 0)).toBe(6);
  expect([...bytes]).toEqual([0, 0, 0, 1, 2, 3, 4, 0]);
  file.truncate('test', 3);
  expect(file.size()).toBe(3);
  file.close();
  file.close();
  disk.rename('test', path, `${path}2`);
  disk.syncDirectory('test', folder);
  expect(disk.list(folder)).toContain('file2');
});
