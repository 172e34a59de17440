/** CREATE DATABASE on a disk that fails at each operation in turn leaves a database, or a name that is free. */
import { expect, test } from 'vitest';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { World } from '../replication/world.ts';

test('it can be repeated after it failed', async () => {
  let failures = 0;
  for (let n = 1, failed = true; failed; n++) {
    const world = new World(n);
    world.init('/folder/first');
    const disk = new FailingDisk(world.disk, { failAt: n });
    try {
      const server = await world.start('/folder', { disk });
      await server.rows('create database second');
      await server.stop();
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
    }
    failed = disk.failed;
    if (failed) failures++;
    const next = await world.start('/folder');
    const names = (await next.rows('show databases')).flat();
    if (!names.includes('second')) await next.rows('create database second');
    expect(await next.rows('use second; select message from dolt_log'), disk.lastOperation).toEqual([
      ['Initialize data repository'],
    ]);
    await next.stop();
  }
  expect(failures).toBeGreaterThan(20);
}, 60_000);
