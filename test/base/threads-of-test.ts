/** Threads as the build makes them, of the sources as they are. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import type { Threads } from '../../src/base/threads.ts';

export interface TestThreads extends Threads {
  /** How many were started. */
  started: number;
  remove(): void;
}

export function builtThreads(): TestThreads {
  const path = join(tmpdir(), `thread-of-test-${process.pid}.cjs`);
  const entryPoint = join(import.meta.dirname, '../../src/thread.ts');
  buildSync({ entryPoints: [entryPoint], outfile: path, bundle: true, platform: 'node', external: ['@node-rs/crc32'] });
  const workers: Worker[] = [];
  return {
    started: 0,
    start(job, memory) {
      this.started++;
      const worker = new Worker(path, { workerData: { job, memory } });
      workers.push(worker);
      return { stop: () => void worker.terminate() };
    },
    remove() {
      for (const worker of workers) void worker.terminate();
      rmSync(path);
    },
  };
}
