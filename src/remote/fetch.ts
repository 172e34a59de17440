/**
 * Fetching: what the remote's refs need comes into the repository, then tracking refs and new tags move in one local
 * record. Heads, working sets and the bases of branches stay as they are, and so do tags that were made or moved here
 * (Git's "would clobber existing tag"; the original overwrites them). Chunks are durable before or with the refs that point
 * to them, so a fetch that breaks off leaves what was.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { isAncestor } from '../repo/commit.ts';
import { HEADS, REMOTES, type RefName, TAGS } from '../repo/refs.ts';
import { basesEdit, type RemoteBases, readBases, withBases } from '../repo/remote-bases.ts';
import { InvalidRefSpecError } from '../repo/repo-errors.ts';
import type { Remote } from '../repo/repo-state.ts';
import type { Repository } from '../repo/repository.ts';
import { readTag } from '../serial/tag.ts';
import { type FetchSpec, parseFetchSpec } from './ref-mapping.ts';
import { onPresentRefs, type RemoteRefs, readRemoteRefs } from './remote-refs.ts';
import type { RemoteStore } from './remote-store.ts';
import { type Deepening, missingHistory } from './shallow.ts';
import { downloadMissing, type ReportProgress } from './transfer.ts';

export interface FetchOptions {
  /** As the user wrote them; the remote's own when left out. */
  readonly refSpecs?: readonly string[];
  /** Tracking refs of branches that the remote no longer has go. */
  readonly prune?: boolean;
  /** Tracking refs move wherever the remote's are; without it, forward only. Tags ask for a `+` in their refspec. */
  readonly force?: boolean;
  /** Of a shallow clone: how far its history is to reach then. */
  readonly deepening?: Deepening | undefined;
  readonly progress?: ReportProgress | undefined;
}

export interface FetchedRef {
  readonly remoteRef: RefName | undefined;
  readonly localRef: RefName;
  readonly old: Address | undefined;
  /** Undefined: pruned. */
  readonly new: Address | undefined;
}

export interface KeptTag {
  readonly remoteRef: RefName;
  readonly localRef: RefName;
  /** A refspec asked for it; others come along with what was asked for. */
  readonly isAskedFor: boolean;
}

export interface FetchResult {
  /** What moved. */
  readonly moved: readonly FetchedRef[];
  /** Tags that are others here, and stayed. */
  readonly kept: readonly KeptTag[];
  /** The remote's refs as they were read. */
  readonly refs: RemoteRefs;
}

/** A ref of the remote that is asked for. */
interface WantedRef {
  readonly remoteRef: RefName;
  readonly localRef: RefName;
  readonly address: Address;
  readonly spec: FetchSpec;
}

export async function fetchFrom(
  repository: Repository,
  store: RemoteStore,
  remote: Remote,
  options: FetchOptions = {},
): Promise<FetchResult> {
  const texts = options.refSpecs?.length ? options.refSpecs : remote.fetchSpecs;
  const specs = texts.map((text) => parseFetchSpec(text, remote.name));
  const { refs, wanted, tags } = await onPresentRefs(store, await readRemoteRefs(store), async (present) => {
    const asked = wantedRefs(present, specs, options);
    await downloadMissing(
      store,
      repository,
      asked.map(({ address }) => address),
      { progress: options.progress },
    );
    if (options.deepening !== undefined) {
      const tips = asked.flatMap(({ remoteRef, address }) => (remoteRef.startsWith(HEADS) ? [address] : []));
      const more = await missingHistory(store, repository, tips, options.deepening);
      await downloadMissing(store, repository, more, { progress: options.progress });
    }
    return {
      refs: present,
      wanted: asked,
      tags: await followTags(repository, store, present, asked, options.progress),
    };
  });
  const moved: FetchedRef[] = [];
  const kept: KeptTag[] = [];
  repository.update((local) => {
    moved.length = 0;
    kept.length = 0;
    const bases = readBases(repository.nodes, local, remote.name, remote.url);
    /** Made here, or moved since the remote had it. */
    const isOwn = (tag: RefName, old: Address | undefined): boolean => old !== undefined && old !== bases.refs.get(tag);
    const edits = new Map<RefName, Address | undefined>();
    for (const { remoteRef, localRef, address, spec } of wanted) {
      const old = local.get(localRef);
      if (old === address) continue;
      if (localRef.startsWith(TAGS)) {
        if (!spec.forced && isOwn(localRef, old)) {
          kept.push({ remoteRef, localRef, isAskedFor: true });
          continue;
        }
      } else if (!spec.forced && !options.force && old !== undefined && !isAncestor(repository.nodes, old, address)) {
        throw new DoltError('conflict', `fetch failed, can't fast forward ${localRef} to ${address}; use --force`);
      }
      edits.set(localRef, address);
      moved.push({ remoteRef, localRef, old, new: address });
    }
    for (const [tag, address] of tags) {
      const old = local.get(tag);
      if (old === address) continue;
      if (isOwn(tag, old)) {
        kept.push({ remoteRef: tag, localRef: tag, isAskedFor: false });
        continue;
      }
      edits.set(tag, address);
      moved.push({ remoteRef: tag, localRef: tag, old, new: address });
    }
    const taken = moved.filter(({ remoteRef, localRef }) => localRef.startsWith(TAGS) && remoteRef === localRef);
    if (taken.length > 0) edits.set(...tagBases(repository, bases, remote, taken));
    if (options.prune) {
      const stays = new Set(wanted.map(({ localRef }) => localRef));
      for (const [localRef, old] of local.entries(`${REMOTES}${remote.name}/`)) {
        if (stays.has(localRef)) continue;
        edits.set(localRef, undefined);
        moved.push({ remoteRef: undefined, localRef, old, new: undefined });
      }
    }
    return edits;
  });
  if (options.deepening !== undefined) keepHistory(repository);
  return { moved, kept, refs };
}

/** Commits that came without a ref that has moved stay all the same. */
function keepHistory({ chunks }: Repository): void {
  const root = chunks.root();
  chunks.commit(root, root);
  chunks.forgetArrivedGhosts();
}

/** Throws `InvalidRefSpecError` for one that the user wrote and the remote has nothing of. */
function wantedRefs(refs: RemoteRefs, specs: readonly FetchSpec[], { refSpecs }: FetchOptions): readonly WantedRef[] {
  const wanted: WantedRef[] = [];
  for (const spec of specs) {
    const before = wanted.length;
    for (const [remoteRef, address] of refs.entries('refs/')) {
      if (!remoteRef.startsWith(HEADS) && !remoteRef.startsWith(TAGS)) continue;
      const localRef = spec.localRef(remoteRef);
      if (localRef !== undefined) wanted.push({ remoteRef, localRef, address, spec });
    }
    if (wanted.length === before && refSpecs?.length)
      throw new InvalidRefSpecError(spec.text, `invalid ref spec: '${spec.text}'`);
  }
  return wanted;
}

/**
 * A tag is here as it is there once it was fetched, which a tracking ref only says of a branch: so that is its base. Without
 * it, replication would take the tag for one that was made here, and make it again where it was deleted.
 */
function tagBases(
  { nodes }: Repository,
  bases: RemoteBases,
  { name }: Remote,
  taken: readonly FetchedRef[],
): readonly [RefName, Address] {
  const next = withBases(
    bases,
    taken.map(({ localRef, new: value }) => [localRef, value]),
  );
  return basesEdit(nodes, name, next);
}

/** Tags of the remote whose commits are here now; their own chunks are fetched. */
async function followTags(
  repository: Repository,
  store: RemoteStore,
  refs: RemoteRefs,
  asked: readonly WantedRef[],
  progress?: ReportProgress,
): Promise<ReadonlyMap<RefName, Address>> {
  const explicit = new Set(asked.map(({ localRef }) => localRef));
  const tags = [...refs.entries(TAGS)].filter(([name]) => !explicit.has(name));
  const missing = tags.filter(([, address]) => !repository.chunks.has(address)).map(([, address]) => address);
  const chunks = await store.chunks(missing);
  const wanted = new Map<RefName, Address>();
  for (const [name, address] of tags) {
    const bytes = chunks.get(address);
    const { commit } = readTag(bytes ?? repository.nodes.readMessage(address));
    if (repository.chunks.has(commit)) wanted.set(name, address);
  }
  await downloadMissing(store, repository, [...wanted.values()], { progress });
  return wanted;
}
