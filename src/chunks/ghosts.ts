/**
 * Ghosts: the commits that a shallow clone left on the remote, where its history ends. A text file in the store's folder
 * lists their addresses, one a line (FORMAT.md §2.1); it is written once, before the clone has anything that refers to
 * them. A ghost whose chunk came later is a commit like any other.
 */
import { type Address, parseAddress } from '../base/address.ts';
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';

export const GHOSTS_NAME = 'ghostObjects.txt';

/** A commit was asked for that only the remote has. Dolt's words. */
export class GhostCommitError extends DoltError {
  readonly address: Address;
  constructor(address: Address) {
    super(
      'notFound',
      'Commit not found. You are using a shallow clone which does not contain the requested commit. Please do a full clone.',
    );
    this.address = address;
  }
}

/** The ghosts of the store in `directory`; none without the file. Throws `corrupt`. */
export function readGhosts(disk: Disk, directory: string): ReadonlySet<Address> {
  const path = `${directory}/${GHOSTS_NAME}`;
  const text = Buffer.from(disk.readFile(path) ?? []).toString('latin1');
  const ghosts = new Set<Address>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const address = parseAddress(line);
    if (address === undefined) throw new DoltError('corrupt', `${path}: ${JSON.stringify(line)} is no address`);
    ghosts.add(address);
  }
  return ghosts;
}

/** Makes exactly `ghosts` the ghosts of the store, which has nothing that refers to them yet. */
export function writeGhosts(disk: Disk, directory: string, ghosts: ReadonlySet<Address>): void {
  const file = disk.create('ghosts:create', `${directory}/${GHOSTS_NAME}`);
  try {
    file.write('ghosts:write', Buffer.from(Array.from(ghosts, (address) => `${address}\n`).join(''), 'latin1'), 0);
    file.sync('ghosts:sync');
  } finally {
    file.close();
  }
  disk.syncDirectory('ghosts:directory', directory);
}
