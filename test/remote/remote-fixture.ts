/** Repositories and remotes on a disk in memory. */
import { join } from 'node:path';
import { type Address, addressOf } from '../../src/base/address.ts';
import type { Disk } from '../../src/base/disk.ts';
import { NodeDisk } from '../../src/base/node-disk.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { parsePushSpec } from '../../src/remote/ref-mapping.ts';
import type { RemoteStore } from '../../src/remote/remote-store.ts';
import { writeCommit } from '../../src/repo/commit.ts';
import { branchRef } from '../../src/repo/refs.ts';
import { newRemote, type Remote } from '../../src/repo/repo-state.ts';
import type { Environment, Repository } from '../../src/repo/repository.ts';
import { RootValue } from '../../src/repo/root-value.ts';
import { referencesOf } from '../../src/serial/references.ts';

export const golden = join(import.meta.dirname, '../../fixtures/golden');

/** Copies a folder of this machine onto `disk`. */
export function copyFolder(disk: Disk, from: string, to: string): void {
  const real = new NodeDisk();
  disk.makeDirectory('', to);
  for (const name of real.list(from)!) {
    const file = disk.create('', `${to}/${name}`);
    file.write('', real.readFile(join(from, name))!, 0);
    file.sync('');
    file.close();
  }
  disk.syncDirectory('', to);
}

export const origin: Remote = newRemote('origin', 'file:///remote');

export function openOrigin(environment: Environment): RemoteStore {
  return openRemote(environment, origin.url, { create: true });
}

/** Adds a commit to a branch, without tables unless told; its address. */
export function addCommit(
  repository: Repository,
  branch: string,
  message: string,
  change: (head: RootValue) => RootValue = () => RootValue.empty(repository.nodes),
): Address {
  const head = repository.refs().get(branchRef(branch)) ?? repository.headOf('main');
  const who = { name: 'Test', email: 'test@example.com' };
  const now = repository.environment.clock.now();
  const commit = writeCommit(repository.nodes, change(repository.rootOfCommit(head)).address, [head], {
    author: who,
    committer: who,
    authorDate: now,
    committerDate: now,
    message,
  });
  repository.update(() => new Map([[branchRef(branch), commit]]));
  return commit;
}

export const pushSpec = (text: string) => parsePushSpec(text, (name) => branchRef(name));
export const tagSpec = (text: string) => parsePushSpec(text, (name) => `refs/tags/${name}`);

/** Throws unless everything that the refs reach is there, under its right address. */
export function assertComplete(repository: Repository): number {
  const seen = new Set<Address>();
  let level = Array.from(repository.refs().entries(), ([, address]) => address);
  while (level.length > 0) {
    const next: Address[] = [];
    for (const address of level) {
      if (seen.has(address)) continue;
      seen.add(address);
      const chunk = repository.chunks.get(address);
      if (!chunk) throw new Error(`${address} is missing`);
      if (addressOf(chunk) !== address) throw new Error(`${address} is wrong`);
      next.push(...referencesOf(chunk));
    }
    level = next;
  }
  return seen.size;
}

/** A remote that does some things in another way. */
export function changed(store: RemoteStore, changes: Partial<RemoteStore>): RemoteStore {
  return new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(key in changes ? changes : target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A remote that says which files are asked for. */
export function watched(store: RemoteStore, downloaded: string[]): RemoteStore {
  return changed(store, {
    async download(file, path, progress) {
      downloaded.push(file.name);
      await store.download(file, path, progress);
    },
  });
}
