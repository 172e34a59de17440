/** Plays one script after the other, as the thread that started it asks. */
import { parentPort } from 'node:worker_threads';
import { play } from './play.ts';
import { parseLogicScript } from './records.ts';
import { readScript } from './scripts.ts';

/** Shared with the thread that asked, which sees how far a script is: its records, and those that have begun. */
export const PROGRESS = { records: 0, begun: 1 } as const;

export interface ScriptToPlay {
  readonly path: string;
  /** Milliseconds. */
  readonly timeLimit: number;
  readonly progress: Int32Array;
}

export interface ScriptPlayed {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

/** Further failures of a script are counted. */
const MAX_FAILURES = 20;

async function playScript({ path, timeLimit, progress }: ScriptToPlay): Promise<ScriptPlayed> {
  const failures: string[] = [];
  const { records, skipped } = parseLogicScript(readScript(path));
  Atomics.store(progress, PROGRESS.records, records.length);
  const { passed, failed } = await play(records, {
    timeLimit,
    onRecord: (at) => Atomics.store(progress, PROGRESS.begun, at + 1),
    onFailure: (message) => {
      if (failures.length < MAX_FAILURES) failures.push(message);
    },
  });
  return { passed, failed, skipped, failures };
}

parentPort?.on('message', async (script: ScriptToPlay) => {
  parentPort!.postMessage(await playScript(script));
});
