/**
 * Collects garbage by itself, one database at a time, while sessions go on. When is decided as Dolt does: at first when the
 * store has grown by `LEAST_BYTES` since it was first looked at; later when it has grown by more than the new generation
 * took after the last collection, that generation is of some size, and as much time has passed as that collection took.
 */
import type { Clock } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import { collectGarbage } from '../repo/garbage.ts';
import type { Repository } from '../repo/repository.ts';
import type { ServerLog } from '../service/log.ts';
import type { Database } from '../sql/session/database.ts';

const LEAST_BYTES = 1 << 27;
const LOOK_EVERY_MS = 1000;
const NAME = 'auto gc';

interface StoreSizes {
  readonly total: number;
  readonly newGeneration: number;
}

interface Seen {
  sizes: StoreSizes;
  /** Milliseconds of the monotonic clock: of the last collection that went well. */
  last?: { readonly ended: number; readonly took: number };
}

export interface AutoGcOptions {
  readonly databases: () => readonly Database[];
  readonly clock: Clock;
  readonly log: ServerLog;
  /** 128 MiB unless told. */
  readonly leastBytes?: number | undefined;
}

export class AutoGc {
  readonly #options: AutoGcOptions;
  readonly #leastBytes: number;
  readonly #seen = new WeakMap<Repository, Seen>();
  #looked = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;
  #isStopping = false;
  #stop!: () => void;
  readonly #stopped: Promise<void>;

  constructor(options: AutoGcOptions) {
    this.#options = options;
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
    this.#leastBytes = options.leastBytes ?? LEAST_BYTES;
  }

  /** After statements: looks at the sizes now and then, and begins a collection where it is time. */
  look(now = this.#options.clock.monotonic()): void {
    if (this.#running !== undefined || this.#isStopping || now - this.#looked < LOOK_EVERY_MS) return;
    this.#looked = now;
    const due = this.#options.databases().find(({ repository }) => this.#isDue(repository, now));
    if (due === undefined) return;
    this.#running = this.#collect(due).finally(() => {
      this.#running = undefined;
    });
  }

  #isDue(repository: Repository, now: number): boolean {
    const sizes = sizesOf(repository);
    const seen = this.#seen.get(repository);
    if (seen === undefined) {
      this.#seen.set(repository, { sizes });
      return false;
    }
    const growth = sizes.total - seen.sizes.total;
    if (seen.last === undefined) return growth > this.#leastBytes;
    const { ended, took } = seen.last;
    return now - ended > took && growth > seen.sizes.newGeneration && sizes.newGeneration > this.#leastBytes;
  }

  async #collect({ name, repository }: Database): Promise<void> {
    const { clock, log } = this.#options;
    const started = clock.monotonic();
    try {
      const { bytesBefore, bytesAfter } = await this.#drive(repository);
      const ended = clock.monotonic();
      this.#seen.set(repository, { sizes: sizesOf(repository), last: { ended, took: ended - started } });
      log.info(NAME, { database: name, bytesBefore, bytesAfter, milliseconds: Math.round(ended - started) });
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#seen.set(repository, { sizes: sizesOf(repository) });
      if (!this.#isStopping) log.warn(`${NAME} failed`, { database: name, error: error.message });
    }
  }

  async #drive(repository: Repository) {
    const steps = collectGarbage(repository);
    let step = steps.next();
    while (!step.done) {
      // What it waits for may take longer than the server has.
      const value = await Promise.race([step.value.until, this.#stopped]);
      step = this.#isStopping ? steps.throw(new DoltError('unavailable', 'the server stops')) : steps.next(value);
    }
    return step.value;
  }

  /** Begins none any more; the one that runs gives up. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stop();
    await this.#running;
  }
}

function sizesOf({ chunks }: Repository): StoreSizes {
  let total = 0;
  let newGeneration = 0;
  for (const { byteSize, generation } of chunks.files()) {
    total += byteSize;
    if (generation === 'new') newGeneration += byteSize;
  }
  return { total, newGeneration };
}
