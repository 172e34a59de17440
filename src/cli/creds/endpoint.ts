/** The server that is asked whom it takes the holder of a key pair for. */
import { DoltError } from '../../base/errors.ts';
import { type Endpoint, whoAmI } from '../../remote/grpc/credentials-service.ts';
import { sign } from '../../remote/grpc/signed-token.ts';
import type { KeyPair } from '../../remote/key-pairs.ts';
import { Config } from '../../repo/config.ts';
import { DEFAULT_HOST, DEFAULT_HOST_KEY } from '../../repo/remote-url.ts';
import type { CommandContext } from '../command.ts';

const DEFAULT_PORT = '443';

/** From `given`, host:port or a URL, or else from the configuration. Throws `invalid`. */
export function endpointOf(
  { environment: { disk, homeDirectory } }: CommandContext,
  given: string | undefined,
): Endpoint {
  const config = new Config(disk, undefined, homeDirectory);
  const text = given ?? config.get(DEFAULT_HOST_KEY) ?? DEFAULT_HOST;
  const match = /^(?:(https?):\/\/)?([^/\s]+?)(?::(\d+))?\/*$/i.exec(text);
  if (!match) throw new DoltError('invalid', `error: '${text}' is no endpoint; it should be host:port`);
  const isSecure = match[1]?.toLowerCase() !== 'http';
  const port = match[3] ?? (given === undefined ? config.get('remotes.default_port') : undefined);
  return { authority: `${match[2]}:${port ?? (isSecure ? DEFAULT_PORT : '80')}`, isSecure };
}

/** Whom the server takes the holder of `pair` for. Throws `GrpcError`, as `whoAmI` does. */
export async function holderOf({ environment }: CommandContext, endpoint: Endpoint, pair: KeyPair) {
  const { network, clock } = environment;
  if (!network) throw new DoltError('unsupported', 'there is no network here');
  const audience = new URL(`http://${endpoint.authority}`).hostname.replace(/^\[|\]$/g, '');
  return await whoAmI(network, endpoint, `Bearer ${sign(pair, { audience, now: clock.now() })}`);
}
