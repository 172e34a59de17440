/** Connections to servers of MySQL's protocol. */
import { connect as connectSocket, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { DoltError } from '../../base/errors.ts';
import { Client, type ClientTls, type LogIn } from '../../wire/client.ts';

/** How long a server may take to let us in. */
const LOG_IN_MS = 10_000;

export class NobodyListens extends DoltError {}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Logs in. Throws `unavailable` when nobody listens or answers in time, and the server's `SqlError`. */
export async function connect(address: Address, logIn: LogIn): Promise<Client> {
  const name = `${address.host}:${address.port}`;
  const socket = connectSocket(address);
  const timer = setTimeout(() => socket.destroy(new Error(`no answer in ${LOG_IN_MS / 1000} seconds`)), LOG_IN_MS);
  try {
    await connected(socket);
    socket.setNoDelay(true);
    return await Client.open(socket, logIn);
  } catch (cause) {
    if (cause instanceof DoltError) throw cause;
    throw new NobodyListens('unavailable', `cannot connect to ${name}: ${reasonOf(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** With several addresses of a name, each has failed for a reason of its own. */
function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return first instanceof Error ? first.message : String(first);
}

async function connected(socket: Socket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
}

export interface TlsOptions {
  readonly isRequired: boolean;
  readonly rejectUnauthorized: boolean;
  /** The name that the certificate has to be for. */
  readonly host?: string;
}

export function tls({ isRequired, rejectUnauthorized, host }: TlsOptions): ClientTls {
  // An address is no name that TLS could ask for.
  const name = host === undefined || isIP(host) !== 0 ? {} : { servername: host };
  return {
    isRequired,
    async start(stream: Duplex): Promise<Duplex> {
      const secure = connectTls({
        socket: stream,
        rejectUnauthorized,
        ...(host === undefined ? {} : { host }),
        ...name,
      });
      await new Promise<void>((resolve, reject) => {
        secure.once('secureConnect', resolve);
        secure.once('error', reject);
      });
      return secure;
    },
  };
}
