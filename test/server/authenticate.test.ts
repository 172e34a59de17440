/** A wrong password costs the same for a user that exists as for one that does not: the same packets, and the same time. */
import { describe, expect, test } from 'vitest';
import { type AuthenticationKeys, authenticate } from '../../src/server/authenticate.ts';
import type { Channel } from '../../src/server/channel.ts';
import type { Account, AuthenticationPlugin } from '../../src/sql/accounts/account.ts';
import { sha2PasswordHash } from '../../src/wire/authentication/caching-sha2-password.ts';
import { nativePasswordHash } from '../../src/wire/authentication/native-password.ts';
import { PacketWriter } from '../../src/wire/packet-writer.ts';

const CHALLENGE = Buffer.alloc(20, 'c');
/** The least of so many times is hardly what else the machine does; where it is, more of them tell. */
const TRIES = 12;
const MOST_TRIES = 300;

/** A digest of thousands of rounds takes milliseconds; a tenth of one is noise. */
const areAlike = (a: number, b: number): boolean => Math.abs(a - b) < 0.1 + Math.max(a, b) / 2;

const keys: AuthenticationKeys = {
  pair: () => Promise.reject(new Error('passwords come over TLS')),
  digests: new Map(),
};

const hashes: Readonly<Record<AuthenticationPlugin, string>> = {
  mysql_native_password: nativePasswordHash('right'),
  caching_sha2_password: sha2PasswordHash('right'),
};

interface Try {
  readonly isProven: boolean;
  readonly ms: number;
  /** What the server said. */
  readonly said: string;
}

/** One try, by a client that answers whatever it is asked with the same bytes. */
async function attempt(account: Account | undefined, decoy: AuthenticationPlugin, plugin: string): Promise<Try> {
  const writer = new PacketWriter();
  const channel = { writer, receiveAnswer: async () => Buffer.from('wrong') } as unknown as Channel;
  const answer = Buffer.alloc(32, 'w');
  const claim = { plugin, knowsPlugins: true, challenge: CHALLENGE, answer, isSecure: true, decoy };
  const start = performance.now();
  const isProven = await authenticate(channel, account, claim, keys);
  return { isProven, ms: performance.now() - start, said: writer.take().toString('hex') };
}

const accountWith = (plugin: AuthenticationPlugin): Account =>
  ({ user: 'known', host: '%', plugin, authentication: hashes[plugin] }) as Account;

describe.each(Object.keys(hashes) as AuthenticationPlugin[])('%s', (plugin) => {
  test.each(['mysql_native_password', 'caching_sha2_password'])('of a client that begins with %s', async (claimed) => {
    let known = Number.POSITIVE_INFINITY;
    let unknown = Number.POSITIVE_INFINITY;
    await attempt(undefined, plugin, claimed);
    for (let i = 0; i < TRIES || (i < MOST_TRIES && !areAlike(known, unknown)); i++) {
      const real = await attempt(accountWith(plugin), plugin, claimed);
      const decoy = await attempt(undefined, plugin, claimed);
      expect([real.isProven, decoy.isProven]).toEqual([false, false]);
      expect(decoy.said).toBe(real.said);
      known = Math.min(known, real.ms);
      unknown = Math.min(unknown, decoy.ms);
    }
    expect(areAlike(known, unknown), `${known} ms and ${unknown} ms`).toBe(true);
  });
});
