/** The original's CredentialsService: a server says whom it takes the holder of a key for. */
import type { Network } from '../../base/network.ts';
import { message, text } from './protobuf.ts';

export const WHO_AM_I = '/dolt.services.remotesapi.v1alpha1.CredentialsService/WhoAmI';

export const whoAmIRequest = message({});
export const whoAmIResponse = message({ username: text(1), displayName: text(2), emailAddress: text(3) });

export interface Endpoint {
  /** Host and port. */
  readonly authority: string;
  readonly isSecure: boolean;
}

const TIMEOUT_MS = 30_000;

/** Throws `GrpcError`: unauthenticated where the key is not known there, unimplemented where the server cannot say. */
export async function whoAmI(network: Network, endpoint: Endpoint, authorization: string) {
  const channel = network.openChannel(endpoint);
  try {
    const options = { metadata: { authorization }, timeoutMs: TIMEOUT_MS };
    return whoAmIResponse.decode(await channel.call(WHO_AM_I, whoAmIRequest.encode({}), options));
  } finally {
    channel.close();
  }
}
