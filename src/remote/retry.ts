/** Trying again: what fails because the other side cannot be reached now is repeated after pauses that grow. */
import type { Random, Timers } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';

export interface RetryOptions {
  readonly timers: Timers;
  readonly random: Random;
  /** Calls in all, the first one too. */
  readonly attempts?: number;
  /** Whether an error is worth a longer wait. */
  readonly isPassing?: (error: DoltError) => boolean;
}

const ATTEMPTS = 5;
/** With the pauses between them four to seven seconds; Dolt 2.3.1 waits for six and a half. */
const PATIENT_ATTEMPTS = 9;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** Runs `attempt`, which must be harmless to repeat, until it does not throw `unavailable`. */
export async function retrying<T>(
  { timers, random, attempts = ATTEMPTS, isPassing = () => false }: RetryOptions,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  for (let number = 1, pauseMs = FIRST_PAUSE_MS; ; number++, pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      return await attempt(number);
    } catch (error) {
      if (!(error instanceof DoltError) || error.kind !== 'unavailable') throw error;
      if (number >= (isPassing(error) ? PATIENT_ATTEMPTS : attempts)) throw error;
      await timers.sleep(pauseMs * (0.5 + random() / 2));
    }
  }
}
