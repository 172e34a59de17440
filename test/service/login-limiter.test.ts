import { describe, expect, test } from 'vitest';
import { LoginLimiter } from '../../src/service/login-limiter.ts';

/** A clock that stands still but when somebody sleeps. */
function world() {
  let now = 1000;
  const slept: number[] = [];
  const clock = { now: () => now, monotonic: () => now };
  const timers = {
    async sleep(ms: number, signal?: AbortSignal) {
      signal?.throwIfAborted();
      slept.push(ms);
      now += ms;
    },
  };
  return {
    limiter: new LoginLimiter(clock, timers),
    slept,
    tick: (ms: number) => {
      now += ms;
    },
  };
}

const { signal } = new AbortController();

describe('failed logins', () => {
  test('cost ever more, up to some seconds', async () => {
    const { limiter, slept } = world();
    for (let i = 0; i < 10; i++) {
      expect(await limiter.turn('root', 'h', signal)).toBe(true);
      limiter.failed('root', 'h');
    }
    expect(slept).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
  });

  test('cost others nothing, and nobody else from the same host', async () => {
    const { limiter, slept } = world();
    for (let i = 0; i < 5; i++) limiter.failed('root', 'h');
    await limiter.turn('root', 'other', signal);
    await limiter.turn('app', 'h', signal);
    expect(slept).toEqual([]);
  });

  test('that spread over many users of a host cost as well, but those who have logged in from there', async () => {
    const { limiter, slept } = world();
    limiter.succeeded('app', 'h');
    for (let i = 0; i < 19; i++) {
      await limiter.turn(`user${i}`, 'h', signal);
      limiter.failed(`user${i}`, 'h');
    }
    await limiter.turn('user19', 'h', signal);
    expect(slept).toEqual([]);
    limiter.failed('user19', 'h');
    for (let i = 20; i < 26; i++) {
      await limiter.turn(`user${i}`, 'h', signal);
      limiter.failed(`user${i}`, 'h');
    }
    expect(slept).toEqual([250, 500, 1000, 2000, 4000, 4000]);
    await limiter.turn('app', 'h', signal);
    await limiter.turn('user', 'other', signal);
    expect(slept).toHaveLength(6);
    // A guess that is right does not open the door for the others.
    limiter.succeeded('user25', 'h');
    await limiter.turn('user26', 'h', signal);
    expect(slept).toHaveLength(7);
  });

  test('are forgotten by a success, and by time', async () => {
    const { limiter, slept, tick } = world();
    for (let i = 0; i < 5; i++) limiter.failed('root', 'h');
    limiter.succeeded('root', 'h');
    expect(limiter.size).toBe(0);
    await limiter.turn('root', 'h', signal);
    for (let i = 0; i < 5; i++) limiter.failed('root', 'h');
    tick(600_000);
    limiter.failed('root', 'h');
    await limiter.turn('root', 'h', signal);
    expect(slept).toEqual([]);
  });

  test('tries at the same time stand in one line, which is not endless', async () => {
    let now = 0;
    const waits: number[] = [];
    const timers = {
      sleep: async (ms: number) => {
        waits.push(ms);
      },
    };
    const limiter = new LoginLimiter({ now: () => now, monotonic: () => now }, timers);
    for (let i = 0; i < 8; i++) limiter.failed('root', 'h');
    now += 4000;
    const turns = await Promise.all(Array.from({ length: 20 }, () => limiter.turn('root', 'h', signal)));
    expect(turns.filter(Boolean)).toHaveLength(4);
    expect(waits).toEqual([4000, 8000, 12_000]);
  });

  test('of many users are not remembered without bound', () => {
    const { limiter } = world();
    for (let i = 0; i < 20_000; i++) limiter.failed(`user${i}`, 'h');
    expect(limiter.size).toBe(10_000);
    limiter.failed('x'.repeat(100_000), 'h');
    expect(limiter.size).toBe(10_000);
  });

  test('whoever leaves waits no longer', async () => {
    const { limiter } = world();
    for (let i = 0; i < 5; i++) limiter.failed('root', 'h');
    await expect(limiter.turn('root', 'h', AbortSignal.abort())).rejects.toThrow();
  });
});
