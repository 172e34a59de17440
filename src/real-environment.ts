/** The real world, handed to the layers below: disk, time, randomness, threads, environment variables. */
import type { Logger } from './base/environment.ts';
import { NodeDisk } from './base/node-disk.ts';
import { startNodeThread } from './base/node-threads.ts';
import { nodeNetwork } from './node-network.ts';
import type { Environment } from './repo/repository.ts';

/** How long a write waits for another process that writes the same repository. */
const LOCK_WAIT_MS = 2_000;

/** Where `.dolt` with the global configuration and keys is: DOLT_ROOT_PATH, as in the original, else the user's home. */
export function homeDirectory(): string | undefined {
  const { DOLT_ROOT_PATH: root, HOME: home } = process.env;
  return root ? process.getBuiltinModule('node:path').resolve(root) : home;
}

export function realEnvironment(logger: Logger): Environment {
  return {
    disk: new NodeDisk({ lockWaitMs: LOCK_WAIT_MS }),
    clock: { now: Date.now, monotonic: () => performance.now() },
    timers: {
      async sleep(ms, signal) {
        // A timer waits a millisecond at least; others' turn is all that is asked for here.
        if (ms === 0) return await new Promise((resolve) => setImmediate(resolve));
        if (signal === undefined) return await new Promise((resolve) => setTimeout(resolve, ms));
        await sleepUnlessAborted(ms, signal);
      },
    },
    random: Math.random,
    logger,
    homeDirectory: homeDirectory(),
    variables: process.env,
    hostName: process.getBuiltinModule('node:os').hostname(),
    threads: { start: (job, memory) => startNodeThread(job, memory) },
    network: nodeNetwork,
    gpg: {
      sign: async (text, key) => await (await import('./base/node-gpg.ts')).nodeGpg.sign(text, key),
      verify: async (signed) => await (await import('./base/node-gpg.ts')).nodeGpg.verify(signed),
    },
  };
}

/** Rejects with the signal's reason. Each poll of a replica is such a wait: no error is made for it, as Node's own would. */
function sleepUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const end = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal.addEventListener('abort', end);
  });
}
