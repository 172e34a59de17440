/** Where a hub's repositories lie: in a folder, or in a bucket. All that a hub knows is there; several may share it. */
import type { ServedStore } from '../../service/served-store.ts';
import type { AccountStorage } from '../accounts/account-storage.ts';
import type { GarbageOptions, GarbageReport } from './garbage.ts';
import type { HubNotes } from './hub-notes.ts';
import type { OwnFolder } from './own-folder.ts';
import type { RepositoryName } from './repository-name.ts';

export interface RepositoryStorage {
  readonly accounts: AccountStorage;
  readonly notes: HubNotes;
  /** On this machine, where the repositories are not; to be taken by who serves or collects them, and closed. */
  readonly own?: OwnFolder | undefined;
  /** 32 bytes that hubs over this storage share, for the URLs that they hand out; made by the first one. */
  urlKey(): Promise<Uint8Array>;
  /** In order. */
  list(): Promise<readonly RepositoryName[]>;
  /** Another one for each repository that was ever called so; undefined where there is none. */
  identity(name: RepositoryName): Promise<string | undefined>;
  /** Makes an empty one; nothing happens when there is one. */
  create(name: RepositoryName): Promise<void>;
  /** Throws `notFound`. */
  remove(name: RepositoryName): Promise<void>;
  /** When its manifest was written last, milliseconds since 1970 UTC; undefined where there is none. */
  changedMs(name: RepositoryName): Promise<number | undefined>;
  /** Throws `corrupt`, and collects nothing, when what is needed cannot be read. */
  collect(name: RepositoryName, options: GarbageOptions): Promise<GarbageReport>;
  /** Does what one hub at a time may do; false, and nothing is done, while another one is at it. */
  exclusively(what: string, work: () => Promise<void>): Promise<boolean>;
  /** The folder of its store, where it lies in one on this machine. */
  directoryOf?(name: RepositoryName): string;
  /** A repository that is not there is made with the first file. After `close`, the store opens again when it is asked. */
  open(name: RepositoryName): ServedStore;
}
