/**
 * How a client comes in: greeting ──▶ (TLS) ──▶ proof of who it is. It may be asked for that proof again, when it changes its
 * user.
 */
import { randomInt } from 'node:crypto';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Account } from '../sql/accounts/account.ts';
import { accountLocked, loginDenied } from '../sql/accounts/account-errors.ts';
import { Capability, ServerStatus } from '../wire/capabilities.ts';
import { CHALLENGE_BYTES, writeHandshake } from '../wire/packets/handshake.ts';
import { type HandshakeResponse, isTlsRequest, readHandshakeResponse } from '../wire/packets/handshake-response.ts';
import { MalformedPacketError } from '../wire/wire-error.ts';
import { authenticate } from './authenticate.ts';
import type { Channel } from './channel.ts';
import { tlsNeeded } from './server-error.ts';
import type { ServerScene } from './server-scene.ts';

/** utf8mb4_0900_bin does not fit into the greeting's byte: utf8mb4_0900_ai_ci. */
export const GREETING_COLLATION = 255;

const OFFERED =
  Capability.longPassword |
  Capability.foundRows |
  Capability.longFlag |
  Capability.connectWithDatabase |
  Capability.compress |
  Capability.protocol41 |
  Capability.interactive |
  Capability.transactions |
  Capability.secureConnection |
  Capability.multiStatements |
  Capability.multiResults |
  Capability.preparedMultiResults |
  Capability.pluginAuthentication |
  Capability.connectionAttributes |
  Capability.lengthCodedAuthentication |
  Capability.sessionTracking |
  Capability.deprecateEof;

/** What a greeting's answer and a change of user have in common. */
export type Credentials = Pick<HandshakeResponse, 'user' | 'authentication' | 'plugin'>;

export interface Greeted {
  readonly response: HandshakeResponse;
  /** What both sides can do. */
  readonly capabilities: number;
}

export class LogIn {
  readonly #connectionId: number;
  readonly #channel: Channel;
  readonly #scene: ServerScene;
  readonly #host: string;
  readonly #left: AbortSignal;
  #isSecure: boolean;
  #isTls = false;
  /** Of the greeting; a change of user is proved with it, too. */
  readonly #challenge = newChallenge();

  /** `host` as accounts name it; `isSecure`: nobody else can read along. `left` says that the client is gone. */
  constructor(
    connectionId: number,
    channel: Channel,
    scene: ServerScene,
    client: { readonly host: string; readonly isSecure: boolean; readonly left: AbortSignal },
  ) {
    this.#connectionId = connectionId;
    this.#channel = channel;
    this.#scene = scene;
    this.#host = client.host;
    this.#isSecure = client.isSecure;
    this.#left = client.left;
  }

  /** Undefined when the client leaves. Throws 3159 where TLS is wanted and does not come. */
  async greet(takesFiles: boolean): Promise<Greeted | undefined> {
    const scene = this.#scene;
    const tls = scene.tls === undefined ? 0 : Capability.ssl;
    const offered = scene.refusesMultiStatements ? OFFERED & ~Capability.multiStatements : OFFERED;
    const capabilities = (offered | tls | (takesFiles ? Capability.localFiles : 0)) >>> 0;
    writeHandshake(this.#channel.writer, {
      serverVersion: scene.serverVersion,
      connectionId: this.#connectionId,
      challenge: this.#challenge,
      capabilities,
      collation: GREETING_COLLATION,
      status: ServerStatus.autocommit,
      plugin: scene.defaultPlugin,
    });
    const response = await this.#response(capabilities);
    if (response === undefined) return undefined;
    if (scene.requiresTls() && !this.#isSecure) throw tlsNeeded();
    return { response, capabilities: (response.capabilities & capabilities) >>> 0 };
  }

  async #response(capabilities: number): Promise<HandshakeResponse | undefined> {
    const channel = this.#channel;
    let payload = await channel.receiveAnswer();
    const { tls } = this.#scene;
    if (payload !== undefined && tls !== undefined && isTlsRequest(payload)) {
      const sequence = channel.writer.sequence;
      const context = createSecureContext(tls);
      const isSecure = await channel.startTls(
        (socket) =>
          new TLSSocket(socket, {
            isServer: true,
            secureContext: context,
            requestCert: tls.requiresClientCertificate,
            rejectUnauthorized: tls.requiresClientCertificate,
          }),
      );
      if (!isSecure) return undefined;
      this.#isSecure = true;
      this.#isTls = true;
      channel.writer.sequence = sequence;
      payload = await channel.receiveAnswer();
    } else if (payload !== undefined && isTlsRequest(payload) && (capabilities & Capability.ssl) === 0) {
      throw new MalformedPacketError('TLS was not offered');
    }
    return payload === undefined ? undefined : readHandshakeResponse(payload);
  }

  /**
   * The account that the client proves to be. Throws 1045 when it does not, 1251 when it cannot, 3118 when the account is
   * locked.
   */
  async prove({ user, authentication, plugin }: Credentials, knowsPlugins: boolean): Promise<Account> {
    const { limiter, accounts, decoys, keys } = this.#scene;
    const host = this.#host;
    const denied = loginDenied({ user, host }, authentication.length > 0);
    if (!(await limiter.turn(user, host, this.#left))) throw denied;
    const account = accounts.find(user, host);
    const claim = {
      plugin,
      knowsPlugins,
      challenge: this.#challenge,
      answer: authentication,
      isSecure: this.#isSecure,
      decoy: decoys.pluginOf(user),
    };
    const isProven = await authenticate(this.#channel, account, claim, keys);
    if (!isProven || account === undefined || !this.#suits(account)) {
      limiter.failed(user, host);
      this.#scene.log.warn('Error authenticating user', { connectionID: this.#connectionId, user, host });
      throw denied;
    }
    if (account.isLocked) throw accountLocked({ user, host });
    limiter.succeeded(user, host);
    return account;
  }

  /** Whether the connection is of the kind that the account wants. Certificates of clients are not compared. */
  #suits({ transport }: Account): boolean {
    return transport === '' || (transport === 'ANY' && this.#isTls);
  }
}

/** The first character of a challenge, and how many there are: those of ASCII that are seen. */
const FIRST_CHARACTER = 0x21;
const CHARACTERS = 94;

/** Random, as text: some clients take it for that, and for its end a zero. */
function newChallenge(): Buffer {
  return Buffer.from(Array.from({ length: CHALLENGE_BYTES }, () => FIRST_CHARACTER + randomInt(CHARACTERS)));
}
