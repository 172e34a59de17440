/** A running server: listens, admits clients, and ends in good order. */
import { createServer, type Server as Listener, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import type { Clock, Timers } from '../base/environment.ts';
import type { ServerLog } from '../service/log.ts';
import { LoginLimiter } from '../service/login-limiter.ts';
import { type AuthenticationPlugin, DEFAULT_PLUGIN } from '../sql/accounts/account.ts';
import type { AccountBook } from '../sql/accounts/account-book.ts';
import type { Engine } from '../sql/engine.ts';
import type { Process, Processes } from '../sql/session/processes.ts';
import { RecentStatements } from '../sql/session/recent-statements.ts';
import { SqlError } from '../sql/types/sql-error.ts';
import { PacketWriter } from '../wire/packet-writer.ts';
import { writeError } from '../wire/packets/error.ts';
import { authenticationKeys } from './authentication-keys.ts';
import type { AutoGc } from './auto-gc.ts';
import { BusyPoll } from './busy-poll.ts';
import { Connection } from './connection.ts';
import { ConnectionCounts } from './connection-counts.ts';
import { Decoys } from './decoy.ts';
import type { EventScheduler } from './event-scheduler.ts';
import type { ServerMetrics } from './metrics.ts';
import { tooManyConnections } from './server-error.ts';
import type { ServerScene, TlsFiles } from './server-scene.ts';
import { sharedReads } from './shared-reads.ts';
import { WaitingRoom } from './waiting-room.ts';

export interface ServerOptions {
  readonly engine: Engine;
  readonly accounts: AccountBook;
  readonly clock: Clock;
  readonly log: ServerLog;
  readonly metrics: ServerMetrics;
  readonly readTimeoutMs?: number | undefined;
  readonly writeTimeoutMs?: number | undefined;
  readonly refusesMultiStatements?: boolean | undefined;
  readonly encodesLoggedQueries?: boolean | undefined;
  /** Clients that wait for another to leave, and for how many milliseconds; none unless told. */
  readonly waitingConnections?: number | undefined;
  readonly waitForConnectionMs?: number | undefined;
  readonly maxLoggedQueryLength?: number | undefined;
  readonly userVariables?: ServerScene['userVariables'] | undefined;
  /** Selected when a client names no database. */
  readonly defaultDatabase?: string | undefined;
  readonly defaultPlugin?: AuthenticationPlugin | undefined;
  readonly tls?: TlsFiles | undefined;
  readonly autoGc?: AutoGc | undefined;
  readonly events?: EventScheduler | undefined;
}

/** What clients are told: some decide by it what they may ask for. */
const SERVER_VERSION = '8.0.33-dolt-ts';

export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

export class Server implements ServerScene, Processes {
  readonly engine: Engine;
  readonly accounts: AccountBook;
  readonly decoys: Decoys;
  readonly limiter: LoginLimiter;
  readonly clock: Clock;
  readonly log: ServerLog;
  readonly metrics: ServerMetrics;
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number | undefined;
  readonly refusesMultiStatements: boolean;
  readonly encodesLoggedQueries: boolean;
  readonly maxLoggedQueryLength: number;
  readonly userVariables: ServerScene['userVariables'];
  readonly serverVersion = SERVER_VERSION;
  readonly defaultDatabase: string | undefined;
  readonly defaultPlugin: AuthenticationPlugin;
  readonly tls: TlsFiles | undefined;
  readonly autoGc: AutoGc | undefined;
  readonly busyPoll = availableParallelism() > 1 ? new BusyPoll() : undefined;
  readonly #listeners: Listener[] = [];
  readonly #waitingRoom: WaitingRoom;
  readonly #connections = new Map<number, Connection>();
  readonly #serving = new Set<Promise<void>>();
  readonly counts = new ConnectionCounts();
  readonly #events: EventScheduler | undefined;
  readonly #start: number;
  readonly keys = authenticationKeys();
  readonly statements = new RecentStatements();

  constructor(options: ServerOptions) {
    this.engine = options.engine;
    this.accounts = options.accounts;
    this.decoys = new Decoys(options.accounts);
    this.limiter = new LoginLimiter(options.clock, options.engine.state.timers);
    this.clock = options.clock;
    this.log = options.log;
    this.metrics = options.metrics;
    this.readTimeoutMs = options.readTimeoutMs ?? 0;
    this.writeTimeoutMs = options.writeTimeoutMs;
    this.refusesMultiStatements = options.refusesMultiStatements ?? false;
    this.encodesLoggedQueries = options.encodesLoggedQueries ?? false;
    this.#waitingRoom = new WaitingRoom(options.engine.state.timers, {
      seats: options.waitingConnections ?? 0,
      patienceMs: options.waitForConnectionMs ?? 0,
    });
    this.maxLoggedQueryLength = options.maxLoggedQueryLength ?? 0;
    this.userVariables = options.userVariables ?? new Map();
    this.defaultDatabase = options.defaultDatabase;
    this.defaultPlugin = options.defaultPlugin ?? DEFAULT_PLUGIN;
    this.tls = options.tls;
    this.autoGc = options.autoGc;
    this.#events = options.events;
    this.#start = options.clock.monotonic();
    this.engine.state.eventRuns = options.events;
    this.engine.state.processes = this;
  }

  list(): readonly Process[] {
    const now = this.clock.monotonic();
    const clients = Array.from(this.#connections.values(), (connection) => connection.process(now));
    return [...(this.#events?.processes(now) ?? []), ...clients];
  }

  status(id: number | undefined): Readonly<Record<string, string | number>> {
    const own = id === undefined ? undefined : this.#connections.get(id);
    return { ...this.counts.status(this.#connections, own), Uptime: Math.floor(this.uptimeSeconds()) };
  }

  connections(): ReadonlyMap<number, Connection> {
    return this.#connections;
  }

  uptimeSeconds(): number {
    return (this.clock.monotonic() - this.#start) / 1000;
  }

  requiresTls(): boolean {
    return this.engine.state.globals.text('require_secure_transport') === 'ON';
  }

  kill(id: number, queryOnly: boolean): void {
    const connection = this.#connections.get(id);
    if (connection === undefined && this.#events?.kill(id)) return;
    if (connection === undefined) throw new SqlError(1094, 'HY000', `Unknown thread id: ${id}`, 'notFound');
    if (queryOnly) connection.interrupt();
    else connection.kill();
  }

  /** Answers the endpoint as it is: a port of 0 is a free one. Rejects when it cannot be had. */
  async listen(endpoint: Endpoint): Promise<Endpoint> {
    const listener = createServer((socket) => this.#admit(sharedReads(socket)));
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(endpoint, resolve);
    });
    listener.on('error', (error) => this.log.warn('listening failed', { error: error.message }));
    this.#listeners.push(listener);
    const address = listener.address();
    return address !== null && typeof address === 'object' ? { host: address.address, port: address.port } : endpoint;
  }

  #admit(socket: Socket): void {
    if (this.#hasRoom()) this.#serve(socket);
    else void this.#admitLater(socket);
  }

  #hasRoom(): boolean {
    return this.#connections.size < Number(this.engine.state.globals.text('max_connections'));
  }

  async #admitLater(socket: Socket): Promise<void> {
    socket.on('error', () => {});
    const left = new AbortController();
    const leave = (): void => left.abort();
    socket.once('close', leave);
    const isLetIn = await this.#waitingRoom.wait(left.signal);
    socket.off('close', leave);
    if (left.signal.aborted) return;
    if (isLetIn && this.#hasRoom()) {
      this.#serve(socket);
      return;
    }
    const writer = new PacketWriter();
    writeError(writer, tooManyConnections());
    socket.end(writer.take());
  }

  #serve(socket: Socket): void {
    const connection = new Connection(this.engine.state.nextConnection(), socket, this);
    this.#connections.set(connection.id, connection);
    this.counts.began(this.#connections.size);
    this.metrics.connected();
    this.log.debug('client connected', { connectionID: connection.id, host: connection.host });
    const serving = connection.serve().finally(() => {
      this.counts.ended(connection);
      this.metrics.disconnected();
      this.log.debug('client left', { connectionID: connection.id });
      this.#connections.delete(connection.id);
      this.#serving.delete(serving);
      this.#waitingRoom.callNext();
    });
    this.#serving.add(serving);
  }

  /** Takes no more clients, lets what runs end, and closes. What still runs after `graceMs` is interrupted. */
  async stop(graceMs: number, timers: Timers): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    this.#waitingRoom.close();
    for (const connection of this.#connections.values()) connection.finish();
    this.#events?.finish();
    await this.autoGc?.stop();
    const late = new AbortController();
    const ended = (): Promise<unknown> => Promise.all([...this.#serving, this.#events?.ended()]);
    await Promise.race([ended(), timers.sleep(graceMs, late.signal).catch(() => {})]);
    late.abort();
    for (const connection of this.#connections.values()) connection.kill();
    this.#events?.interrupt();
    await ended();
  }
}
