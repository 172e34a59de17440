/** What the connections of one server share. */
import type { Clock } from '../base/environment.ts';
import type { ServerLog } from '../service/log.ts';
import type { LoginLimiter } from '../service/login-limiter.ts';
import type { AuthenticationPlugin } from '../sql/accounts/account.ts';
import type { AccountBook } from '../sql/accounts/account-book.ts';
import type { Engine } from '../sql/engine.ts';
import type { RecentStatements } from '../sql/session/recent-statements.ts';
import type { AuthenticationKeys } from './authenticate.ts';
import type { AutoGc } from './auto-gc.ts';
import type { BusyPoll } from './busy-poll.ts';
import type { Connection } from './connection.ts';
import type { ConnectionCounts } from './connection-counts.ts';
import type { Decoys } from './decoy.ts';
import type { ServerMetrics } from './metrics.ts';

export interface TlsFiles {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  readonly ca?: string;
  readonly requiresClientCertificate: boolean;
}

export interface ServerScene {
  readonly engine: Engine;
  readonly accounts: AccountBook;
  readonly decoys: Decoys;
  readonly limiter: LoginLimiter;
  readonly keys: AuthenticationKeys;
  readonly statements: RecentStatements;
  readonly tls: TlsFiles | undefined;
  /** What clients are told, `8.0.33-…`: some decide by it what they may ask for. */
  readonly serverVersion: string;
  readonly defaultPlugin: AuthenticationPlugin;
  /** Selected when a client names none. */
  readonly defaultDatabase: string | undefined;
  readonly clock: Clock;
  /** Milliseconds that a client may be silent; 0 leaves it to `wait_timeout`. */
  readonly readTimeoutMs: number;
  /** Milliseconds in which a client has to take some of what it is sent; undefined leaves it to `net_write_timeout`. */
  readonly writeTimeoutMs: number | undefined;
  /** A text of several statements is refused. */
  readonly refusesMultiStatements: boolean;
  /** Statements in the log are base64. */
  readonly encodesLoggedQueries: boolean;
  /** Characters of a statement that the log shows; 0 is all of it. */
  readonly maxLoggedQueryLength: number;
  /** Session variables that sessions of a user begin with. */
  readonly userVariables: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly log: ServerLog;
  readonly metrics: ServerMetrics;
  readonly counts: ConnectionCounts;
  /** Undefined where garbage is only collected when somebody asks. */
  readonly autoGc: AutoGc | undefined;
  /** Undefined on a single processor, which clients need themselves. */
  readonly busyPoll: BusyPoll | undefined;
  requiresTls(): boolean;
  connections(): ReadonlyMap<number, Connection>;
  uptimeSeconds(): number;
  /** Ends a connection, or only what it runs. Throws 1094 for one that is not there. */
  kill(id: number, queryOnly: boolean): void;
}
