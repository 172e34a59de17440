/** The configuration file of a server: every key is known, has its kind, and does something or is said to do nothing. */
import { get } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { serverConfig } from '../../src/server/config.ts';
import { withEnvironment } from '../../src/service/with-environment.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { realTime } from './real-time.ts';
import { errnoOf, type Served, serve } from './served-accounts.ts';

test('what is not said has its default', () => {
  const { config, notes } = serverConfig(null);
  expect(config).toMatchObject({
    host: 'localhost',
    port: 3306,
    socket: '/tmp/mysql.sock',
    logLevel: 'info',
    maxConnections: 1000,
    isReadOnly: false,
  });
  expect(config.metricsPort).toBeUndefined();
  expect(notes).toEqual([]);
});

test('what is said is taken', () => {
  const { config } = serverConfig({
    log_level: 'WARNING',
    behavior: { read_only: true, autocommit: false },
    listener: { host: '0.0.0.0', port: 0, socket: '/run/s', tls_key: 'k', tls_cert: 'c', max_connections: null },
    metrics: { port: 9091, labels: { process: 7 } },
    system_variables: { max_allowed_packet: 1024, autocommit: false },
  });
  expect(config).toMatchObject({ logLevel: 'warning', isReadOnly: true, autocommit: false, port: 0, socket: '/run/s' });
  expect(config).toMatchObject({ tlsKey: 'k', tlsCert: 'c', maxConnections: 1000, metricsPort: 9091 });
  expect([...config.metricsLabels]).toEqual([['process', '7']]);
  expect([...config.variables]).toEqual([
    ['max_allowed_packet', '1024'],
    ['autocommit', '0'],
  ]);
});

test('a socket file is at its default place where none is named, and the host is this machine', () => {
  const socket = (listener: object) => serverConfig({ listener }).config.socket;
  expect(socket({ host: 'localhost' })).toBe('/tmp/mysql.sock');
  expect(socket({ host: '127.0.0.1' })).toBeUndefined();
  expect(socket({ host: '127.0.0.1', socket: '' })).toBe('/tmp/mysql.sock');
  expect(socket({ socket: 'here.sock' })).toBe('here.sock');
});

describe('refused', () => {
  test.each([
    [{ listener: { prot: 3306 } }, "unknown key 'listener.prot'; did you mean 'listener.port'?"],
    [{ listener: { port: 'x' } }, 'listener.port has to be a whole number, not "x"'],
    [{ listener: { port: 70_000 } }, 'listener.port has to be a port, not 70000'],
    [{ behavior: { read_only: 'yes' } }, 'behavior.read_only has to be true or false, not "yes"'],
    [{ log_level: 'loud' }, 'log_level has to be one of trace, debug, info, warning, error, fatal'],
    [{ listener: [] }, 'listener has to be a list of keys with values'],
    [{ cluster: { standby_remotes: [] } }, 'cluster: servers replicate through a remote'],
    [{ metrics: { tls_ca: 'ca.pem' } }, 'metrics.tls_ca: certificates of clients are not asked for'],
    [{ user_session_vars: { ada: {} } }, 'user_session_vars has to be a list of users, each with name and vars'],
    [{ user_session_vars: [{ name: 'ada', var: {} }] }, 'user_session_vars has to be a list of users'],
    [
      { behavior: { event_scheduler: 'sometimes' } },
      "the configuration's behavior.event_scheduler has to be one of ON, OFF, DISABLED, not 'sometimes'",
    ],
    [{ remotesapi: { prot: 8000 } }, "unknown key 'remotesapi.prot'; did you mean 'remotesapi.port'?"],
  ])('%j', (file, reason) => {
    expect(() => serverConfig(file)).toThrow(reason);
  });
});

test('keys of the original that change nothing are said', () => {
  const { notes } = serverConfig({
    behavior: { auto_gc_behavior: { archive_level: 1, incremental_file_size: 0 } },
    listener: { allow_cleartext_passwords: false },
    performance: { query_parallelism: 5 },
  });
  expect(notes).toEqual([
    'behavior.auto_gc_behavior.archive_level has no effect: what is kept is written as table files',
    'performance.query_parallelism has no effect: Dolt ignores it, too',
  ]);
});

const TLS = new URL('../../fixtures/tls/', import.meta.url).pathname;

/** A place in the text for a variable, as the file writes it. */
const placed = (name: string): string => `$\{${name}}`;

test('environment variables', () => {
  expect(withEnvironment(`host: ${placed('HOST')} $$5`, { HOST: 'h' })).toBe('host: h $5');
  expect(() => withEnvironment(placed('NOPE'), {})).toThrow('needs the environment variable NOPE, which is not set');
  expect(() => withEnvironment(placed('1x'), {})).toThrow('names no environment variable');
  expect(() => withEnvironment(placed('HOST').slice(0, -1), { HOST: 'h' })).toThrow('names no environment variable');
});

describe('what a server does of it', () => {
  let served: Served | undefined;
  afterEach(async () => {
    await served?.stop();
    served = undefined;
  });

  test('disable_client_multi_statements', async () => {
    served = await serve({ behavior: { disable_client_multi_statements: true } });
    const client = await served.client({ multipleStatements: true });
    expect(await errnoOf(client.query('select 1; select 2'))).toBe(1064);
    expect((await client.query('select 1 as n'))[0]).toEqual([{ n: 1 }]);
  });

  test('user_session_vars: sessions of a user begin with them, after a change of user too', async () => {
    const variables = { sql_select_limit: 2, autocommit: false };
    served = await serve({ config: { user_session_vars: [{ name: 'ada', vars: variables }] } });
    const root = await served.client();
    await root.query('create user ada');
    const asked = 'select @@sql_select_limit as n, @@autocommit as a';
    const ada = await served.client({ user: 'ada' });
    expect((await ada.query(asked))[0]).toEqual([{ n: 2, a: 0 }]);
    await root.changeUser({ user: 'ada' });
    expect((await root.query(asked))[0]).toEqual([{ n: 2, a: 0 }]);
    await ada.changeUser({ user: 'root' });
    expect((await ada.query('select @@autocommit as a'))[0]).toEqual([{ a: 1 }]);
  });

  test('user_session_vars that no session could take are refused', async () => {
    const wrong = { user_session_vars: [{ name: 'ada', vars: { no_such_variable: 1 } }] };
    await expect(serve({ config: wrong })).rejects.toThrow('no_such_variable');
  });

  test('metrics.tls_key and tls_cert: metrics and health are HTTPS', async () => {
    const metrics = { host: '127.0.0.1', port: 0, tls_key: `${TLS}key.pem`, tls_cert: `${TLS}cert.pem` };
    served = await serve({ config: { metrics } });
    const status = await new Promise((resolve, reject) => {
      const options = { port: served!.running.httpPort, path: '/healthz', rejectUnauthorized: false };
      get({ host: '127.0.0.1', ...options }, (response) => resolve(response.statusCode)).on('error', reject);
    });
    expect(status).toBe(200);
    await served.stop();
    served = undefined;
    await expect(serve({ config: { metrics: { port: 0, tls_key: `${TLS}key.pem` } } })).rejects.toThrow(
      'metrics.tls_key and metrics.tls_cert',
    );
  });

  test('back_log: a client waits until another leaves, for so long; one more is refused', async () => {
    const environment = {
      ...memoryEnvironment(),
      timers: realTime.timers,
    };
    const listener = { max_connections: 1, back_log: 1, max_connections_timeout_millis: 3000 };
    served = await serve({ environment, listener });
    const first = await served.client();
    const waiting = served.client();
    await sleep(200);
    expect(await errnoOf(served.client())).toBe(1040);
    await first.end();
    const second = await waiting;
    expect((await second.query('select 1 as n'))[0]).toEqual([{ n: 1 }]);
    const began = performance.now();
    expect(await errnoOf(served.client())).toBe(1040);
    expect(performance.now() - began).toBeGreaterThan(2000);
  });
});
