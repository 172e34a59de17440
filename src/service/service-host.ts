/** Whom ChunkStoreService asks who may do what, and for the store of a repository. */
import type { ServedStore } from './served-store.ts';

/** Who calls; `undefined` is nobody in particular. */
export type Caller = string | undefined;

export type Need = 'read' | 'write';

/** Where a call comes from. */
export interface CallOrigin {
  /** The address of who calls. */
  readonly peer: string;
  /** Host and port that they called. */
  readonly authority: string;
  /** What tells a replica from others of its account and machine, as it says itself. */
  readonly replica?: string | undefined;
}

export interface ServiceHost {
  /** Whether a push of a branch has to move its working set as well: where sessions work on what is served. */
  readonly assertsWorkingSet: boolean;
  /** `authorization`: of the call's metadata. Throws `GrpcError` (unauthenticated) for a wrong password and a forged token. */
  authenticate(authorization: string | undefined, origin: CallOrigin): Promise<Caller>;
  /**
   * The store behind a repository's path, which a write makes where it is not there and the caller may. Throws `GrpcError`:
   * permissionDenied, notFound (also of what the caller may not know of), invalidArgument for a path that is none.
   * `origin`: of a call that is answered for the caller; undefined where they come with a URL that they were given.
   */
  store(path: string, caller: Caller, need: Need, origin?: CallOrigin): Promise<ServedStore>;
}
