/**
 * A primary's work that nobody has to wait for: pushes of what waits, and tidying, one after the other. A push that may go well
 * later is tried again, with growing pauses; what went wrong is kept for whoever asks next.
 */
import type { Repository } from '../repo/repository.ts';
import type { Mutex } from './mutex.ts';
import type { Progress } from './progress.ts';
import { reason } from './replication-errors.ts';
import { isTransient } from './settle.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

export class Background {
  readonly #repository: Repository;
  readonly #progress: Progress;
  readonly #pushing: Mutex;
  readonly #pushWaiting: () => Promise<void>;
  /** Comes when all that is to be done so far has been. It never rejects. */
  #done: Promise<void> = Promise.resolve();
  #retryMs = FIRST_RETRY_MS;
  #retry: AbortController | undefined;
  #isEnding = false;
  /** What went wrong and was told nobody yet. */
  #untold: string | undefined;

  /** `pushWaiting` pushes what waits; it has the turn of `pushing` then. */
  constructor(repository: Repository, progress: Progress, pushing: Mutex, pushWaiting: () => Promise<void>) {
    this.#repository = repository;
    this.#progress = progress;
    this.#pushing = pushing;
    this.#pushWaiting = pushWaiting;
  }

  /** Pushes what waits after what is under way; comes when it is over, whatever came of it. */
  push(): Promise<void> {
    return this.follow(async () => {
      const release = await this.#pushing.acquire();
      try {
        await this.#repository.activity.during(this.#pushWaiting);
        this.#retryMs = FIRST_RETRY_MS;
      } catch (error) {
        this.failed(error);
      } finally {
        release();
      }
    });
  }

  /** Does `work`, which does not fail, after what is under way. */
  follow(work: () => Promise<void>): Promise<void> {
    this.#done = this.#done.then(work);
    return this.#done;
  }

  /** Remembers an error; what may go well later is tried again. */
  failed(error: unknown): void {
    this.#progress.failed(error, isTransient(error));
    this.#untold = reason(error);
    if (!isTransient(error) || this.#isEnding || this.#retry !== undefined) return;
    const retry = new AbortController();
    this.#retry = retry;
    const { timers } = this.#repository.environment;
    const pause = this.#retryMs;
    this.#retryMs = Math.min(LONGEST_RETRY_MS, pause * 2);
    timers.sleep(pause, retry.signal).then(
      () => {
        this.#retry = undefined;
        if (!this.#isEnding) void this.push();
      },
      () => {
        this.#retry = undefined;
      },
    );
  }

  succeeded(): void {
    this.#untold = undefined;
    this.#progress.succeeded();
  }

  /** What went wrong since the last time that this was asked, as warnings. */
  tell(): readonly string[] {
    const untold = this.#untold;
    this.#untold = undefined;
    return untold === undefined ? [] : [untold];
  }

  /** Nothing is tried again from here on. */
  end(): void {
    this.#isEnding = true;
    this.#retry?.abort();
  }

  /** Ends, and waits until all is done; answers what went wrong, as warnings. */
  async drain(): Promise<readonly string[]> {
    this.end();
    // What is waited for may have more done after it: a commit that comes in meanwhile, tidying.
    for (let done: Promise<void> | undefined; done !== this.#done; ) {
      done = this.#done;
      await done;
    }
    return this.tell();
  }
}
