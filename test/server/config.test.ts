/** The configuration file of a server: every key is known, has its kind, and does something or is said to do nothing. */
import { describe, expect, test } from 'vitest';
import { serverConfig, withEnvironment } from '../../src/server/config.ts';

test('what is not said has its default', () => {
  const { config, notes } = serverConfig(null);
  expect(config).toMatchObject({
    host: 'localhost',
    port: 3306,
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

describe('refused', () => {
  test.each([
    [{ listener: { prot: 3306 } }, "unknown key 'listener.prot'; did you mean 'listener.port'?"],
    [{ listener: { port: 'x' } }, 'listener.port has to be a whole number, not "x"'],
    [{ listener: { port: 70_000 } }, 'listener.port has to be a port, not 70000'],
    [{ behavior: { read_only: 'yes' } }, 'behavior.read_only has to be true or false, not "yes"'],
    [{ log_level: 'loud' }, 'log_level has to be one of trace, debug, info, warning, error, fatal'],
    [{ listener: [] }, 'listener has to be a list of keys with values'],
    [{ cluster: { standby_remotes: [] } }, 'cluster: servers replicate through a remote'],
    [{ remotesapi: { port: 8000 } }, 'remotesapi: serving databases to clone, fetch and push is not supported yet'],
  ])('%j', (file, reason) => {
    expect(() => serverConfig(file)).toThrow(reason);
  });
});

test('keys of the original that change nothing are said', () => {
  const { notes } = serverConfig({
    behavior: { auto_gc_behavior: { enable: true }, disable_client_multi_statements: true },
    listener: { write_timeout_millis: 5 },
  });
  expect(notes).toEqual([
    'behavior.auto_gc_behavior.enable has no effect',
    'behavior.disable_client_multi_statements has no effect',
    'listener.write_timeout_millis has no effect',
  ]);
});

/** A place in the text for a variable, as the file writes it. */
const placed = (name: string): string => `$\{${name}}`;

test('environment variables', () => {
  expect(withEnvironment(`host: ${placed('HOST')} $$5`, { HOST: 'h' })).toBe('host: h $5');
  expect(() => withEnvironment(placed('NOPE'), {})).toThrow('needs the environment variable NOPE, which is not set');
  expect(() => withEnvironment(placed('1x'), {})).toThrow('names no environment variable');
  expect(() => withEnvironment(placed('HOST').slice(0, -1), { HOST: 'h' })).toThrow('names no environment variable');
});
