/**
 * Collects the garbage of all repositories now and then, one at a time. Of several hubs over one storage one does so at a
 * time.
 */

import { DoltError } from '../../base/errors.ts';
import type { Environment } from '../../repo/repository.ts';
import type { ServerLog } from '../../service/log.ts';
import type { HubMetrics } from '../calls/hub-metrics.ts';
import type { GarbageConfig } from '../config.ts';
import type { GarbageReport } from './garbage.ts';
import type { RepositoryName } from './repository-name.ts';
import type { RepositoryStorage } from './repository-storage.ts';

export interface GarbageScheduleOptions {
  readonly environment: Environment;
  readonly config: GarbageConfig;
  readonly storage: RepositoryStorage;
  readonly log: ServerLog;
  readonly metrics: HubMetrics;
}

/** Files with less garbage are left alone by the schedule: a copy costs, too. */
const LEAST_SHARE = 0.1;

export class GarbageSchedule {
  readonly #options: GarbageScheduleOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: GarbageScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    const { everyMs } = this.#options.config;
    if (everyMs !== undefined) this.#running = this.#run(everyMs);
  }

  /** The one that runs gives up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(everyMs: number): Promise<void> {
    const { signal } = this.#stopping;
    const { log } = this.#options;
    const { timers, random } = this.#options.environment;
    while (!signal.aborted) {
      // Hubs that were started together do not look together.
      await timers.sleep(everyMs * (0.75 + random() / 2), signal).catch(() => {});
      if (signal.aborted) return;
      try {
        await this.collectAll();
      } catch (error) {
        log.warn('garbage collection failed', { error: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  async collectAll(): Promise<void> {
    const { storage } = this.#options;
    await storage.exclusively('gc', async () => {
      for (const name of await storage.list()) {
        if (this.#stopping.signal.aborted) return;
        await this.#collect(name);
      }
    });
  }

  async #collect(repository: RepositoryName): Promise<void> {
    const { config, storage, log, metrics } = this.#options;
    try {
      const { signal } = this.#stopping;
      const report = await storage.collect(repository, { graceMs: config.graceMs, leastShare: LEAST_SHARE, signal });
      metrics.collected(report);
      if (hasChanged(report)) log.info('garbage collected', { repository, ...report });
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      if (this.#stopping.signal.aborted) return;
      metrics.collected(undefined);
      log.warn('garbage collection failed', { repository, error: error.message });
    }
  }
}

function hasChanged({ bytesBefore, bytesAfter, chunksDropped, filesRemoved }: GarbageReport): boolean {
  return chunksDropped > 0 || filesRemoved > 0 || bytesBefore !== bytesAfter;
}
