import { expect, test } from 'vitest';
import { sign, type TokenCheck, verify } from '../../../src/remote/grpc/signed-token.ts';
import { generateKeyPair, type KeyPair, parseKeyFile, parsePublicKey } from '../../../src/remote/key-pairs.ts';
import { originalKey } from '../original-key.ts';

const NOW = 1_700_000_000_000;
const scope = { audience: 'hub.example.com', now: NOW };

const knowing = (pair: KeyPair, more: Partial<TokenCheck> = {}): TokenCheck => ({
  audiences: ['hub.example.com', 'localhost'],
  now: NOW,
  publicKey: (keyId) => (keyId === pair.keyId ? parsePublicKey(pair.publicKey) : undefined),
  ...more,
});

/** `token` with one of its parts changed. */
function forged(token: string, part: 0 | 1, change: (value: Record<string, unknown>) => object): string {
  const parts = token.split('.');
  const value = JSON.parse(Buffer.from(parts[part]!, 'base64url').toString()) as Record<string, unknown>;
  parts[part] = Buffer.from(JSON.stringify(change(value))).toString('base64url');
  return parts.join('.');
}

test('what was signed is verified', () => {
  const pair = generateKeyPair();
  expect(verify(sign(pair, scope), knowing(pair))).toBe(pair.keyId);
});

test("the original's token is verified, and ours is the same", () => {
  const { token, tokenExpiresAt, keyId, file } = originalKey;
  const pair = parseKeyFile(file)!;
  const now = tokenExpiresAt - 30_000;
  expect(verify(token, knowing(pair, { audiences: ['127.0.0.1'], now }))).toBe(keyId);
  expect(sign(pair, { audience: '127.0.0.1', now })).toBe(token);
});

const pair = generateKeyPair();
const token = sign(pair, scope);
const [header, claims, signature] = token.split('.') as [string, string, string];

test.each([
  ['an expired one', token, { now: NOW + 91_000 }, /expired/],
  ['one from the future', token, { now: NOW - 91_000 }, /from the future/],
  ['one for another host', token, { audiences: ['evil.example.com'] }, /is for 'hub.example.com'/],
  ['one of an unknown key', token, { publicKey: (): undefined => undefined }, /is not known here/],
  ['one that another key has signed', token, { publicKey: () => parsePublicKey(originalKey.publicKey) }, /signature/],
  ['one for longer', forged(token, 1, (claims) => ({ ...claims, exp: 2_000_000_000 })), {}, /signature/],
  ['one for somebody else', forged(token, 0, (header) => ({ ...header, kid: originalKey.keyId })), {}, /not known/],
  ['an unsigned one', forged(`${header}.${claims}.`, 0, (header) => ({ ...header, alg: 'none' })), {}, /ed25519/],
  ['one of another algorithm', forged(token, 0, (header) => ({ ...header, alg: 'HS256' })), {}, /ed25519/],
  ['one without its signature', `${header}.${claims}`, {}, /signature/],
  ['one with more parts', `${token}.${signature}`, {}, /it is no token that is known here/],
  ['no JSON', 'a.b.c', {}, /it is no token that is known here/],
  [
    'null',
    `${Buffer.from('null').toString('base64url')}.${claims}.${signature}`,
    {},
    /it is no token that is known here/,
  ],
  ['nothing', '', {}, /it is no token that is known here/],
  ['a long text', 'x'.repeat(1 << 20), {}, /it is no token that is known here/],
] as const)('%s is refused', (_, text, more, reason) => {
  expect(() => verify(text, knowing(pair, more as Partial<TokenCheck>))).toThrow(reason);
});

test('a pair without its private half signs nothing', () => {
  expect(() => sign({ ...pair, privateKey: undefined }, scope)).toThrow(/no private half/);
});
