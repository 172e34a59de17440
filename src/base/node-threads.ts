/**
 * Threads of this process, of the module that the build puts beside the library and the command line. They end with the
 * process and do not keep it alive.
 */
import type { JobName, Thread } from './threads.ts';

/** What a thread is started with. */
export interface ThreadInput {
  readonly job: JobName;
  readonly memory: SharedArrayBuffer;
}

/** The same from both of them. */
const MODULE = '../lib/thread.cjs';

/** Undefined on a single processor, where nothing was built, and where a process may start none. */
export function startNodeThread(job: JobName, memory: SharedArrayBuffer): Thread | undefined {
  if (process.getBuiltinModule('node:os').availableParallelism() < 2) return undefined;
  const workerData: ThreadInput = { job, memory };
  try {
    const path = process
      .getBuiltinModule('node:module')
      .createRequire(import.meta.url)
      .resolve(MODULE);
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const worker = new Worker(path, { workerData, execArgv: [] });
    worker.unref();
    // Whoever started it does the work that it leaves undone.
    worker.on('error', () => {});
    return { stop: () => void worker.terminate() };
  } catch {
    return undefined;
  }
}
