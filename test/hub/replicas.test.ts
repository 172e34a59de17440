/** Who pulls, as their polls tell; who is told of pushes. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { silentLogger } from '../../src/base/environment.ts';
import { Replicas } from '../../src/hub/replicas.ts';
import { type PushEvent, type WebhookScene, Webhooks } from '../../src/hub/webhooks.ts';

const root = (n: number): Address => String(n).padStart(32, '0') as Address;
const REPOSITORY = 'ada/shop';

function book() {
  const time = { now: 1_000_000 };
  const replicas = new Replicas({ now: () => time.now, monotonic: () => time.now });
  const poll = (name: string, n: number) => {
    replicas.polled({ repository: REPOSITORY, name, account: 'reader', root: root(n) });
  };
  return { time, replicas, poll };
}

test('a replica is known by its polls: what it has, since when, and how late it came to see each push', () => {
  const { time, replicas, poll } = book();
  poll('a', 1);
  time.now += 1000;
  replicas.pushed(REPOSITORY, 'ada', root(2));
  time.now += 400;
  poll('a', 2);
  time.now += 1000;
  poll('a', 2);
  const [replica] = replicas.of(REPOSITORY);
  expect(replica).toMatchObject({
    name: 'a',
    account: 'reader',
    root: root(2),
    lastSeen: time.now,
    firstSeen: 1_000_000,
  });
  expect(replica!.delays).toEqual([{ at: 1_001_400, milliseconds: 400 }]);
  expect(replicas.pushesTo(REPOSITORY)).toEqual([{ account: 'ada', root: root(2), at: 1_001_000 }]);
  expect(replicas.of('ada/other')).toEqual([]);
});

test('a push that another hub took in is noticed with the first poll that sees it', () => {
  const { time, replicas, poll } = book();
  poll('a', 1);
  poll('b', 1);
  time.now += 500;
  poll('a', 2);
  time.now += 700;
  poll('b', 2);
  expect(replicas.of(REPOSITORY).map(({ name, delays }) => [name, delays[0]?.milliseconds])).toEqual([
    ['b', 700],
    ['a', 0],
  ]);
});

test('the silent are forgotten after a day, and of too many those that have been silent for longest', () => {
  const { time, replicas, poll } = book();
  for (let i = 0; i < 300; i++) {
    time.now += 10;
    poll(`r${i}`, 1);
  }
  const names = replicas.of(REPOSITORY).map(({ name }) => name);
  expect(names).toHaveLength(256);
  expect(names[0]).toBe('r299');
  expect(names).not.toContain('r43');
  time.now += 24 * 3600 * 1000 - 1000;
  poll('r299', 1);
  time.now += 5000;
  expect(replicas.of(REPOSITORY).map(({ name }) => name)).toEqual(['r299']);
});

test('the last error of a replica is kept', () => {
  const { time, replicas, poll } = book();
  replicas.failed(REPOSITORY, 'a', 'nobody knows it yet');
  poll('a', 1);
  replicas.failed(REPOSITORY, 'a', 'was reset');
  expect(replicas.of(REPOSITORY)[0]!.lastError).toEqual({ message: 'was reset', at: time.now });
});

interface Received {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Hooks whose requests end as `answers` say, the last one for all that follow. */
function hooks(answers: readonly (number | Error)[], configs = [{ repository: 'ada/*', secret: 's3cret' }]) {
  const received: Received[] = [];
  const pauses: number[] = [];
  const scene: WebhookScene = {
    fetch: async (url, init) => {
      const answer = answers[Math.min(received.length, answers.length - 1)]!;
      received.push({ url: String(url), headers: init!.headers as Record<string, string>, body: String(init!.body) });
      if (answer instanceof Error) throw answer;
      return new Response('', { status: answer });
    },
    clock: { now: () => Date.UTC(2026, 0, 1), monotonic: () => 0 },
    timers: {
      sleep: async (ms) => {
        pauses.push(ms);
      },
    },
    random: () => 1,
    logger: silentLogger,
  };
  const url = 'https://user:pass@example.com/hook?key=1';
  const webhooks = new Webhooks(
    configs.map((config) => ({ url, ...config })),
    scene,
  );
  return { webhooks, received, pauses };
}

const pushTo = (repository: string, n = 1): PushEvent => ({
  ...{ repository, pusher: 'ada', root: root(n) },
  refs: [{ ref: 'refs/heads/main', before: root(0), after: root(n) }],
});

test('a push is told, signed, to whom the configuration names for the repository', async () => {
  const { webhooks, received } = hooks([200]);
  webhooks.pushed(pushTo('ada/shop'));
  webhooks.pushed(pushTo('adam/shop'));
  await webhooks.settled();
  expect(received).toHaveLength(1);
  const [{ headers, body }] = received as [Received];
  expect(JSON.parse(body)).toEqual({
    ...{ event: 'push', repository: 'ada/shop', pusher: 'ada', root: root(1), at: '2026-01-01T00:00:00.000Z' },
    refs: [{ ref: 'refs/heads/main', before: root(0), after: root(1) }],
  });
  const signature = createHmac('sha256', 's3cret').update(body).digest('hex');
  expect(headers['x-dolt-signature-256']).toBe(`sha256=${signature}`);
  expect(webhooks.of('ada/shop')).toEqual([
    { repository: 'ada/*', url: 'https://example.com/hook', delivered: 1, waiting: 0, lastError: undefined },
  ]);
  expect(webhooks.of('adam/shop')).toEqual([]);
});

test('what cannot be delivered is tried again with pauses that grow, in order', async () => {
  const { webhooks, received, pauses } = hooks([500, new TypeError('fetch failed'), 200]);
  webhooks.pushed(pushTo('ada/shop', 1));
  webhooks.pushed(pushTo('ada/shop', 2));
  await webhooks.settled();
  expect(received.map(({ body }) => JSON.parse(body).root)).toEqual([root(1), root(1), root(1), root(2)]);
  expect(new Set(received.map(({ headers }) => headers['x-dolt-delivery'])).size).toBe(2);
  expect(pauses).toEqual([1000, 3000]);
  expect(webhooks.of('ada/shop')[0]).toMatchObject({
    delivered: 2,
    waiting: 0,
    lastError: { message: 'fetch failed' },
  });
});

test('what is never taken is given up, and so is the oldest of too many', async () => {
  const { webhooks, received } = hooks([302]);
  for (let i = 0; i < 150; i++) webhooks.pushed(pushTo('ada/shop', i));
  expect(webhooks.of('ada/shop')[0]!.waiting).toBe(100);
  await webhooks.settled();
  expect(received).toHaveLength(100 * 8);
  expect(webhooks.of('ada/shop')[0]).toMatchObject({
    ...{ delivered: 0, waiting: 0, lastError: { message: 'answered with status 302' } },
  });
});

test('a hub that ends waits for nobody', async () => {
  const { webhooks, received } = hooks([500]);
  webhooks.pushed(pushTo('ada/shop'));
  webhooks.close();
  await webhooks.settled();
  expect(received.length).toBeLessThanOrEqual(1);
});
