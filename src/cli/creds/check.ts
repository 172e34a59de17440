/** `dolt creds check`: asks a server whom it takes the holder of a key pair for. */
import { DoltError } from '../../base/errors.ts';
import { GrpcError, GrpcStatus } from '../../base/network.ts';
import { type Endpoint, whoAmI } from '../../remote/grpc/credentials-service.ts';
import { sign } from '../../remote/grpc/signed-token.ts';
import { unreached } from '../../remote/grpc/unreached.ts';
import type { KeyPair } from '../../remote/key-pairs.ts';
import { Config } from '../../repo/config.ts';
import { DEFAULT_HOST, DEFAULT_HOST_KEY } from '../../repo/remote-url.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { chosenKeyId, keyPairsOf } from './chosen-key.ts';

const DEFAULT_PORT = '443';

export const command: Command = {
  name: 'creds check',
  summary: 'Check authenticating with a credential keypair against a remote.',
  synopsis: ['[--endpoint <host:port>] [--creds <public_key_as_appears_in_ls>]'],
  positional: [],
  flags: [
    {
      name: 'endpoint',
      value: 'endpoint',
      help: 'The server, host:port or http://host:port; otherwise remotes.default_host and remotes.default_port.',
    },
    { name: 'creds', value: 'creds', help: 'Public key or key id, otherwise taken from user.creds.' },
  ],
  examples: ['dolt creds check', 'dolt creds check --endpoint http://localhost:50051'],
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 0 }, args);
    const { terminal, environment } = context;
    const pair = pairOf(context, parsed.value('creds'));
    const endpoint = endpointOf(context, parsed.value('endpoint'));
    const { network, clock } = environment;
    if (!network) throw new DoltError('unsupported', 'there is no network here');
    terminal.line(`Calling...\n  Endpoint: ${endpoint.authority}\n  Key: ${pair.publicKey}`);
    const audience = new URL(`http://${endpoint.authority}`).hostname.replace(/^\[|\]$/g, '');
    const token = sign(pair, { audience, now: clock.now() });
    try {
      const { username, emailAddress } = await whoAmI(network, endpoint, `Bearer ${token}`);
      terminal.line(`\nSuccess.\n  User: ${username}\n  Email: ${emailAddress}`);
      return 0;
    } catch (error) {
      throw error instanceof GrpcError ? failure(error, endpoint, pair) : error;
    }
  },
};

function failure(error: GrpcError, { authority, isSecure }: Endpoint, { publicKey }: KeyPair): DoltError {
  const { cause, remedy } = unreached(error.details, isSecure);
  const hints: Partial<Record<number, string>> = {
    [GrpcStatus.unauthenticated]: `; give the public key ${publicKey} to whoever runs the server`,
    [GrpcStatus.unimplemented]: '; the server cannot say who its callers are, so clone or fetch to try the key',
    [GrpcStatus.unavailable]: `; ${remedy}`,
  };
  const said = error.code === GrpcStatus.unavailable ? cause : error.details;
  const text = `error: calling ${authority} with credentials: ${said}${hints[error.code] ?? ''}`;
  return new DoltError(error.kind, text, { cause: error });
}

function pairOf(context: CommandContext, text: string | undefined): KeyPair {
  const chosen = text ?? chosenKeyId(context);
  if (chosen !== undefined) return keyPairsOf(context).find(chosen);
  throw new DoltError('notFound', 'error: no user credentials found; make a key pair with "dolt creds new"');
}

function endpointOf({ environment: { disk, homeDirectory } }: CommandContext, given: string | undefined): Endpoint {
  const config = new Config(disk, undefined, homeDirectory);
  const text = given ?? config.get(DEFAULT_HOST_KEY) ?? DEFAULT_HOST;
  const match = /^(?:(https?):\/\/)?([^/\s]+?)(?::(\d+))?\/*$/i.exec(text);
  if (!match) throw new DoltError('invalid', `error: '${text}' is no endpoint; it should be host:port`);
  const isSecure = match[1]?.toLowerCase() !== 'http';
  const port = match[3] ?? (given === undefined ? config.get('remotes.default_port') : undefined);
  return { authority: `${match[2]}:${port ?? (isSecure ? DEFAULT_PORT : '80')}`, isSecure };
}
