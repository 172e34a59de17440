/** A disk in memory whose syncs in the background end when the test says so, as long as it holds them. */
import { DiskError } from '../../src/base/disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';

interface HeldSync {
  readonly moment: string;
  end(): void;
  fail(): void;
}

export class HeldDisk extends MemoryDisk {
  isHolding = true;
  /** The syncs, in the order in which they began. */
  readonly held: HeldSync[] = [];

  constructor() {
    super(undefined, async (moment, path) => {
      if (!this.isHolding) return;
      await new Promise<void>((end, reject) => {
        const fail = (): void => reject(new DiskError('unavailable', 'EIO', path, 'injected'));
        this.held.push({ moment, end, fail });
      });
    });
  }
}
