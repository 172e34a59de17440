/**
 * Who calls, from the `authorization` of a call: `Basic` with a user's password or token, `Bearer` with a token or with what
 * `dolt creds` signs. What was found to be right is remembered for a while, by a digest of it, as long as the accounts say the
 * same: a password takes tens of milliseconds to check, and a replica asks every second. Who guesses is slowed down.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../../base/environment.ts';
import { DoltError } from '../../base/errors.ts';
import { GrpcError, GrpcStatus } from '../../base/network.ts';
import type { LoginLimiter } from '../../service/login-limiter.ts';
import type { Caller, CallOrigin } from '../../service/service-host.ts';
import type { AccountBook } from './account-book.ts';
import type { Accounts } from './accounts.ts';
import { isPassword, isSecret, type PasswordHash, readToken } from './passwords.ts';

/**
 * The id of the key that has signed a token. `publicKey` answers the key of an id. Throws `denied` for a token that is
 * forged, has expired, or is meant for another host than `authority`.
 */
export type TokenCheck = (token: string, authority: string, publicKey: (id: string) => string | undefined) => string;

export interface AuthenticatorOptions {
  readonly book: AccountBook;
  readonly limiter: LoginLimiter;
  readonly clock: Clock;
  readonly keyOfToken: TokenCheck;
  /** Told of those who failed: never the secret. */
  readonly failed?: (user: string, peer: string) => void;
}

const MOST_REMEMBERED = 10_000;
/** Longer is no name, password or token. */
const LONGEST = 8192;

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #key = randomBytes(32);
  /** By a digest of user and password, the hash that it was right for; the longest ago first. */
  readonly #remembered = new Map<string, PasswordHash>();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** Throws `GrpcError`: unauthenticated; resourceExhausted where too many wait. */
  async authenticate(authorization: string | undefined, origin: CallOrigin): Promise<Caller> {
    if (authorization === undefined || authorization === '') return undefined;
    if (authorization.length > LONGEST) throw refused('the authorization is too long');
    const [, scheme = '', credentials = ''] = /^(\S+)[ ]+(\S+)$/.exec(authorization.trim()) ?? [];
    const accounts = await this.#options.book.now();
    switch (scheme.toLowerCase()) {
      case 'bearer':
        return await this.#bearer(credentials, accounts, origin);
      case 'basic': {
        const text = Buffer.from(credentials, 'base64').toString('utf8');
        const colon = text.indexOf(':');
        if (colon < 0) throw refused('the authorization is not base64 of user:password');
        return await this.#basic(text.slice(0, colon), text.slice(colon + 1), accounts, origin.peer);
      }
      default:
        throw refused('the authorization is neither Basic nor Bearer');
    }
  }

  async #basic(user: string, password: string, accounts: Accounts, peer: string): Promise<Caller> {
    if (readToken(password) !== undefined) return await this.#token(password, user, accounts, peer);
    const kept = accounts.user(user)?.password;
    const digest = this.#digest(user, password);
    if (kept !== undefined && this.#remembered.get(digest) === kept) return user;
    await this.#turn(user, peer);
    if (!(await isPassword(password, kept))) throw this.#failed(user, peer, 'the user or the password is wrong');
    this.#options.limiter.succeeded(user, peer);
    this.#remember(digest, kept!);
    return user;
  }

  async #bearer(credentials: string, accounts: Accounts, { peer, authority }: CallOrigin): Promise<Caller> {
    if (readToken(credentials) !== undefined) return await this.#token(credentials, undefined, accounts, peer);
    let keyId: string;
    try {
      keyId = this.#options.keyOfToken(credentials, authority, (id) => accounts.key(id)?.key.publicKey);
    } catch (error) {
      // Not slowed down: nobody guesses a signature.
      this.#options.failed?.('(a signed token)', peer);
      throw error instanceof DoltError ? refused(error.message) : error;
    }
    const found = accounts.key(keyId);
    if (found === undefined) throw refused('the key of the token is not known here');
    const { token } = found.key;
    const expires = token === undefined ? undefined : accounts.token(token)?.token.expires;
    if (expires !== undefined && expires <= this.#options.clock.now())
      throw refused('the key has expired with the token by which it was added');
    return found.user;
  }

  /** `user`: who says so; undefined where only the token does. */
  async #token(text: string, user: string | undefined, accounts: Accounts, peer: string): Promise<Caller> {
    const { id, secret } = readToken(text)!;
    const found = accounts.token(id);
    const isRight = found !== undefined && isSecret(secret, found.token.hash) && (user ?? found.user) === found.user;
    if (!isRight) {
      await this.#turn(user ?? '', peer);
      throw this.#failed(user ?? '', peer, 'the token is not known');
    }
    const { expires } = found.token;
    if (expires !== undefined && expires <= this.#options.clock.now()) throw refused('the token has expired');
    return found.user;
  }

  async #turn(user: string, peer: string): Promise<void> {
    const never = new AbortController().signal;
    if (await this.#options.limiter.turn(user, peer, never)) return;
    throw new GrpcError(GrpcStatus.resourceExhausted, 'too many log-ins have failed; try again later');
  }

  #failed(user: string, peer: string, message: string): GrpcError {
    this.#options.limiter.failed(user, peer);
    this.#options.failed?.(user, peer);
    return refused(message);
  }

  #digest(user: string, password: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([user, password]))
      .digest('base64');
  }

  #remember(digest: string, hash: PasswordHash): void {
    this.#remembered.delete(digest);
    this.#remembered.set(digest, hash);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= MOST_REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
  }
}

function refused(message: string): GrpcError {
  return new GrpcError(GrpcStatus.unauthenticated, message);
}
