/** The keys of one server, made when the first client needs them, on another thread: a pair costs a tenth of a second. */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { AuthenticationKeys, KeyPair } from './authenticate.ts';

const generate = promisify(generateKeyPair);

export function authenticationKeys(): AuthenticationKeys {
  let made: Promise<KeyPair> | undefined;
  return {
    digests: new Map(),
    pair() {
      made ??= generate('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      return made;
    },
  };
}
