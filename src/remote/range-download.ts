/**
 * A file that is copied by ranges, several of which are on their way at a time and which are written in order: so the copy is
 * always a beginning of the file, and whoever was killed goes on behind it.
 */
import type { Disk } from '../base/disk.ts';
import { pipelined } from './parallel.ts';
import type { Span } from './spans.ts';

export interface RangeDownload {
  readonly disk: Disk;
  /** What is there already is a beginning of the file. */
  readonly path: string;
  /** Of the file, in bytes. */
  readonly size: number;
  read(span: Span): Promise<Uint8Array>;
  /** Told how many bytes have come. */
  progress?: ((bytes: number) => void) | undefined;
}

const RANGE_BYTES = 4 << 20;
const PARALLEL_RANGES = 3;

/** The copy is synced when it returns. */
export async function downloadByRanges({ disk, path, size, read, progress }: RangeDownload): Promise<void> {
  const target = disk.openWrite('remote:open-copy', path);
  try {
    let offset = target.size();
    if (offset > size) {
      target.truncate('remote:truncate-copy', 0);
      offset = 0;
    }
    progress?.(offset);
    await pipelined<Span, Uint8Array>({
      most: PARALLEL_RANGES,
      next() {
        if (offset === size) return undefined;
        const span = { offset, length: Math.min(RANGE_BYTES, size - offset) };
        offset += span.length;
        return span;
      },
      ask: read,
      take(bytes, span) {
        target.write('remote:write-copy', bytes, span.offset);
        progress?.(bytes.length);
      },
    });
    target.sync('remote:sync-copy');
  } finally {
    target.close();
  }
}
