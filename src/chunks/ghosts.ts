/**
 * Ghosts: the commits that a shallow clone left on the remote, where its history ends. A text file in the store's folder
 * lists their addresses, one a line (FORMAT.md §2.1); it is written before the clone has anything that refers to them. A ghost
 * whose chunk came later is a commit like any other, and may be taken off the list.
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

/** Makes exactly `ghosts` the ghosts of the store: there is nothing that refers to others and lacks them. */
export function writeGhosts(disk: Disk, directory: string, ghosts: ReadonlySet<Address>): void {
  const path = `${directory}/${GHOSTS_NAME}`;
  if (ghosts.size === 0) {
    if (disk.stat(path)) disk.remove('ghosts:remove', path);
    return;
  }
  const file = disk.create('ghosts:create', `${path}.new`);
  try {
    file.write('ghosts:write', Buffer.from(Array.from(ghosts, (address) => `${address}\n`).join(''), 'latin1'), 0);
    file.sync('ghosts:sync');
  } finally {
    file.close();
  }
  disk.rename('ghosts:rename', `${path}.new`, path);
  disk.syncDirectory('ghosts:directory', directory);
}
