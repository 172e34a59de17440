/** The real world, handed to the layers below: disk, time, randomness, threads, environment variables. */
import type { Logger } from './base/environment.ts';
import { NodeDisk } from './base/node-disk.ts';
import { startNodeThread } from './base/node-threads.ts';
import { nodeNetwork } from './node-network.ts';
import type { Environment } from './repo/repository.ts';

/** How long a write waits for another process that writes the same repository. */
const LOCK_WAIT_MS = 2_000;

export function realEnvironment(logger: Logger): Environment {
  return {
    disk: new NodeDisk({ lockWaitMs: LOCK_WAIT_MS }),
    clock: { now: Date.now, monotonic: () => performance.now() },
    timers: {
      async sleep(ms, signal) {
        // A timer waits a millisecond at least; others' turn is all that is asked for here.
        if (ms === 0) return await new Promise((resolve) => setImmediate(resolve));
        const { setTimeout: sleepFor } = process.getBuiltinModule('node:timers/promises');
        await sleepFor(ms, undefined, signal ? { signal } : {});
      },
    },
    random: Math.random,
    logger,
    homeDirectory: process.env['HOME'],
    variables: process.env,
    hostName: process.getBuiltinModule('node:os').hostname(),
    threads: { start: (job, memory) => startNodeThread(job, memory) },
    network: nodeNetwork,
  };
}
