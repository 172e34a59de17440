/**
 * The exchange by which a client proves who it is, with `mysql_native_password` or `caching_sha2_password`. It takes the
 * same steps and the same time for a user that does not exist as for a wrong password.
 */
import { type Account, AUTHENTICATION_PLUGINS, type AuthenticationPlugin } from '../sql/accounts/account.ts';
import {
  checkSha2Answer,
  checkSha2Password,
  decipherPassword,
  FAST_SUCCEEDED,
  FULL_NEEDED,
  KEY_WANTED,
  sha2Digest,
  sha2PasswordHash,
  withoutEnd,
} from '../wire/authentication/caching-sha2-password.ts';
import { checkNativePassword, nativePasswordHash } from '../wire/authentication/native-password.ts';
import { writeAuthMore, writeAuthSwitch } from '../wire/packets/auth-switch.ts';
import type { Channel } from './channel.ts';
import { outdatedClient } from './server-error.ts';

/** What a server keeps for the exchanges of all clients. */
export interface KeyPair {
  /** PEM. */
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface AuthenticationKeys {
  /** The pair with which passwords are enciphered where there is no TLS. */
  pair(): Promise<KeyPair>;
  /** By account: what the fast way of `caching_sha2_password` needs. */
  readonly digests: Map<string, { readonly authentication: string; readonly digest: Buffer }>;
}

export interface Claim {
  /** What the client says its plugin is. */
  readonly plugin: string | undefined;
  /** Whether it knows of plugins; one that does not speaks `mysql_native_password` alone. */
  readonly knowsPlugins: boolean;
  readonly challenge: Buffer;
  readonly answer: Buffer;
  /** Over TLS or a socket file: a password may travel as it is. */
  readonly isSecure: boolean;
  /** For a user that does not exist. */
  readonly decoy: AuthenticationPlugin;
}

/** For users that do not exist. */
let nobody: Readonly<Record<AuthenticationPlugin, string>> | undefined;

/**
 * Whether the client proves to be the account's user. `account` is undefined where there is none: the answer is no, as for
 * one whose plugin is not known here. Throws 1251 for a client that cannot speak the plugin.
 */
export async function authenticate(
  channel: Channel,
  account: Account | undefined,
  claim: Claim,
  keys: AuthenticationKeys,
): Promise<boolean> {
  nobody ??= {
    mysql_native_password: nativePasswordHash('nobody has it'),
    caching_sha2_password: sha2PasswordHash('nobody has it'),
  };
  const known = AUTHENTICATION_PLUGINS.find((each) => each === account?.plugin);
  const plugin = known ?? claim.decoy;
  const hash = known === undefined ? nobody[plugin] : account!.authentication;
  const { challenge, knowsPlugins } = claim;
  // Who sends nothing has no password, in every plugin.
  const isOutdated = !knowsPlugins && plugin !== 'mysql_native_password' && claim.answer.length > 0;
  if (isOutdated) throw outdatedClient();
  const isAnswered = claim.plugin === plugin || !knowsPlugins;
  const answer = isAnswered ? claim.answer : await switchTo(channel, plugin, challenge);
  if (answer === undefined) return false;
  const proven =
    plugin === 'mysql_native_password'
      ? checkNativePassword(hash, challenge, answer)
      : await checkSha2(channel, account, hash, { ...claim, answer }, keys);
  return proven && known !== undefined;
}

async function switchTo(
  channel: Channel,
  plugin: AuthenticationPlugin,
  challenge: Buffer,
): Promise<Buffer | undefined> {
  writeAuthSwitch(channel.writer, { plugin, challenge });
  return await channel.receiveAnswer();
}

async function checkSha2(
  channel: Channel,
  account: Account | undefined,
  hash: string,
  { challenge, answer, isSecure }: Claim,
  keys: AuthenticationKeys,
): Promise<boolean> {
  // A client without a password sends nothing, or the zero byte that ends it.
  if (answer.length === 0 || (answer.length === 1 && answer[0] === 0)) return hash === '';
  const name = account && `${account.user}@${account.host}`;
  const known = name === undefined ? undefined : keys.digests.get(name);
  if (known?.authentication === hash && checkSha2Answer(known.digest, challenge, answer)) {
    writeAuthMore(channel.writer, Buffer.of(FAST_SUCCEEDED));
    return true;
  }
  writeAuthMore(channel.writer, Buffer.of(FULL_NEEDED));
  const password = await receivePassword(channel, challenge, isSecure, keys);
  if (password === undefined || !checkSha2Password(hash, password)) return false;
  if (name !== undefined) keys.digests.set(name, { authentication: hash, digest: sha2Digest(password) });
  return true;
}

async function receivePassword(
  channel: Channel,
  challenge: Buffer,
  isSecure: boolean,
  keys: AuthenticationKeys,
): Promise<string | undefined> {
  let payload = await channel.receiveAnswer();
  if (payload === undefined) return undefined;
  if (isSecure) return withoutEnd(payload);
  const { publicKey, privateKey } = await keys.pair();
  if (payload.length === 1 && payload[0] === KEY_WANTED) {
    writeAuthMore(channel.writer, Buffer.from(publicKey));
    payload = await channel.receiveAnswer();
  }
  return payload === undefined ? undefined : decipherPassword(payload, challenge, privateKey);
}
