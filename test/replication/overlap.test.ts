/** A replicated commit syncs at one time what it can; the remote's root waits for all of it. */
import { describe, expect, test } from 'vitest';
import { HeldDisk } from '../chunks/held-disk.ts';
import { turns, World } from './world.ts';

const MOMENTS = ['journal:sync', 'table:sync', 'manifest:sync'];

/** A replicated commit of a server that waits for its syncs. */
async function begun() {
  const disk = new HeldDisk();
  disk.isHolding = false;
  const world = new World(1, disk);
  world.init('/p', { dolt_replicate_to_remote: 'origin' });
  const create = "create table t (pk int primary key); insert into t values (1); call dolt_commit('-Am', 'one')";
  await world.sql('/p', create);
  const server = await world.start('/p', { exclusive: true });
  await server.rows('insert into t values (2)');
  disk.isHolding = true;
  const commit = { isAnswered: false, answer: server.rows("call dolt_commit('-am', 'two')") };
  const answered = (): void => {
    commit.isAnswered = true;
  };
  commit.answer.then(answered, answered);
  for (let round = 0; disk.held.length < MOMENTS.length && round < 100; round++) await turns();
  return { world, disk, server, commit };
}

const manifest = ({ disk }: { disk: HeldDisk }): string => Buffer.from(disk.readFile('/remote/manifest')!).toString();

describe('the remote moves', () => {
  test.each(MOMENTS)('after %s, which runs beside the others', async (last) => {
    const { world, disk, server, commit } = await begun();
    expect(disk.held.map(({ moment }) => moment).sort()).toEqual([...MOMENTS].sort());
    const before = manifest({ disk });
    for (const sync of disk.held) if (sync.moment !== last) sync.end();
    await turns();
    expect(manifest({ disk })).toBe(before);
    expect(commit.isAnswered).toBe(false);
    disk.isHolding = false;
    for (const sync of disk.held) if (sync.moment === last) sync.end();
    await world.finish(commit.answer);
    expect(manifest({ disk })).not.toBe(before);
    await server.stop();
    // Without power, nothing of it is lost.
    world.disk = disk.crash(() => 0);
    await world.clone('/c');
    expect(await world.sql('/c', 'select pk from t order by pk')).toEqual([[1], [2]]);
    expect(await world.sql('/p', 'select message from dolt_log limit 1')).toEqual([['two']]);
  });

  test.each(MOMENTS)('never when %s fails', async (failing) => {
    const { world, disk, commit } = await begun();
    const before = manifest({ disk });
    disk.isHolding = false;
    for (const sync of disk.held) {
      if (sync.moment === failing) sync.fail();
      else sync.end();
    }
    await expect(world.finish(commit.answer)).rejects.toThrow(/injected|could not be made durable/);
    expect(manifest({ disk })).toBe(before);
    world.disk = disk.crash(() => 0);
    await world.clone('/c');
    expect(await world.sql('/c', 'select pk from t order by pk')).toEqual([[1]]);
  });
});
