/** A repository on a disk in memory with a fixed clock, for tests. */
import type { Disk } from '../../src/base/disk.ts';
import { silentLogger } from '../../src/base/environment.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { type Environment, Repository } from '../../src/repo/repository.ts';

export interface ScratchOptions {
  readonly disk?: Disk;
  /** Milliseconds that the clock gives; each look adds a second when `ticking`. */
  readonly now?: number;
  readonly ticking?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
}

export const START = Date.UTC(2024, 0, 2, 3, 4, 5);

export function scratchEnvironment(options: ScratchOptions = {}): Environment {
  let now = options.now ?? START;
  return {
    disk: options.disk ?? new MemoryDisk(),
    clock: {
      now: () => {
        const time = now;
        if (options.ticking) now += 1000;
        return time;
      },
      monotonic: () => now,
    },
    timers: { sleep: async () => {} },
    random: () => 0.5,
    logger: silentLogger,
    homeDirectory: '/home/test',
    variables: options.variables ?? {},
  };
}

export function scratchRepository(environment = scratchEnvironment(), directory = '/repo'): Repository {
  return Repository.init(environment, directory, {
    name: 'Test User',
    email: 'test@example.com',
    initialBranch: 'main',
  });
}
