/** Waiting for an answer, but not for ever. */
import type { Timers } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';

/** Turns of the microtask queue in which a remote in a folder has answered. */
const QUICK_TURNS = 16;
/** One for all: what is aborted without a reason makes an error with its stack, and polls are many. */
const ANSWERED = new DoltError('unavailable', 'an answer came');

/** `promise`, or what `late` makes when `ms` have passed; no timer is started for an answer that comes at once. */
export async function withDeadline<T>(promise: Promise<T>, timers: Timers, ms: number, late: () => T): Promise<T> {
  let isOpen = true;
  const close = (): void => {
    isOpen = false;
  };
  promise.then(close, close);
  for (let turn = 0; isOpen && turn < QUICK_TURNS; turn++) await undefined;
  if (!isOpen) return await promise;
  const cancel = new AbortController();
  const timer = timers.sleep(Math.max(0, ms), cancel.signal).then(late, () => promise);
  try {
    return await Promise.race([promise, timer]);
  } finally {
    timer.catch(() => {});
    cancel.abort(ANSWERED);
  }
}
