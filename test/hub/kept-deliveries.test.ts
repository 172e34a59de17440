/** What is to be told of pushes outlives the hub that was to tell it. */
import { expect, test } from 'vitest';
import { EMPTY_ADDRESS } from '../../src/base/address.ts';
import { silentLogger } from '../../src/base/environment.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { BucketNotes } from '../../src/hub/storage/bucket-notes.ts';
import { FolderNotes } from '../../src/hub/storage/folder-notes.ts';
import type { HubNotes } from '../../src/hub/storage/hub-notes.ts';
import { type PushEvent, Webhooks } from '../../src/hub/webhooks.ts';
import { S3Client } from '../../src/remote/s3/s3-client.ts';
import { FakeS3 } from '../remote/s3/fake-s3.ts';

const MINUTE = 60_000;
const url = 'https://example.com/hook';

const places: readonly (readonly [string, () => HubNotes])[] = [
  [
    'a folder',
    () => {
      const disk = new MemoryDisk();
      disk.makeDirectory('', '/data');
      return new FolderNotes(disk, '/data/.hub/notes');
    },
  ],
  ['a bucket', () => new BucketNotes(new S3Client(new FakeS3().environment(), 's3://chunks/hub'))],
];

/** Hubs over one storage, whose time passes as `clock.now` says. */
function world(notes: HubNotes) {
  const time = { now: Date.UTC(2026, 0, 1) };
  let isUp = false;
  const received: string[] = [];
  const sleepers = new Set<() => void>();
  const hub = (hook = url): Webhooks =>
    new Webhooks([{ repository: 'ada/*', url: hook, secret: 's3cret' }], {
      fetch: async (_, init) => {
        if (!isUp) return new Response('', { status: 503 });
        received.push(JSON.parse(String(init!.body)).repository);
        return new Response('');
      },
      clock: { now: () => time.now, monotonic: () => time.now },
      timers: {
        // Until somebody wakes all, or it is over.
        sleep: (_, signal) =>
          new Promise((resolve, reject) => {
            if (signal?.aborted) reject(new Error('over'));
            signal?.addEventListener('abort', reject);
            sleepers.add(() => {
              signal?.removeEventListener('abort', reject);
              resolve();
            });
          }),
      },
      random: () => 1,
      logger: silentLogger,
      notes,
    });
  return {
    ...{ time, received, hub },
    up: () => {
      isUp = true;
    },
    wake: () => {
      for (const resolve of sleepers) resolve();
      sleepers.clear();
    },
  };
}

const push = (repository: string): PushEvent => ({ repository, pusher: 'ada', root: EMPTY_ADDRESS, refs: [] });
const until = async (holds: () => boolean): Promise<void> => {
  for (let i = 0; i < 2000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(holds()).toBe(true);
};

test.each(places)('%s: what waits when a hub ends is told by the next one, in order, once', async (_, open) => {
  const notes = open();
  const { hub, up, received } = world(notes);
  const first = hub();
  first.start();
  for (const name of ['ada/one', 'ada/two', 'bob/none']) first.pushed(push(name));
  await first.close();
  expect(received).toEqual([]);
  expect(await notes.list('webhooks')).toHaveLength(2);
  up();
  const second = hub();
  second.start();
  await until(() => second.of('ada/one')[0]!.delivered === 2);
  expect(received.sort()).toEqual(['ada/one', 'ada/two']);
  await second.close();
  expect(await notes.list('webhooks')).toEqual([]);
});

test.each(places)('%s: what a hub that was killed has left is told when its time is over', async (_, open) => {
  const notes = open();
  const { hub, up, received, time, wake } = world(notes);
  const killed = hub();
  killed.pushed(push('ada/one'));
  let kept: readonly string[] = [];
  for (let i = 0; i < 1000 && kept.length === 0; i++) kept = await notes.list('webhooks');
  expect(kept).toHaveLength(1);
  up();
  const second = hub();
  second.start();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(received, 'somebody may be at it').toEqual([]);
  time.now += 31 * MINUTE;
  await until(() => {
    wake();
    return received.length > 0;
  });
  await second.settled();
  expect(received[0]).toBe('ada/one');
  await Promise.all([second.close(), killed.close()]);
});

test('a hub does not take over what it is at itself, however long that takes', async () => {
  const notes = places[0]![1]();
  const { hub, time, wake } = world(notes);
  const only = hub();
  only.start();
  only.pushed(push('ada/one'));
  only.pushed(push('ada/two'));
  for (let i = 0; i < 6; i++) {
    time.now += 20 * MINUTE;
    wake();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(only.of('ada/one')[0]!.waiting).toBe(2);
  }
  await only.close();
  expect(await notes.list('webhooks')).toHaveLength(2);
});

test('what is damaged, and what nobody is to be told any more, goes', async () => {
  const notes = places[0]![1]();
  const { hub, received, up } = world(notes);
  const first = hub();
  first.pushed(push('ada/one'));
  await first.close();
  await notes.write('webhooks/damaged', '{"id":');
  expect(await notes.list('webhooks')).toHaveLength(2);
  up();
  const second = hub('https://example.com/another');
  second.start();
  for (let i = 0; i < 1000 && (await notes.list('webhooks')).length > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 1));
  expect(await notes.list('webhooks')).toEqual([]);
  expect(received).toEqual([]);
  await second.close();
});

test('pushes are told though they cannot be kept', async () => {
  const notes = places[0]![1]();
  const broken: HubNotes = {
    read: notes.read.bind(notes),
    list: notes.list.bind(notes),
    remove: notes.remove.bind(notes),
    write: () => new BucketNotes(new S3Client(new FakeS3().environment(), 's3://other')).write('a', ''),
  };
  const { hub, received, up } = world(broken);
  up();
  const only = hub();
  only.pushed(push('ada/one'));
  await only.settled();
  expect(received).toEqual(['ada/one']);
  await only.close();
});
