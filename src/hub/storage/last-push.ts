/**
 * When a repository was pushed to last: noted with the root that the push made. Where that is another by now, somebody has
 * pushed to the folder or the bucket beside the hubs, and the manifest's time tells; it is noted then, before garbage
 * collection, which writes the manifest anew and keeps the root, makes it another.
 */
import { type Address, EMPTY_ADDRESS } from '../../base/address.ts';
import type { RepositoryName } from './repository-name.ts';
import type { RepositoryStorage } from './repository-storage.ts';

type Storage = Pick<RepositoryStorage, 'notes' | 'changedMs'>;

/** The name of its note. */
export const lastPushNote = (name: RepositoryName): string => `pushes/${name}`;

export async function notePush(storage: Storage, name: RepositoryName, root: Address, atMs: number): Promise<void> {
  await storage.notes.write(lastPushNote(name), JSON.stringify({ root, at: atMs }));
}

/** Milliseconds since 1970 UTC. `root`: what it has now; EMPTY_ADDRESS, and undefined is answered, before the first push. */
export async function lastPush(storage: Storage, name: RepositoryName, root: Address): Promise<number | undefined> {
  if (root === EMPTY_ADDRESS) return undefined;
  const note = parse(await storage.notes.read(lastPushNote(name)));
  if (note?.root === root) return note.at;
  const changedMs = await storage.changedMs(name);
  if (changedMs !== undefined) await notePush(storage, name, root, changedMs);
  return changedMs;
}

function parse(text: string | undefined): { readonly root: unknown; readonly at: number } | undefined {
  try {
    const { root, at } = JSON.parse(text ?? '{}') as { root?: unknown; at?: unknown };
    return typeof at === 'number' ? { root, at } : undefined;
  } catch {
    // Damaged: as if there were none.
    return undefined;
  }
}
