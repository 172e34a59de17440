/** What is known of the remotes of a network: sessions of a server open the same ones again and again. */
import type { Address } from '../../base/address.ts';
import type { Network } from '../../base/network.ts';
import { RecentMap } from '../../base/recent-map.ts';
import type { KnownMaps } from '../remote-store.ts';

/** What the server said when the remote was opened. */
export interface ServerMetadata {
  readonly hasStreamChunkLocations: boolean;
  readonly hasOpenRanges: boolean;
  readonly assertsWorkingSet: boolean;
}

/** A remote as it was when it last answered. */
interface Seen {
  readonly root: Address;
  readonly metadata: ServerMetadata;
}

export interface KnownRemotes {
  readonly maps: KnownMaps;
  /** By where the remotes are. */
  readonly seen: RecentMap<string, Seen>;
}

const MOST_KNOWN = 64;
const known = new WeakMap<Network, KnownRemotes>();

export function knownRemotes(network: Network): KnownRemotes {
  let remotes = known.get(network);
  if (!remotes) {
    remotes = { maps: new RecentMap(MOST_KNOWN), seen: new RecentMap(MOST_KNOWN) };
    known.set(network, remotes);
  }
  return remotes;
}
