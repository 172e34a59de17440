/** The server that clients meet, one for each test file, and how their programs are run against it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type Outcome, outcomeOf, repositoryRoot, Scratch } from '../end-to-end/command-line.ts';
import { ServerProcess } from '../end-to-end/sql-server.ts';
import { type Check, COLUMNS, ERRORS, EXPECTED, NUMBERS, normal, rowsOf } from './scenario.ts';

const TLS = fileURLToPath(new URL('../../fixtures/tls/', import.meta.url));
const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));
/** Where `install.sh` puts what no package manager of the system has. */
const INSTALLED = `${repositoryRoot}/node_modules/.cache/clients`;

export const program = (name: string): string => PROGRAMS + name;
export const installed = (name: string): string => `${INSTALLED}/${name}`;

/** Says why, where a client is not here; undefined where it is. `needed` are paths, or names of commands. */
export function missing(client: string, ...needed: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':');
  const isThere = (name: string): boolean =>
    name.includes('/') ? existsSync(name) : folders.some((folder) => existsSync(`${folder}/${name}`));
  const lacking = needed.filter((name) => !isThere(name));
  if (lacking.length === 0) return undefined;
  const reason = `left out: ${client} is not installed (no ${lacking.join(', ')}); see test/clients/install.sh`;
  console.warn(reason);
  return reason;
}

/** Runs a command to its end. */
export async function run(
  command: string,
  args: readonly string[],
  input = '',
  where: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  return await outcomeOf(spawn(command, args, { ...where, stdio: ['pipe', 'pipe', 'pipe'] }), input);
}

/** What a client's program saw, by check; a check that threw has its message. */
export type Seen = ReadonlyMap<string, readonly (readonly (string | null)[])[] | string>;

export class ClientServer {
  readonly scratch: Scratch;
  readonly server: ServerProcess;
  readonly socket: string;
  readonly certificate = `${TLS}cert.pem`;

  private constructor(scratch: Scratch, server: ServerProcess, socket: string) {
    this.scratch = scratch;
    this.server = server;
    this.socket = socket;
  }

  /** A repository `shop` with the tables of the scenario, and its accounts. */
  static async start(): Promise<ClientServer> {
    const scratch = new Scratch();
    try {
      scratch.directory('data');
      scratch.repository('data/shop');
      const socket = scratch.path('mysql.sock');
      const listener = { socket, tls_key: `${TLS}key.pem`, tls_cert: `${TLS}cert.pem` };
      const server = await ServerProcess.start(scratch, 'data', undefined, listener);
      const served = new ClientServer(scratch, server, socket);
      await server.rows(...SCENE);
      return served;
    } catch (error) {
      scratch.remove();
      throw error;
    }
  }

  get port(): number {
    return this.server.port;
  }

  async stop(): Promise<void> {
    await this.server.end();
    this.scratch.remove();
    expect(this.server.log).not.toContain('a bug');
  }

  /** Runs a program on the scenario (its form: see `scenario.ts`). */
  async play(command: string, ...args: readonly string[]): Promise<Seen> {
    const { status, out, err } = await run(command, args, this.#scenario());
    expect({ status, err }).toMatchObject({ status: 0 });
    return seenIn(out.split('\n'));
  }

  #scenario(): string {
    return [
      ['host', '127.0.0.1'],
      ['port', String(this.port)],
      ['socket', this.socket],
      ['certificate', this.certificate],
      ['columns', ...COLUMNS.map(({ binding }) => binding)],
      ...rowsOf(COLUMNS).map((row) => ['row', ...row]),
      ...ERRORS.map(([statement]) => ['error', statement]),
    ]
      .map((fields) => `${fields.map((field) => (field === null ? '\\N' : encodeURIComponent(field))).join('\t')}\n`)
      .join('');
  }
}

function seenIn(lines: readonly string[]): Seen {
  const seen = new Map<string, (string | null)[][] | string>();
  for (const line of lines) {
    const [kind, check = '', ...fields] = line
      .split('\t')
      .map((field) => (field === '\\N' ? null : decodeURIComponent(field)));
    const known = seen.get(check ?? '');
    if (kind === 'failed') seen.set(check!, `threw: ${fields[0]}`);
    else if (kind === 'got' && typeof known !== 'string') seen.set(check!, [...(known ?? []), fields]);
  }
  return seen;
}

/** The check did not throw, and saw what it must see. `misread`: values that the client makes something else of. */
export function expectSeen(seen: Seen, check: Check, misread: Readonly<Record<string, string>> = {}): void {
  const got = seen.get(check);
  if (check !== 'text' && check !== 'binary') {
    expect(got).toEqual(EXPECTED[check]);
    return;
  }
  if (got === undefined || typeof got === 'string')
    throw new Error(`${check}: ${got ?? 'the program has no such check'}`);
  const normalRow = (row: readonly (string | null)[]) => row.map((value, at) => normal(value, COLUMNS[at]!.binding));
  const expected = rowsOf(COLUMNS).map((row) => row.map((value) => misread[value ?? ''] ?? value));
  expect(got.map(normalRow)).toEqual(expected.map(normalRow));
}

const columns = COLUMNS.map(({ declared }, at) => `c${at} ${declared}`).join(', ');
const numbers = Array.from({ length: NUMBERS }, (_, at) => `(${at + 1})`).join();

const SCENE: readonly string[] = [
  `create table kinds (id int primary key, ${columns})`,
  'create table numbers (id int primary key)',
  `insert into numbers values ${numbers}`,
  'create table big (id int primary key, b longblob)',
  'create table moments (id int primary key, at datetime(6))',
  'create table accounts (id int primary key)',
  "create user ada@localhost identified with caching_sha2_password by 'geheim é'",
  "create user bob@localhost identified with caching_sha2_password by 'geheim é'",
  "create user old@localhost identified with mysql_native_password by 'secret'",
  "create user guard@localhost identified by 'secret' require ssl",
  'grant all on shop.* to ada@localhost, bob@localhost, old@localhost, guard@localhost',
];
