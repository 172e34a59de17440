/**
 * A remote whose garbage is collected while somebody works with it. A reader finds chunks gone that only a former root
 * named, a writer is told that what it counts on may be gone (`conflict`): both go on with what there is now.
 */
import { DoltError } from '../base/errors.ts';
import type { RemoteRoot } from './remote-store.ts';

const READ_ATTEMPTS = 5;
/** How often all is sent again that the remote lacks. */
const WRITE_ATTEMPTS = 3;

/** Runs `work` on what `read` answers, first on `start`, and again where the root moved on while chunks of it were missing. */
export async function onPresent<Root extends RemoteRoot, T>(
  read: () => Promise<Root>,
  start: Root,
  work: (present: Root) => Promise<T>,
): Promise<T> {
  let present = start;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(present);
    } catch (error) {
      const isGone = error instanceof DoltError && (error.kind === 'corrupt' || error.kind === 'notFound');
      if (!isGone || attempt === READ_ATTEMPTS) throw error;
      const now = await read();
      if (now.root === present.root) throw error;
      present = now;
    }
  }
}

/**
 * What a swap answers, or `collected`: the remote lacks what it had when it was asked, and all of it is to be asked again.
 * `collections`: how often that was so before; swaps that others were faster with do not count.
 */
export async function unlessCollected(
  swap: () => Promise<boolean>,
  collections: number,
): Promise<boolean | 'collected'> {
  try {
    return await swap();
  } catch (error) {
    const isCollected = error instanceof DoltError && error.kind === 'conflict';
    if (isCollected && collections + 1 < WRITE_ATTEMPTS) return 'collected';
    throw error;
  }
}
