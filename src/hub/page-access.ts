/**
 * Who looks at the page, and what they may see and change. A repository that somebody may not read is not there for them,
 * in lists and by its name alike.
 */
import type { Caller } from '../service/service-host.ts';
import type { KeptKey } from './accounts/accounts.ts';
import type { KeyChange } from './accounts/own-keys.ts';
import type { RepositoryRights, RightsChange } from './accounts/repository-rights.ts';

export interface StoreFacts {
  /** 0 before the first push. */
  readonly byteSize: number;
  /** Milliseconds since 1970 UTC; undefined before the first push, and where nobody knows. */
  readonly lastPush: number | undefined;
}

export interface HubRepository {
  readonly owner: string;
  readonly database: string;
  /** Everybody may read it. */
  readonly isPublic: boolean;
  /** The caller may see and change who may use it. */
  readonly isOwned: boolean;
  /** Cheap: lists ask for it. */
  facts(): Promise<StoreFacts>;
  /**
   * The folder of its store, with what it holds now; it need not be there before the first push. For a store elsewhere, a
   * folder that was brought up to date by this call.
   */
  folder(): Promise<string>;
}

/** Where a request comes from. */
export interface RequestOrigin {
  /** The address of who asks. */
  readonly peer: string;
  /** Host and port that they asked. */
  readonly authority: string;
}

export interface KeyAccess {
  list(caller: Caller): Promise<readonly KeptKey[]>;
  change(caller: Caller, change: KeyChange, authorization: string): Promise<void>;
}

export interface PageAccess {
  /** Everybody may do everything: nobody has to sign in. False unless told. */
  readonly isOpen?: boolean;
  /**
   * Who sends this `authorization` header, `Bearer …` or `Basic …`; undefined is nobody in particular. Throws a `DoltError`
   * of kind `denied`, or a `GrpcError`, for a wrong password and a forged or expired token.
   */
  authenticate(authorization: string | undefined, origin: RequestOrigin): Promise<Caller>;
  /** What the caller may read, in order of names. */
  repositories(caller: Caller): Promise<readonly HubRepository[]>;
  /** Undefined where there is none that the caller may read. */
  repository(owner: string, database: string, caller: Caller): Promise<HubRepository | undefined>;
  /** Whether the caller may see who pushes to it and who pulls from it; readers may, unless told otherwise. */
  maySeeReplication?(repository: HubRepository, caller: Caller): Promise<boolean>;
  /** Who may use it. Throws `denied` for who does not own it. */
  rights(repository: HubRepository, caller: Caller): Promise<RepositoryRights>;
  /** The caller's own; not there where nobody has any. */
  readonly keys?: KeyAccess | undefined;
  /** Holds with the next call of anybody. Throws `denied` for who does not own it, `notFound` for a user who is not there. */
  changeRights(repository: HubRepository, caller: Caller, change: RightsChange): Promise<void>;
}
