/**
 * GET_LOCK's locks: names that sessions of one engine hold, each as often as it asked. Who waits for one stands in a queue, and
 * a lock that becomes free is handed to the first of it. A session waits for one lock at a time, so that a deadlock is a chain
 * of holders that ends at whoever asks.
 */
import type { Timers } from '../../base/environment.ts';
import { type Steps, waitUnlessEnded } from '../../repo/steps.ts';
import { SqlError } from '../types/sql-error.ts';

/** No timer runs longer. */
const LONGEST_TIMER_S = (2 ** 31 - 1) / 1000;

interface Waiter {
  readonly session: number;
  readonly name: string;
  isGranted: boolean;
  readonly wake: () => void;
}

interface Lock {
  holder: number;
  /** How often it has to be released. */
  count: number;
  readonly queue: Waiter[];
}

/** Sessions are told apart by their connection's number; names by their letters, whatever the case. */
export class UserLocks {
  readonly #timers: Timers;
  readonly #locks = new Map<string, Lock>();
  /** What each session waits for. */
  readonly #waiting = new Map<number, string>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Takes the lock if it is free or the session's own already. */
  tryAcquire(name: string, session: number): boolean {
    const lock = this.#locks.get(keyOf(name));
    if (lock === undefined) {
      this.#locks.set(keyOf(name), { holder: session, count: 1, queue: [] });
      return true;
    }
    if (lock.holder !== session) return false;
    lock.count++;
    return true;
  }

  /**
   * Takes the lock as soon as it comes; false when it has not come after `seconds`, which are endless below 0. Throws 3058 in a
   * deadlock.
   */
  *acquire(name: string, session: number, seconds: number): Steps<boolean> {
    if (this.tryAcquire(name, session)) return true;
    this.#assertNoDeadlock(keyOf(name), session);
    const late = new AbortController();
    const { waiter, granted } = this.#enqueue(keyOf(name), session);
    if (seconds >= 0 && seconds < LONGEST_TIMER_S) {
      this.#timers.sleep(seconds * 1000, late.signal).then(waiter.wake, () => {});
    }
    let isEnded = true;
    try {
      yield* waitUnlessEnded(granted);
      isEnded = false;
      return waiter.isGranted;
    } finally {
      late.abort();
      this.#leave(waiter);
      if (isEnded && waiter.isGranted) this.release(name, session);
    }
  }

  /** True when it was the session's, false when it is another's, undefined when it is free. */
  release(name: string, session: number): boolean | undefined {
    const lock = this.#locks.get(keyOf(name));
    if (lock === undefined) return undefined;
    if (lock.holder !== session) return false;
    if (--lock.count === 0) this.#handOn(keyOf(name), lock);
    return true;
  }

  /** Releases all that a session holds; how often they had been taken. */
  releaseAll(session: number): number {
    let released = 0;
    for (const [key, lock] of this.#locks) {
      if (lock.holder !== session) continue;
      released += lock.count;
      this.#handOn(key, lock);
    }
    return released;
  }

  /** The session that holds a lock. */
  holder(name: string): number | undefined {
    return this.#locks.get(keyOf(name))?.holder;
  }

  #enqueue(name: string, session: number): { waiter: Waiter; granted: Promise<void> } {
    let wake = (): void => {};
    const granted = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const waiter = { session, name, isGranted: false, wake };
    this.#locks.get(name)!.queue.push(waiter);
    this.#waiting.set(session, name);
    return { waiter, granted };
  }

  #leave(waiter: Waiter): void {
    const queue = this.#locks.get(waiter.name)?.queue;
    const at = queue?.indexOf(waiter) ?? -1;
    if (at < 0) return;
    queue!.splice(at, 1);
    this.#waiting.delete(waiter.session);
  }

  #handOn(name: string, lock: Lock): void {
    const next = lock.queue.shift();
    if (next === undefined) {
      this.#locks.delete(name);
      return;
    }
    lock.holder = next.session;
    lock.count = 1;
    this.#waiting.delete(next.session);
    next.isGranted = true;
    next.wake();
  }

  #assertNoDeadlock(name: string, session: number): void {
    for (let wanted: string | undefined = name; wanted !== undefined; ) {
      const { holder }: Lock = this.#locks.get(wanted)!;
      if (holder === session) throw userLockDeadlock();
      wanted = this.#waiting.get(holder);
    }
  }
}

const LONGEST_NAME = 64;

/** Throws 3057 for what is no name of a lock. */
export function lockName(name: string | null): string {
  if (name !== null && name !== '' && name.length <= LONGEST_NAME) return name;
  throw new SqlError(3057, '42000', `Incorrect user-level lock name '${name ?? 'NULL'}'.`);
}

function keyOf(name: string): string {
  return name.toLowerCase();
}

const userLockDeadlock = () =>
  new SqlError(
    3058,
    'HY000',
    'Deadlock found when trying to get user-level lock; try rolling back transaction/releasing locks and restarting ' +
      'lock acquisition.',
    'unavailable',
  );
