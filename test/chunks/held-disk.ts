/** A disk in memory whose syncs in the background end when the test says so, as long as it holds them. */
import { DiskError, type DiskFile } from '../../src/base/disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';

export class HeldDisk extends MemoryDisk {
  isHolding = true;
  /** The syncs, in the order in which they began. */
  readonly held: { readonly end: () => void; readonly fail: () => void }[] = [];

  override openWrite(moment: string, path: string): DiskFile {
    const file = super.openWrite(moment, path);
    const begin = file.syncLater.bind(file);
    file.syncLater = async (at) => {
      if (this.isHolding) {
        await new Promise<void>((end, reject) => {
          this.held.push({ end, fail: () => reject(new DiskError('unavailable', 'EIO', path, 'injected')) });
        });
      }
      await begin(at);
    };
    return file;
  }
}
