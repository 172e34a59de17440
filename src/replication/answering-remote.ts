/**
 * A remote whose every call ends: one that is not answered in time fails, so that nothing waits for ever for a remote that
 * went silent. A swap that was sent and not answered may have happened.
 */
import type { Timers } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import type { RemoteStore } from '../remote/remote-store.ts';
import { withDeadline } from './deadline.ts';

export function answeringRemote(store: RemoteStore, timers: Timers, timeoutMs: () => number): RemoteStore {
  const answer = <T>(promise: Promise<T>, kind: 'unavailable' | 'unknown' = 'unavailable'): Promise<T> => {
    const ms = timeoutMs();
    return withDeadline(promise, timers, ms, () => {
      throw new DoltError(kind, `no answer within ${ms} ms`);
    });
  };
  return {
    url: store.url,
    get knownMaps() {
      return store.knownMaps;
    },
    root: () => answer(store.root()),
    settle: () => answer(store.settle(), 'unknown'),
    absent: (addresses) => answer(store.absent(addresses)),
    chunks: (addresses) => answer(store.chunks(addresses)),
    upload: (file) => answer(store.upload(file)),
    uploadChunks: (chunks, records) => answer(store.uploadChunks(chunks, records)),
    swap: (next, last, files, ready) => answer(store.swap(next, last, files, ready), 'unknown'),
    files: () => answer(store.files()),
    // As long as it takes: a file may be large.
    download: (file, path, progress) => store.download(file, path, progress),
    end: (file, length) => answer(store.end(file, length)),
    tidy: () => answer(store.tidy()),
    close: () => store.close(),
  };
}
