/** When the event loop stays awake for a client, and when it goes to sleep again. */
import { expect, test } from 'vitest';
import { BusyPoll } from '../../src/server/busy-poll.ts';

/** An event loop whose turns take a sixteenth of a millisecond each. */
function world() {
  let now = 1000;
  let deferred: (() => void) | undefined;
  const poll = new BusyPoll(
    () => now,
    (callback) => {
      expect(deferred).toBeUndefined();
      deferred = callback;
    },
  );
  /** Turns until it sleeps. */
  const turns = (most = 100): number => {
    let count = 0;
    while (deferred !== undefined && count < most) {
      now += 1 / 16;
      count++;
      const run = deferred;
      deferred = undefined;
      run();
    }
    return count;
  };
  return { poll, turns };
}

test('a client whose commands follow closely is waited for awake, for a moment', () => {
  const { poll, turns } = world();
  poll.answered(0.03);
  expect(turns()).toBe(4);
  expect(turns()).toBe(0);
});

test('one that pauses for longer is not', () => {
  const { poll, turns } = world();
  poll.answered(0.3);
  poll.answered(5000);
  expect(turns()).toBe(0);
});

test('each answer begins the moment anew, within one loop', () => {
  const { poll, turns } = world();
  poll.answered(0.03);
  expect(turns(3)).toBe(3);
  poll.answered(0.03);
  poll.answered(1);
  expect(turns()).toBe(4);
  poll.answered(0.03);
  expect(turns()).toBe(4);
});
