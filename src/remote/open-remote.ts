/** From a URL to the remote behind it. */
import { AssertionError } from '../base/errors.ts';
import type { Environment } from '../repo/repository.ts';
import type { RemoteStore } from './remote-store.ts';

/** Throws `invalid` for a URL nobody understands and `unsupported` for a scheme that is not built. */
export function openRemote(_environment: Environment, _url: string): RemoteStore {
  throw new AssertionError('not built');
}
