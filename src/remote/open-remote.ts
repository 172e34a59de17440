/** From a URL to the remote behind it (FORMAT.md §6.1). */
import { DoltError } from '../base/errors.ts';
import { cleanPath } from '../repo/remote-url.ts';
import type { Environment } from '../repo/repository.ts';
import { FileRemote } from './file-remote.ts';
import { lazyRemote } from './lazy-remote.ts';
import type { RemoteStore } from './remote-store.ts';

export interface OpenRemoteOptions {
  /** Makes the folder of a `file://` remote that is not there: what the first push does. */
  readonly create?: boolean;
  /** Makes the value of the `authorization` of a call over the network. */
  readonly authorization?: (() => string | undefined) | undefined;
}

const KNOWN_SCHEMES = new Set(['ssh', 'aws', 's3', 'gs', 'az', 'oci', 'oss', 'localbs', 'mem']);

/** Throws `invalid` for a URL nobody understands and `unsupported` for a scheme that is not built. */
export function openRemote(environment: Environment, url: string, options: OpenRemoteOptions = {}): RemoteStore {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(url);
  if (!match && /^[^/\s]+\/[^/\s]+$/.test(url)) throw unsupported(url, 'DoltHub');
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
    return lazyRemote(url, async () => {
      const { GrpcRemote } = await import('./grpc/grpc-remote.ts');
      return new GrpcRemote(environment, url, options);
    });
  }
  if (KNOWN_SCHEMES.has(scheme) || scheme.startsWith('git+')) throw unsupported(url, `${scheme}://`);
  throw new DoltError(
    'invalid',
    `'${url}': the scheme ${scheme}:// is not known; a remote in a folder is file:///path`,
  );
}

function unsupported(url: string, what: string): DoltError {
  return new DoltError('unsupported', `'${url}': remotes of ${what} are not supported yet; use a file:// remote`);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
