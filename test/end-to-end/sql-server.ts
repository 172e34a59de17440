/** A `dolt sql-server` as a process of its own on loopback, and clients of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, connect as netConnect } from 'node:net';
import { SqlError } from '../../src/sql/types/sql-error.ts';
import { Client } from '../../src/wire/client.ts';
import { dolt, type Scratch } from './command-line.ts';

export class ServerProcess {
  readonly port: number;
  readonly httpPort: number;
  /** What it wrote on standard error. */
  log: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number, httpPort: number, log: string) {
    this.#child = child;
    this.port = port;
    this.httpPort = httpPort;
    this.log = log;
    child.stderr?.on('data', (text: string) => {
      this.log += text;
    });
  }

  /** Serves the repository in `directory`; ports are free ones unless told. `listener` has more keys of the configuration. */
  static async start(
    scratch: Scratch,
    directory: string,
    ports = { mysql: 0, http: 0 },
    listener: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> {
    const config = scratch.path(`${directory.replaceAll('/', '-')}.yaml`);
    writeFileSync(
      config,
      // JSON is YAML.
      JSON.stringify({
        listener: { host: '127.0.0.1', port: ports.mysql, ...listener },
        metrics: { host: '127.0.0.1', port: ports.http },
      }),
    );
    const child = spawn(dolt, ['sql-server', '--config', config], {
      cwd: scratch.path(directory),
      env: scratch.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let log = '';
    return await new Promise((resolve, reject) => {
      let isReady = false;
      const look = (): void => {
        if (isReady) return;
        const port = /HP="[^"]*:(\d+)"/.exec(out)?.[1];
        const http = /health: http:\/\/[^ :]*:(\d+)/.exec(log)?.[1];
        if (port === undefined || http === undefined || !log.includes('Server ready')) return;
        isReady = true;
        child.off('exit', ended);
        resolve(new ServerProcess(child, Number(port), Number(http), log));
      };
      const ended = (): void => reject(new Error(`the server ended: ${out}${log}`));
      child.once('exit', ended);
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
        look();
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (!isReady) log += text;
        look();
      });
    });
  }

  session(): Promise<Session> {
    return Session.open(this.port);
  }

  /** Statements in a session of their own; rows of the last. */
  async rows(...statements: readonly string[]): Promise<readonly (string | null)[][]> {
    const session = await this.session();
    try {
      let rows: readonly (string | null)[][] = [];
      for (const statement of statements) rows = await session.rows(statement);
      return rows;
    } finally {
      session.close();
    }
  }

  /** The server's error. */
  async error(statement: string): Promise<SqlError> {
    try {
      await this.rows(statement);
    } catch (error) {
      if (error instanceof SqlError) return error;
      throw error;
    }
    throw new Error(`no error: ${statement}`);
  }

  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.httpPort}${path}`);
    return { status: response.status, text: await response.text() };
  }

  /** Stops it in its tracks, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  /** Ends it, and waits until it has. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill(signal);
    await ended;
  }
}

/** One connection. */
export class Session {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(port: number): Promise<Session> {
    const socket = netConnect({ host: '127.0.0.1', port });
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Session(await Client.open(socket, { user: 'root', password: '', database: 'shop', isSecure: true }));
  }

  async rows(statement: string): Promise<readonly (string | null)[][]> {
    const found: (string | null)[][] = [];
    for await (const result of this.#client.query(statement)) {
      if (result.kind !== 'rows') continue;
      found.length = 0;
      for await (const row of result.rows) found.push(row.map((value) => value?.toString('utf8') ?? null));
    }
    return found;
  }

  close(): void {
    this.#client.close();
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
