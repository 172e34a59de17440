import { expect, test } from 'vitest';
import { authorizationOf } from '../../../src/remote/grpc/authorization.ts';
import { parseServiceUrl } from '../../../src/remote/grpc/service-url.ts';
import { verify } from '../../../src/remote/grpc/signed-token.ts';
import { generateKeyPair, KeyPairs, parsePublicKey } from '../../../src/remote/key-pairs.ts';
import { scratchEnvironment } from '../../repo/scratch-repository.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const plain = parseServiceUrl('http://localhost:50051/ada/shop');
const withUser = parseServiceUrl('http://bob:hush%20hush@localhost:50051/ada/shop');
const password = { variables: { DOLT_REMOTE_PASSWORD: 'secret' } };

test('who was named goes before who is in the URL, and the password comes from the environment', () => {
  expect(authorizationOf(scratchEnvironment(password), plain, { user: 'ada' })()).toBe(basic('ada:secret'));
  expect(authorizationOf(scratchEnvironment(password), withUser, { user: 'ada' })()).toBe(basic('ada:secret'));
  expect(authorizationOf(scratchEnvironment(), withUser, {})()).toBe(basic('bob:hush hush'));
  const bare = parseServiceUrl('http://bob@localhost/ada/shop');
  expect(authorizationOf(scratchEnvironment(password), bare, {})()).toBe(basic('bob:secret'));
  expect(authorizationOf(scratchEnvironment(password), plain, {})()).toBeUndefined();
  expect(() => authorizationOf(scratchEnvironment(), plain, { user: 'ada' })).toThrow(/must set DOLT_REMOTE_PASSWORD/);
});

test('a key pair signs for the host of the URL, anew before it expires', () => {
  let now = 1_700_000_000_000;
  const environment = { ...scratchEnvironment(), clock: { now: () => now, monotonic: () => now } };
  const pair = generateKeyPair();
  new KeyPairs(environment.disk, environment.homeDirectory).add(pair);
  const authorization = authorizationOf(environment, plain, { keyId: pair.keyId });
  for (let i = 0; i < 5; i++, now += 25_000) {
    const token = authorization()!;
    expect(token).toMatch(/^Bearer /);
    const check = { audiences: ['localhost'], now, publicKey: () => parsePublicKey(pair.publicKey) };
    expect(verify(token.slice('Bearer '.length), check)).toBe(pair.keyId);
    expect(authorization(), 'within its time it is the same').toBe(token);
  }
  expect(authorizationOf(environment, withUser, { keyId: pair.keyId })(), 'a user goes before').toMatch(/^Basic /);
});

test('a key pair that is configured and not there is said', () => {
  expect(() => authorizationOf(scratchEnvironment(), plain, { keyId: 'gone' })).toThrow(
    /user.creds: there is no key pair 'gone'.*dolt config --global --unset user.creds/,
  );
});
