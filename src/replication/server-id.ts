/**
 * Who this server is: an id, kept in the store and in a file beside it. A backup takes the store and not the file, so when
 * they differ, this is a backup that was restored:
 *
 *     no id ──first push──▶ own ──restored elsewhere──▶ ids differ ──next start──▶ restored ──pull of all heads──▶ own
 *
 * Since the backup was made, the remote may have taken back what it holds, or may have what its intents speak of, and nothing
 * here tells. So its intents are dropped, and it replicates nothing until, as a replica, it has taken over what the remote has.
 */
import { DiskError } from '../base/disk.ts';
import { randomId } from '../base/random-id.ts';
import { readText, replaceFile } from '../repo/atomic-file.ts';
import { documentRef, readDocument, writeDocument } from '../repo/internal-document.ts';
import type { RefEdits, Refs } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import { intentEdits } from './intents.ts';

const DOCUMENT = 'replication/server';

interface StoredId {
  readonly id: string;
  readonly isRestored?: boolean;
}

const fileOf = ({ doltDirectory }: Repository): string => `${doltDirectory}/replication_server`;

const storedId = ({ nodes }: Repository, refs: Refs): StoredId | undefined =>
  readDocument(nodes, refs, DOCUMENT) as StoredId | undefined;

/** Was this store restored from a backup, and has not followed the remote since? */
export const isRestored = (repository: Repository, refs = repository.refs()): boolean =>
  storedId(repository, refs)?.isRestored === true;

/** Undefined before the first push. */
export const serverId = (repository: Repository): string | undefined => storedId(repository, repository.refs())?.id;

/** What tells a replica from others: the id that it has as a server, once it is one. Undefined where nothing can be written. */
export function replicaId(repository: Repository): string | undefined {
  const { disk, random } = repository.environment;
  try {
    const known = readText(disk, fileOf(repository))?.trim();
    if (known !== undefined) return known;
    const id = randomId(random);
    replaceFile(disk, 'replication-server', fileOf(repository), `${id}\n`);
    return id;
  } catch (error) {
    if (error instanceof DiskError) return undefined;
    throw error;
  }
}

/** Before anything is pushed: gives a new server its id, and finds out whether the store was restored from a backup. */
export function identify(repository: Repository): void {
  const { environment, nodes } = repository;
  const { disk } = environment;
  const stored = storedId(repository, repository.refs());
  const beside = readText(disk, fileOf(repository))?.trim();
  if (stored !== undefined && stored.id === beside) return;
  const id = (stored === undefined ? beside : undefined) ?? randomId(environment.random);
  if (id !== beside) replaceFile(disk, 'replication-server', fileOf(repository), `${id}\n`);
  const next: StoredId = stored === undefined ? { id } : { id, isRestored: true };
  if (next.isRestored) {
    environment.logger.warn(`${repository.directory} was restored from a backup: what it was replicating is dropped`);
  }
  repository.update(
    (refs) =>
      new Map([
        ...(next.isRestored ? intentEdits(nodes, refs, []) : []),
        [documentRef(DOCUMENT), writeDocument(nodes, next)],
      ]),
  );
}

/** The edits of a pull that took over all that the remote has. */
export function followedEdits(repository: Repository, refs: Refs): RefEdits {
  const stored = storedId(repository, refs);
  if (stored?.isRestored !== true) return new Map();
  return new Map([[documentRef(DOCUMENT), writeDocument(repository.nodes, { id: stored.id })]]);
}
