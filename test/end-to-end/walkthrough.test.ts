/**
 * The documented replication walkthrough, line by line: in two time zones, with servers that hold both repositories, and with
 * a hub as the remote.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from './command-line.ts';

test.each([
  ['UTC', []],
  ['America/Los_Angeles', ['--hub']],
  ['America/Los_Angeles', ['--server']],
  ['UTC', ['--hub', '--server']],
])('every step prints what the document prints, TZ=%s %s', (TZ, flags) => {
  const script = join(repositoryRoot, 'scripts/walkthrough.mjs');
  const run = spawnSync(process.execPath, [script, '--quiet', ...flags], {
    env: { ...process.env, TZ },
    encoding: 'utf8',
  });
  expect(run.stdout.split('\n').filter((line) => line.startsWith('FAIL'))).toEqual([]);
  expect(run.stdout).toContain('46 passed, 0 failed');
  expect(run.status).toBe(0);
});
