/** The socket file of a server, as clients of this machine and other servers meet it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Served, serve } from './served-accounts.ts';

let folder: string;
let path: string;
let served: Served[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolt-socket-'));
  path = join(folder, 'mysql.sock');
  served = [];
});

afterEach(async () => {
  for (const each of served) await each.stop();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<Served> {
  const each = await serve({ listener: { socket: path } });
  served.push(each);
  return each;
}

async function variable(name: string): Promise<unknown> {
  const client = await createConnection({ socketPath: path, user: 'root' });
  const [rows] = await client.query(`select @@${name} as v`);
  await client.end();
  return (rows as { v: unknown }[])[0]?.v;
}

const warning = () => `unix socket set up failed: file already in use: ${path}`;

test('goes with its server', async () => {
  await start();
  expect(await variable('socket')).toBe(path);
  await served.pop()?.stop();
  expect(existsSync(path)).toBe(false);
});

test('that another server listens on stays its own: the second one is without', async () => {
  const first = await start();
  const second = await start();
  expect(second.running.endpoints).toHaveLength(1);
  expect(second.logged.join('\n')).toContain(warning());
  await served.pop()?.stop();
  const [endpoint] = first.running.endpoints;
  expect(await variable('port')).toBe((endpoint as { port: number }).port);
});

test('is not made over a file of another kind', async () => {
  writeFileSync(path, 'mine');
  const { logged, running } = await start();
  expect(running.endpoints).toHaveLength(1);
  expect(logged.join('\n')).toContain(warning());
  await served.pop()?.stop();
  expect(lstatSync(path).size).toBe(4);
});

test('that a killed server left behind is replaced', async () => {
  const listen = 'require("node:net").createServer().listen(process.argv[1], () => console.log("up"))';
  const killed = spawn(process.execPath, ['-e', listen, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(killed.stdout, 'data');
  const exit = once(killed, 'exit');
  killed.kill('SIGKILL');
  await exit;
  expect(lstatSync(path).isSocket()).toBe(true);
  const { logged } = await start();
  expect(logged.join('\n')).not.toContain('unix socket');
  expect(await variable('socket')).toBe(path);
});

test('that cannot be made, where it was asked for, keeps a server from starting', async () => {
  path = join(folder, 'missing', 'mysql.sock');
  await expect(start()).rejects.toThrow(`cannot listen on ${path}`);
});
