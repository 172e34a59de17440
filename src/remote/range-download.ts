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
  /** Fills `target`, which is as long as the span. */
  read(span: Span, target: Uint8Array): Promise<void>;
  /** Told how many more bytes can be read of the copy. */
  progress?: ((bytes: number) => void) | undefined;
}

const RANGE_BYTES = 3 << 20;
const PARALLEL_RANGES = 3;

/** The copy is synced when it returns. Who is told of the last bytes may work on them while that goes on. */
export async function downloadByRanges({ disk, path, size, read, progress }: RangeDownload): Promise<void> {
  const target = disk.openWrite('remote:open-copy', path);
  try {
    let written = target.size();
    if (written > size) {
      target.truncate('remote:truncate-copy', 0);
      written = 0;
    }
    let told = 0;
    const tell = (): void => {
      if (written > told) progress?.(written - told);
      told = written;
    };
    if (written < size) tell();
    let next = written;
    const rangeBytes = Math.min(RANGE_BYTES, size - written);
    /** Memory of ranges that were written, for those that follow. */
    const free: ArrayBuffer[] = [];
    await pipelined<Span, Uint8Array<ArrayBuffer>>({
      most: PARALLEL_RANGES,
      next() {
        if (next === size) return undefined;
        const span = { offset: next, length: Math.min(rangeBytes, size - next) };
        next += span.length;
        return span;
      },
      async ask(span) {
        const room = new Uint8Array(free.pop() ?? new ArrayBuffer(rangeBytes), 0, span.length);
        await read(span, room);
        return room;
      },
      take(bytes, span) {
        target.write('remote:write-copy', bytes, span.offset);
        free.push(bytes.buffer);
        written = span.offset + bytes.length;
        if (written < size) tell();
      },
    });
    const synced = target.syncLater('remote:sync-copy');
    synced.catch(() => {});
    tell();
    await synced;
  } finally {
    target.close();
  }
}
