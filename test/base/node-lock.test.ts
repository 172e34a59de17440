import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
afterAll(() => {
  vi.unstubAllEnvs();
  // Later files want a module that knows the way to locks that this machine has.
  vi.resetModules();
  rmSync(folder, { recursive: true });
});
const path = join(folder, 'LOCK');
const flock = spawnSync('sh', ['-c', 'command -v flock']).stdout.toString().trim();
const isFree = () => spawnSync(flock, ['-n', '-x', path, '/bin/true']).status === 0;

const withoutPerl = join(folder, 'bin');
mkdirSync(withoutPerl);
symlinkSync(flock, join(withoutPerl, 'flock'));

test.each([
  ['with perl', process.env['PATH']],
  ['without perl', withoutPerl],
])('%s, locks are taken and released, and others are waited for', async (_name, search) => {
  vi.stubEnv('PATH', search);
  vi.resetModules();
  const { tryNodeLock } = await import('../../src/base/node-lock.ts');
  tryNodeLock(path, 0)!.release();
  for (let round = 0; round < 3; round++) {
    const lock = tryNodeLock(path, 0);
    expect(isFree()).toBe(false);
    lock!.release();
    expect(isFree()).toBe(true);
  }
  const holder = spawnSync('/bin/sh', ['-c', `${flock} -x ${path} /bin/sleep 0.6 >/dev/null 2>&1 & /bin/sleep 0.2`]);
  expect(holder.status).toBe(0);
  expect(tryNodeLock(path, 0)).toBeUndefined();
  const waited = tryNodeLock(path, 3000);
  expect(waited).toBeDefined();
  waited!.release();
  expect(() => tryNodeLock(join(folder, 'none', 'LOCK'), 0)).toThrow(/ENOENT/);
  const many = Array.from({ length: 12 }, (_, i) => tryNodeLock(i === 0 ? path : `${path}-${i}`, 0)!);
  expect(isFree()).toBe(false);
  for (const lock of many) lock.release();
  expect(isFree()).toBe(true);
});
