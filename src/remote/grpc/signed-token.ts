/**
 * Tokens that the holder of a key pair signs: who it is, by the id of the key, and for which host; valid for half a minute.
 * The original's JSON Web Tokens (RFC 7519; EdDSA, RFC 8037), sent as `authorization: Bearer …`.
 */
import { type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import { DoltError } from '../../base/errors.ts';
import type { KeyPair } from '../key-pairs.ts';

const ISSUER = 'dolt-client.dolthub.com';
const SUBJECT_PREFIX = 'doltClientCredentials/';
const TOKEN_VERSION = '2023.01';
const VALID_SECONDS = 30;
/** How far clocks may be apart. */
const LEEWAY_SECONDS = 60;
/** More than this is no token of ours. */
const MOST_CHARACTERS = 4096;

export interface TokenScope {
  /** The host that the token is for, without a port. */
  readonly audience: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Throws `invalid` for a pair without its private half. */
export function sign({ keyId, privateKey }: KeyPair, { audience, now }: TokenScope): string {
  if (privateKey === undefined) throw new DoltError('invalid', `key ${keyId} has no private half, so it signs nothing`);
  const header = encoded({ alg: 'EdDSA', dolt_token_version: TOKEN_VERSION, kid: keyId });
  const claims = encoded({
    aud: [audience],
    exp: Math.floor(now / 1000) + VALID_SECONDS,
    iss: ISSUER,
    sub: SUBJECT_PREFIX + keyId,
  });
  const signature = signBytes(null, Buffer.from(`${header}.${claims}`), privateKey).toString('base64url');
  return `${header}.${claims}.${signature}`;
}

export interface TokenCheck {
  /** Hosts that a token may be for: the names of this server. */
  readonly audiences: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The public key of that id, if it is known here. */
  publicKey(keyId: string): KeyObject | undefined;
}

/** The id of the key that has signed. Throws `denied` for every token but a valid one. */
export function verify(token: string, { audiences, now, publicKey }: TokenCheck): string {
  const [header = '', claims = '', signature = '', ...more] = token.split('.');
  if (token.length > MOST_CHARACTERS || more.length > 0) throw refused('it is no token that is known here');
  const { alg, kid } = decoded(header);
  // The algorithm is ours to choose, not the sender's.
  if (alg !== 'EdDSA' || typeof kid !== 'string') throw refused('it is not signed with an ed25519 key');
  const key = publicKey(kid);
  if (key === undefined) throw refused(`its key ${shown(kid)} is not known here`);
  const isSigned = verifyBytes(null, Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'));
  if (!isSigned) throw refused('its signature is wrong');
  const { aud, exp, nbf, sub } = decoded(claims);
  const seconds = now / 1000;
  if (typeof exp !== 'number' || exp + LEEWAY_SECONDS < seconds) throw refused('it has expired; is the clock right?');
  // One that is valid for long would be worth stealing.
  if (exp > seconds + VALID_SECONDS + LEEWAY_SECONDS || (typeof nbf === 'number' && nbf > seconds + LEEWAY_SECONDS)) {
    throw refused('it is from the future; is the clock right?');
  }
  const named = Array.isArray(aud) ? aud : [aud];
  if (!named.some((each) => audiences.includes(each as string))) {
    throw refused(`it is for '${shown(String(named[0]))}', which this is not`);
  }
  if (sub !== SUBJECT_PREFIX + kid) throw refused('its subject is not its key');
  return kid;
}

const refused = (why: string): DoltError => new DoltError('denied', `the token is refused: ${why}`);

const shown = (text: string): string => text.replace(/[^\w.:-]/g, '?').slice(0, 60);

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function decoded(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw refused('it is no token that is known here');
}
