/** A remote whose code is loaded with its first call: a command that only reads the repository does not pay for it. */
import type { RemoteStore } from './remote-store.ts';

/** `url`: as the remote's own. */
export function lazyRemote(url: string, open: () => Promise<RemoteStore>): RemoteStore {
  let opened: Promise<RemoteStore> | undefined;
  let there: RemoteStore | undefined;
  const store = (): Promise<RemoteStore> => {
    opened ??= open().then((remote) => {
      there = remote;
      return remote;
    });
    return opened;
  };
  return {
    url,
    get knownMaps() {
      return there?.knownMaps;
    },
    root: async () => (await store()).root(),
    lastSeen: async () => (await store()).lastSeen?.(),
    settle: async () => (await store()).settle(),
    absent: async (addresses) => (await store()).absent(addresses),
    chunks: async (addresses) => (await store()).chunks(addresses),
    upload: async (file) => (await store()).upload(file),
    uploadChunks: async (chunks, records) => (await store()).uploadChunks(chunks, records),
    swap: async (next, last, files, ready) => (await store()).swap(next, last, files, ready),
    assertsWorkingSet: async () => (await (await store()).assertsWorkingSet?.()) ?? false,
    files: async () => (await store()).files(),
    download: async (file, path, progress) => (await store()).download(file, path, progress),
    end: async (file, length) => (await store()).end(file, length),
    tidy: async () => (await store()).tidy(),
    close: () => {
      opened?.then(
        (remote) => remote.close(),
        () => {},
      );
    },
  };
}
