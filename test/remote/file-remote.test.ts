/** A remote in a real folder, whose lock another process holds. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { addressOf, EMPTY_ADDRESS } from '../../src/base/address.ts';
import { realEnvironment } from '../../src/real-environment.ts';
import { openRemote } from '../../src/remote/open-remote.ts';

const folder = mkdtempSync(join(tmpdir(), 'dolt-file-remote-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a swap waits for the lock, and keeps nobody else in its process waiting', async () => {
  const remote = openRemote(realEnvironment({ warn() {}, info() {} }), `file://${folder}`, { create: true });
  const bytes = new Uint8Array([1, 2, 3]);
  const root = addressOf(bytes);
  const file = await remote.uploadChunks([[root, bytes]]);
  const holder = spawn('flock', ['-x', join(folder, 'LOCK'), 'sh', '-c', 'echo held; sleep 1.2']);
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  const start = performance.now();
  let last = start;
  let longest = 0;
  const ticking = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 10);
  expect(await remote.swap(root, EMPTY_ADDRESS, [file])).toBe(true);
  clearInterval(ticking);
  longest = Math.max(longest, performance.now() - last);
  expect(performance.now() - start).toBeGreaterThan(900);
  expect(longest).toBeLessThan(600);
  remote.close();
});
