/** The machine's time, for servers in memory whose waits have to end. Spread it over a `memoryEnvironment`. */
import { setTimeout as sleep } from 'node:timers/promises';

export const realTime = {
  clock: { now: Date.now, monotonic: () => performance.now() },
  timers: { sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal ? { signal } : {}) },
};
