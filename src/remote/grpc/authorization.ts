/**
 * Who asks a remote over the network, by precedence: the user that was named (password in DOLT_REMOTE_PASSWORD), the user
 * in the URL, the key pair that `user.creds` names, nobody. Answers the `authorization` of a call.
 */
import { DoltError } from '../../base/errors.ts';
import type { Environment } from '../../repo/repository.ts';
import { KeyPairs } from '../key-pairs.ts';
import type { ServiceUrl } from './service-url.ts';
import { sign } from './signed-token.ts';

export interface Asking {
  /** The user that was named for the remote. */
  readonly user?: string | undefined;
  /** The id of the user's key pair, as configured. */
  readonly keyId?: string | undefined;
  /** Which of the user's replicas it is, where it is one. */
  readonly replica?: string | undefined;
  /** Wants to know soon that the server is not there, and asks again by itself. */
  readonly isPrompt?: boolean | undefined;
}

const PASSWORD_VARIABLE = 'DOLT_REMOTE_PASSWORD';
/** Tokens are good for half a minute; one is used for a part of it. */
const RENEW_MS = 10_000;

/** Called for each call: what it answers expires. Throws `denied` without the password, and for a key pair that is not there. */
export function authorizationOf(
  environment: Environment,
  { user: urlUser, password: urlPassword, host }: ServiceUrl,
  { user = urlUser, keyId }: Asking,
): () => string | undefined {
  if (user !== undefined) {
    const inUrl = user === urlUser ? urlPassword : undefined;
    const password = inUrl ?? environment.variables[PASSWORD_VARIABLE];
    if (password === undefined) {
      throw new DoltError(
        'denied',
        `error: must set ${PASSWORD_VARIABLE} environment variable to use --user param: it is the password of '${user}'`,
      );
    }
    const basic = basicAuthorization(user, password);
    return () => basic;
  }
  if (keyId === undefined || keyId === '') return () => undefined;
  const pair = keyPairOf(environment, keyId);
  let token = '';
  let signedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = environment.clock.now();
    if (Math.abs(now - signedAt) >= RENEW_MS) {
      token = `Bearer ${sign(pair, { audience: host, now })}`;
      signedAt = now;
    }
    return token;
  };
}

export const basicAuthorization = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function keyPairOf(environment: Environment, keyId: string) {
  try {
    return new KeyPairs(environment.disk, environment.homeDirectory).find(keyId);
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    const hint = 'choose another with "dolt creds use", or run "dolt config --global --unset user.creds" to go without';
    throw new DoltError('denied', `user.creds: ${error.message}; ${hint}`, { cause: error });
  }
}
