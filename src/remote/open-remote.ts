/** From a URL to the remote behind it (FORMAT.md §6.1). */
import { DoltError } from '../base/errors.ts';
import { Config } from '../repo/config.ts';
import { cleanPath, shownUrl } from '../repo/remote-url.ts';
import type { Remote } from '../repo/repo-state.ts';
import type { Environment, Repository } from '../repo/repository.ts';
import { FileRemote } from './file-remote.ts';
import { lazyRemote } from './lazy-remote.ts';
import type { RemoteStore } from './remote-store.ts';

export interface OpenRemoteOptions {
  /** Makes the folder of a `file://` remote that is not there: what the first push does. */
  readonly create?: boolean;
  /** Who asks, for a remote over the network: its password is in DOLT_REMOTE_PASSWORD. */
  readonly user?: string | undefined;
  /** Tells a remote over the network which of the user's replicas asks; see `REPLICA_METADATA`. */
  readonly replica?: (() => string | undefined) | undefined;
  /** Whether a server that refuses connections is not waited for, as one that is just starting is otherwise. */
  readonly isPrompt?: boolean | undefined;
  /** Names the user's key pair, for a remote over the network that no user was named for; the global one unless told. */
  readonly config?: Config | undefined;
}

/** The key of a remote's `params` that holds its user, as the original calls it. */
const USER_PARAM = '__DOLT__grpc_username';

/** The `params` of a remote that is used as `user`. */
export const paramsOfUser = (user: string | undefined): Readonly<Record<string, string>> =>
  user === undefined ? {} : { [USER_PARAM]: user };

/** Of the original; those that are not built here. */
const KNOWN_SCHEMES = new Set(['ssh', 'aws', 'gs', 'az', 'oci', 'oss', 'localbs', 'mem']);
const BUILT = 'file:///folder, http://host:port/owner/database, https://… or s3://bucket/prefix';

/** Throws `invalid` for a URL nobody understands and `unsupported` for a scheme that is not built. */
export function openRemote(environment: Environment, url: string, options: OpenRemoteOptions = {}): RemoteStore {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(url);
  if (!match) throw new DoltError('invalid', `'${url}' is not the URL of a remote; one in a folder is file:///path`);
  const scheme = match[1]!.toLowerCase();
  if (scheme === 'file') {
    const path = decoded(match[2]!);
    if (!path.startsWith('/'))
      throw new DoltError('invalid', `'${url}' does not name a folder from the root: file:///path`);
    const remote = new FileRemote(environment, url, cleanPath(path));
    if (options.create) remote.create();
    return remote;
  }
  if (scheme === 'http' || scheme === 'https') {
    return lazyRemote(shownUrl(url), async () => {
      const { GrpcRemote } = await import('./grpc/grpc-remote.ts');
      const config = options.config ?? new Config(environment.disk, undefined, environment.homeDirectory);
      const { user, replica, isPrompt } = options;
      return new GrpcRemote(environment, url, {
        user,
        keyId: config.get('user.creds'),
        replica: replica?.(),
        isPrompt,
      });
    });
  }
  if (scheme === 's3') {
    return lazyRemote(url, async () => {
      const { S3Remote } = await import('./s3/s3-remote.ts');
      return new S3Remote(environment, url);
    });
  }
  if (KNOWN_SCHEMES.has(scheme) || scheme.startsWith('git+')) throw unsupported(url, `${scheme}://`);
  throw new DoltError('invalid', `'${shownUrl(url)}': the scheme ${scheme}:// is not known; a remote is ${BUILT}`);
}

function unsupported(url: string, what: string): DoltError {
  const text = `'${shownUrl(url)}': remotes of ${what} are not supported yet; use ${BUILT}`;
  return new DoltError('unsupported', text);
}

/** Who a repository's remote is asked as: `user`, or else the one that is stored with it. */
export function askingAs(
  { config }: Repository,
  remote: Pick<Remote, 'params'> | undefined,
  user?: string,
): Pick<OpenRemoteOptions, 'user' | 'config'> {
  return { config, user: user ?? remote?.params[USER_PARAM] };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
