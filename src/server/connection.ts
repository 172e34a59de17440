/**
 * One client, from its greeting to its end.
 *
 *     greeting ──▶ (TLS) ──▶ proof of who it is ──▶ commands, one after the other ──▶ end
 *
 * A command's reply is whole before the next command is read. A command is an operation like those below it: it runs in the
 * event that brings its packet until it has to wait, which most never do. Whatever is wrong with a packet ends the connection
 * with an error packet; whatever is wrong with a statement ends the statement.
 */

import type { Socket } from 'node:net';
import { type Steps, waitFor } from '../repo/steps.ts';
import { LOCAL_USER } from '../sql/accounts/account.ts';
import type { Session } from '../sql/engine-session.ts';
import type { TypedValue } from '../sql/expressions/session-view.ts';
import type { ExecutedStatement } from '../sql/script-session.ts';
import { localFilesDisabled } from '../sql/session/local-file.ts';
import type { Process } from '../sql/session/processes.ts';
import { SessionAccess } from '../sql/session/session-access.ts';
import type { ResultSink } from '../sql/session/statement-result.ts';
import type { ParsedStatement } from '../sql/syntax/parse.ts';
import type { AccountName } from '../sql/types/account-name.ts';
import { SqlError } from '../sql/types/sql-error.ts';
import { Capability, CommandCode } from '../wire/capabilities.ts';
import { writeError } from '../wire/packets/error.ts';
import { OK, type SessionChange, writeOk } from '../wire/packets/ok.ts';
import { characterSetOfId, encodingOf, type TextEncoding } from '../wire/text-encoding.ts';
import { MalformedPacketError } from '../wire/wire-error.ts';
import { Channel } from './channel.ts';
import { errorPacket } from './client-error.ts';
import { ClientFile } from './client-file.ts';
import { hostOf } from './client-host.ts';
import { commandOf } from './commands.ts';
import { type Credentials, GREETING_COLLATION, LogIn } from './log-in.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { type ReplyScene, statusOf } from './reply.ts';
import { unknownCommand } from './server-error.ts';
import type { ServerScene } from './server-scene.ts';
import { SessionChanges } from './session-changes.ts';
import { withoutPasswords } from './shown-statement.ts';

/** Greatest packet before a client has proved who it is. */
const EARLY_PACKET = 1 << 16;
const NO_VARIABLES: ReadonlyMap<string, string> = new Map();

/** Node takes longer times for none. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type ConnectionState = 'connecting' | 'sleeping' | 'running';

/** As SHOW PROCESSLIST says it. */
const COMMANDS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connect',
  sleeping: 'Sleep',
  running: 'Query',
};

export class Connection implements ReplyScene {
  readonly id: number;
  readonly scene: ServerScene;
  readonly channel: Channel;
  readonly prepared = new PreparedStatements();
  readonly host: string;
  capabilities = 0;
  /** What the client says it can do, offered or not. */
  #said = 0;
  /** The file that the running statement takes from the client. */
  #file: ClientFile | undefined;
  user = '';
  attributes: ReadonlyMap<string, string> = new Map();
  state: ConnectionState = 'connecting';
  /** What runs, or the command's name; for SHOW PROCESSLIST. */
  doing: string | undefined;
  /** Milliseconds of the monotonic clock since which `state` holds. */
  since: number;
  #session: Session | undefined;
  #changes: SessionChanges | undefined;
  readonly #logIn: LogIn;
  #account: AccountName | undefined;
  /** The client is gone. */
  readonly #left = new AbortController();
  #isEnding = false;
  /** By the names of character sets, in the client's collation. */
  readonly #encodings = new Map<string, TextEncoding>();
  #collation = GREETING_COLLATION;

  constructor(id: number, socket: Socket, scene: ServerScene) {
    this.id = id;
    this.scene = scene;
    this.channel = new Channel(socket, EARLY_PACKET);
    const address = socket.remoteAddress;
    this.host = address === undefined ? 'localhost' : hostOf(address);
    // A socket file has no address, and is as good as TLS.
    const client = { host: this.host, isSecure: address === undefined, left: this.#left.signal };
    this.#logIn = new LogIn(id, this.channel, scene, client);
    this.since = scene.clock.monotonic();
    this.channel.onEnd = () => {
      this.#left.abort();
      this.#session?.interrupt();
    };
    this.channel.onIdle = () => {
      if (this.state !== 'running' || this.#file !== undefined) this.channel.destroy();
    };
    this.channel.writeTimeoutMs = () => scene.writeTimeoutMs ?? this.#timeoutMs('net_write_timeout');
    // Failed log-ins before this one may hold it back for some seconds of its time.
    this.channel.idleMs = 3 * Number(scene.engine.state.globals.text('connect_timeout')) * 1000;
  }

  get session(): Session {
    return this.#session!;
  }

  /** Serves the client until it leaves, or is told to. */
  async serve(): Promise<void> {
    try {
      if (await this.#enter()) await this.#commands();
      else this.scene.counts.refused++;
    } catch (error) {
      if (this.#session === undefined) this.scene.counts.refused++;
      else this.scene.counts.aborted++;
      await this.#refuse(error);
    } finally {
      this.prepared.clear();
      await this.#session?.close();
      this.channel.destroy();
    }
  }

  process(now: number): Process {
    return {
      id: this.id,
      user: this.user || 'unauthenticated user',
      host: this.host,
      database: this.#session?.database ?? null,
      command: COMMANDS[this.state],
      seconds: Math.floor((now - this.since) / 1000),
      statement: this.doing === undefined ? null : withoutPasswords(this.doing),
      attributes: this.attributes,
    };
  }

  /** KILL QUERY: the running statement ends. */
  interrupt(): void {
    if (this.state === 'running') this.#session?.interrupt();
  }

  /** KILL: the connection ends, after what runs was interrupted. */
  kill(): void {
    this.#isEnding = true;
    this.#session?.interrupt();
    if (this.state !== 'running') this.channel.destroy();
  }

  /** Graceful: the running statement ends in its own time, and the connection with it. */
  finish(): void {
    this.#isEnding = true;
    if (this.state !== 'running') this.channel.destroy();
  }

  async #refuse(error: unknown): Promise<void> {
    if (!this.channel.isOpen) return;
    this.channel.writer.abandon();
    writeError(this.channel.writer, errorPacket(error, this.scene.log));
    await this.channel.end();
  }

  // Greeting --------------------------------------------------------------------------------------------------------

  async #enter(): Promise<boolean> {
    const { channel } = this;
    const greeted = await this.#logIn.greet(this.#takesFiles());
    if (greeted === undefined) return false;
    const { response } = greeted;
    this.#said = response.capabilities;
    this.capabilities = greeted.capabilities;
    this.attributes = response.attributes;
    await this.logIn(response);
    await this.openSession(response.database, response.collation);
    await this.channel.flush();
    if ((this.capabilities & Capability.compress) !== 0) channel.compress();
    channel.maxPacket = this.session.state.variables.number('max_allowed_packet');
    return true;
  }

  /** Throws 1045 when the client does not prove to be that user, 1251 when it cannot, 3118 when the account is locked. */
  async logIn(credentials: Credentials): Promise<void> {
    const knowsPlugins = (this.capabilities & Capability.pluginAuthentication) !== 0;
    this.#account = await this.#logIn.prove(credentials, knowsPlugins);
    this.user = credentials.user;
  }

  #takesFiles(): boolean {
    return this.scene.engine.state.globals.text('local_infile') === 'ON';
  }

  /** Throws 3948 unless both sides agree to it: the command line on this machine could read the file by itself. */
  #openFile(path: string): ClientFile {
    const takesFiles = this.#takesFiles() || this.user === LOCAL_USER;
    if (!takesFiles || (this.#said & Capability.localFiles) === 0) throw localFilesDisabled();
    this.#file = new ClientFile(this.channel, path);
    this.channel.idleMs = this.#timeoutMs('net_read_timeout');
    return this.#file;
  }

  #timeoutMs(variable: string): number {
    return Math.min((this.#session?.state.variables.number(variable) ?? 0) * 1000, LONGEST_TIMER_MS);
  }

  /** A fresh session; replaces the one before. */
  async openSession(database: string | undefined, collation: number | undefined): Promise<void> {
    await this.#session?.close();
    this.prepared.clear();
    const loggedIn = { book: this.scene.accounts, account: this.#account!, host: this.host };
    const session = this.scene.engine.session({
      user: `${this.user}@${this.host}`,
      connectionId: this.id,
      access: (scene) => new SessionAccess(loggedIn, scene),
      openLocalFile: (path) => this.#openFile(path),
    });
    this.#session = session;
    this.#collation = collation ?? this.#collation;
    this.#encodings.clear();
    const names = characterSetOfId(this.#collation);
    for (const variable of ['character_set_client', 'character_set_results', 'character_set_connection']) {
      session.setVariable(variable, names.characterSet);
    }
    session.setVariable('collation_connection', names.collation);
    session.setVariables(this.scene.userVariables.get(this.user) ?? NO_VARIABLES);
    const start = database ?? this.scene.defaultDatabase;
    if (start !== undefined) session.state.selection.use(start);
    this.#changes = new SessionChanges(session);
    this.writeOk();
  }

  // Commands --------------------------------------------------------------------------------------------------------

  async #commands(): Promise<void> {
    this.#sleep(this.scene.clock.monotonic());
    const isGone = await this.channel.serve((payload) => {
      if (this.#isEnding || payload[0] === CommandCode.quit) return false;
      return this.session.drive(this.#command(payload));
    });
    if (isGone) this.scene.counts.aborted++;
  }

  #sleep(now: number): void {
    this.#enterState('sleeping', undefined, now);
    this.channel.idleMs = this.#patienceMs();
  }

  /** Runs a statement; a file that it takes from the client has come to its end before anything is answered. */
  *run(
    parsed: ParsedStatement,
    parameters: readonly TypedValue[] = [],
    results?: ResultSink,
  ): Steps<ExecutedStatement> {
    try {
      return yield* this.session.steps(parsed, parameters, results);
    } finally {
      if (this.#file !== undefined) yield* waitFor(this.#endFile(this.#file));
    }
  }

  async #endFile(file: ClientFile): Promise<void> {
    try {
      await file.drain();
    } finally {
      this.#file = undefined;
    }
  }

  /** How long the client may be silent: the least of the session's `wait_timeout` and the server's. */
  #patienceMs(): number {
    const ofSession = this.session.state.variables.number('wait_timeout') * 1000;
    return Math.min(ofSession, this.scene.readTimeoutMs || ofSession, LONGEST_TIMER_MS);
  }

  /**
   * Answers a command, and whether another may follow. A statement's error is told to the client; throws what is wrong with
   * the packet.
   */
  *#command(payload: Buffer): Steps<boolean> {
    const { metrics, clock, autoGc, busyPoll } = this.scene;
    let failed = false;
    let now = clock.monotonic();
    const pauseMs = now - this.since;
    this.#enterState('running', undefined, now);
    metrics.started();
    try {
      const run = commandOf(payload[0]);
      if (run === undefined) throw unknownCommand();
      const steps = run(this, payload);
      if (steps !== undefined) yield* steps;
    } catch (error) {
      failed = true;
      if (error instanceof MalformedPacketError) throw error;
      this.#fail(error);
    } finally {
      now = clock.monotonic();
      const seconds = (now - this.since) / 1000;
      metrics.ended(seconds, failed);
      if (this.doing !== undefined) this.#logStatement(this.doing, seconds);
    }
    const sent = this.channel.flush();
    if (sent !== undefined) {
      yield { until: sent };
      now = clock.monotonic();
    }
    autoGc?.look(now);
    if (this.#isEnding) return false;
    busyPoll?.answered(pauseMs);
    this.#sleep(now);
    return true;
  }

  #logStatement(statement: string, seconds: number): void {
    const { log, maxLoggedQueryLength, encodesLoggedQueries } = this.scene;
    const isSlow = seconds > this.session.state.variables.number('long_query_time');
    if (isSlow) this.#countSlow();
    else if (!log.isOn('debug')) return;
    const shown = withoutPasswords(statement);
    const text = maxLoggedQueryLength > 0 ? shown.slice(0, maxLoggedQueryLength) : shown;
    const query = encodesLoggedQueries ? Buffer.from(text).toString('base64') : text;
    const event = {
      connectionID: this.id,
      user: this.user,
      seconds: Number(seconds.toFixed(3)),
      query,
    };
    if (isSlow) log.warn('slow statement', event);
    else log.debug('statement', event);
  }

  #countSlow(): void {
    const { state } = this.session;
    state.statementCounts.slow++;
    state.engine.statementCounts.slow++;
  }

  #fail(error: unknown): void {
    this.channel.writer.abandon();
    writeError(this.channel.writer, errorPacket(error, this.scene.log));
  }

  #enterState(state: ConnectionState, doing: string | undefined, now: number): void {
    this.state = state;
    this.doing = doing;
    this.since = now;
  }

  /** A plain OK. */
  writeOk(): void {
    const packet = { affectedRows: 0, insertId: 0, status: statusOf(this.session, false), warnings: 0, info: '' };
    writeOk(this.channel.writer, { ...packet, changes: this.takeChanges() }, this.capabilities, OK);
  }

  takeChanges(): readonly SessionChange[] {
    if ((this.capabilities & Capability.sessionTracking) === 0) return [];
    return this.#changes?.take(this.session) ?? [];
  }

  /** How the client gets text: `character_set_results`. */
  encoding(): TextEncoding {
    return this.#encodingOf('character_set_results');
  }

  /** How the client sends text: `character_set_client`. */
  clientEncoding(): TextEncoding {
    return this.#encodingOf('character_set_client');
  }

  #encodingOf(variable: string): TextEncoding {
    const name = this.session.state.variables.text(variable);
    const known = this.#encodings.get(name);
    if (known !== undefined) return known;
    const encoding = encodingOf(name, this.#collation);
    if (encoding === undefined) {
      throw new SqlError(1231, '42000', `Variable '${variable}' can't be set to the value of '${name}'`);
    }
    this.#encodings.set(name, encoding);
    return encoding;
  }
}
