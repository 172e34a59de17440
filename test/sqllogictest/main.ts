/**
 * `npm run test:logic`: plays whole scripts, those that are named, or all that there are, with as many threads as there are
 * processors. A script runs in one thread, on a database of its own. A query that takes too long is ended by its session;
 * where even that does not help, the thread is, and the script has failed. The last line has the sums.
 */
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type ScriptFile, scriptsBelow } from './scripts.ts';
import { PROGRESS, type ScriptPlayed, type ScriptToPlay } from './worker.ts';

/** Milliseconds that a query may take. */
const TIME_LIMIT = 20_000;
/** Milliseconds after which a record is taken for hanging. */
const HANG_LIMIT = 60_000;
const LOOK_EVERY = 250;

interface Running {
  readonly script: ScriptFile;
  readonly progress: Int32Array;
  readonly since: number;
}

/** The exit status. Files are named from the current folder on; `root` is the project's folder. */
export async function main(names: readonly string[], root: string): Promise<number> {
  const scripts = names.length > 0 ? names.map((name) => ({ name, path: name })) : allScripts(root);
  const missing = scripts.filter(({ path }) => !existsSync(path));
  for (const { name } of missing) console.error(`no such file: ${name}`);
  if (missing.length > 0 || scripts.length === 0) return 2;
  // The longest first: no thread is left with it at the end.
  const waiting = [...scripts].sort((a, b) => statSync(b.path).size - statSync(a.path).size);
  const running = new Set<Running>();
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const report = ({ name }: ScriptFile, played: ScriptPlayed, ms: number): void => {
    sum.passed += played.passed;
    sum.failed += played.failed;
    sum.skipped += played.skipped;
    clearProgress();
    for (const failure of played.failures) console.log(`${name}: ${failure}\n`);
    const more = played.failed - played.failures.length;
    if (more > 0) console.log(`${name}: ${more} failures more\n`);
    console.log(`${name}: ${counts(played)} (${(ms / 1000).toFixed(1)} s)`);
  };
  const timer = setInterval(() => showProgress(running, waiting.length), LOOK_EVERY);
  const threads = Math.min(availableParallelism(), scripts.length);
  await Promise.all(Array.from({ length: threads }, () => playAll(waiting, running, report)));
  clearInterval(timer);
  clearProgress();
  console.log(`${sum.skipped} skipped`);
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed === 0 && sum.passed > 0 ? 0 : 1;
}

function allScripts(root: string): readonly ScriptFile[] {
  const shared = join(root, '../shared/sqllogictest');
  return scriptsBelow(existsSync(shared) ? shared : join(root, 'fixtures/sqllogictest'));
}

function counts({ passed, failed, skipped }: ScriptPlayed): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** One thread at a time, a new one after one that had to be ended. */
async function playAll(
  waiting: ScriptFile[],
  running: Set<Running>,
  report: (script: ScriptFile, played: ScriptPlayed, ms: number) => void,
): Promise<void> {
  let worker: Worker | undefined;
  for (let script = waiting.shift(); script !== undefined; script = waiting.shift()) {
    worker ??= new Worker(new URL('./worker.mjs', import.meta.url));
    const run = { script, progress: new Int32Array(new SharedArrayBuffer(8)), since: performance.now() };
    running.add(run);
    try {
      report(script, await played(worker, run), performance.now() - run.since);
    } catch (error) {
      const begun = Atomics.load(run.progress, PROGRESS.begun);
      const failed = Math.max(1, Atomics.load(run.progress, PROGRESS.records));
      const failures = [`ends in record ${begun}, and has failed whole: ${(error as Error).message}`];
      report(script, { passed: 0, failed, skipped: 0, failures }, performance.now() - run.since);
      await worker.terminate();
      worker = undefined;
    }
    running.delete(run);
  }
  await worker?.terminate();
}

/** Rejects when the thread fails, or does not come to the next record. */
async function played(worker: Worker, { script, progress }: Running): Promise<ScriptPlayed> {
  const hangs = new AbortController();
  let begun = 0;
  let beganAt = performance.now();
  const watch = setInterval(() => {
    const now = Atomics.load(progress, PROGRESS.begun);
    if (now !== begun) beganAt = performance.now();
    else if (performance.now() - beganAt > HANG_LIMIT) hangs.abort();
    begun = now;
  }, LOOK_EVERY);
  try {
    const answer = once(worker, 'message', { signal: hangs.signal });
    const request: ScriptToPlay = { path: script.path, timeLimit: TIME_LIMIT, progress };
    worker.postMessage(request);
    const [message] = await answer;
    return message as ScriptPlayed;
  } catch (error) {
    throw hangs.signal.aborted ? new Error(`nothing in ${HANG_LIMIT / 1000} s`) : error;
  } finally {
    clearInterval(watch);
  }
}

function showProgress(running: ReadonlySet<Running>, waiting: number): void {
  if (!process.stderr.isTTY) return;
  const parts = [...running].map(({ script, progress }) => {
    const records = Atomics.load(progress, PROGRESS.records);
    return `${script.name} ${Atomics.load(progress, PROGRESS.begun)}/${records}`;
  });
  process.stderr.write(`\r\x1b[K${parts.join(' · ')}${waiting > 0 ? ` · ${waiting} scripts wait` : ''}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}
