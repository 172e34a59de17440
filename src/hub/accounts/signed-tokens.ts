/** Tokens that holders of key pairs sign (`dolt creds`), and the service that tells them whom they are taken for. */
import type { Clock } from '../../base/environment.ts';
import { GrpcError, GrpcStatus } from '../../base/network.ts';
import { WHO_AM_I, whoAmIRequest, whoAmIResponse } from '../../remote/grpc/credentials-service.ts';
import { verify } from '../../remote/grpc/signed-token.ts';
import { parsePublicKey } from '../../remote/key-pairs.ts';
import type { Answer } from '../../service/chunk-service.ts';
import type { ServiceHost } from '../../service/service-host.ts';
import type { TokenCheck } from './authenticator.ts';

/** A token is for the host that its sender calls: one that was given to another host is not passed on here. */
export function tokenCheck(clock: Clock, publicUrl: string | undefined): TokenCheck {
  const own = publicUrl === undefined ? [] : [hostOf(new URL(publicUrl).host)];
  return (token, authority, publicKey) =>
    verify(token, {
      audiences: [hostOf(authority), ...own],
      now: clock.now(),
      publicKey: (id) => {
        const text = publicKey(id);
        return text === undefined ? undefined : parsePublicKey(text);
      },
    });
}

/** Without the port, and an IPv6 address without its brackets. */
function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

/** WhoAmI of the original's CredentialsService. */
export function credentialsService(host: ServiceHost, isOpen: boolean): ReadonlyMap<string, Answer> {
  const whoAmI: Answer = async (request, context) => {
    whoAmIRequest.decode(request);
    if (isOpen) {
      const message = 'this hub is open: everybody may do everything, and nobody is asked who they are';
      throw new GrpcError(GrpcStatus.failedPrecondition, message);
    }
    const user = await host.authenticate(context.authorization, context);
    if (user === undefined) throw new GrpcError(GrpcStatus.unauthenticated, 'nobody in particular has called');
    return whoAmIResponse.encode({ username: user, displayName: user });
  };
  return new Map([[WHO_AM_I, whoAmI]]);
}
