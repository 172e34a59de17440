/** `dolt creds check`: asks a server whom it takes the holder of a key pair for. */
import { DoltError } from '../../base/errors.ts';
import { GrpcError, GrpcStatus } from '../../base/network.ts';
import type { Endpoint } from '../../remote/grpc/credentials-service.ts';
import { unreached } from '../../remote/grpc/unreached.ts';
import type { KeyPair } from '../../remote/key-pairs.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { chosenKeyId, keyPairsOf } from './chosen-key.ts';
import { endpointOf, holderOf } from './endpoint.ts';

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
    const { terminal } = context;
    const pair = pairOf(context, parsed.value('creds'));
    const endpoint = endpointOf(context, parsed.value('endpoint'));
    terminal.line(`Calling...\n  Endpoint: ${endpoint.authority}\n  Key: ${pair.publicKey}`);
    try {
      const { username, emailAddress } = await holderOf(context, endpoint, pair);
      terminal.line(`\nSuccess.\n  User: ${username}\n  Email: ${emailAddress}`);
      return 0;
    } catch (error) {
      throw error instanceof GrpcError ? failure(error, endpoint, pair) : error;
    }
  },
};

/** In words, with what may help. */
export function failure(error: GrpcError, { authority, isSecure }: Endpoint, { publicKey }: KeyPair): DoltError {
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
