/** The real world, handed to the layers below: disk, time, randomness, environment variables, log. */
import { setTimeout as sleepFor } from 'node:timers/promises';
import { NodeDisk } from '../base/node-disk.ts';
import type { Environment } from '../repo/repository.ts';
import type { Terminal } from './terminal.ts';

/** How long a command waits for another process that writes the same repository. */
const LOCK_WAIT_MS = 2_000;

export function realEnvironment(terminal: Terminal): Environment {
  return {
    disk: new NodeDisk({ lockWaitMs: LOCK_WAIT_MS }),
    clock: { now: Date.now, monotonic: () => performance.now() },
    timers: { sleep: async (ms, signal) => void (await sleepFor(ms, undefined, signal ? { signal } : {})) },
    random: Math.random,
    logger: { warn: (message) => terminal.error(`warning: ${message}`), info() {} },
    homeDirectory: process.env['HOME'],
    variables: process.env,
  };
}
