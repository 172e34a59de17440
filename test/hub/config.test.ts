/** The configuration of a hub: what is wrong is told with its line or its flag. */
import { describe, expect, test } from 'vitest';
import { type HubConfig, hubConfig } from '../../src/hub/config.ts';

type Flags = Readonly<Record<string, readonly [string, string | boolean]>>;

function config(text: string, flags: Flags = {}, variables: Readonly<Record<string, string>> = {}): HubConfig {
  return hubConfig({ file: { name: 'hub.yaml', text }, variables, flags: new Map(Object.entries(flags)) });
}

test('what is not said has its default', () => {
  const found = hubConfig({ variables: {}, flags: new Map() });
  expect(found).toMatchObject({ host: '127.0.0.1', grpcPort: 50_051, httpPort: 8080, isOpen: false, logLevel: 'info' });
  expect(found).toMatchObject({ dataDirectory: '.', metrics: true });
  expect(found.bucket).toBeUndefined();
  expect(found.garbage).toEqual({ everyMs: 3_600_000, graceMs: 86_400_000 });
  expect(config('')).toEqual(found);
  expect(config('limits:\n')).toEqual(found);
});

test('the file is read, and flags go before it', () => {
  const text = [
    'data_dir: /srv/hub',
    'grpc_port: 1',
    'http_port: 2',
    'log_level: WARNING',
    'tls: { cert: c.pem, key: k.pem, required: true }',
    'limits:',
    '  upload_size: 2GB',
    '  idle_time: 90s',
    '  requests: 7',
    'gc:',
    '  every: 0',
    '  grace: 7d',
  ].join('\n');
  const found = config(text, { grpc_port: ['--grpc-port', '0'], open: ['--open', true] });
  expect(found).toMatchObject({ dataDirectory: '/srv/hub', grpcPort: 0, httpPort: 2, logLevel: 'warning' });
  expect(found).toMatchObject({ tlsCert: 'c.pem', tlsKey: 'k.pem', isOpen: true });
  expect(found.limits).toMatchObject({ uploadBytes: 2 ** 31, idleMs: 90_000, requests: 7 });
  expect(found.garbage).toEqual({ everyMs: undefined, graceMs: 7 * 86_400_000 });
});

test('webhooks are a list, with secrets from the environment', () => {
  const text = [
    'webhooks:',
    '  - repository: ada/*',
    '    url: https://example.com/hook?key=1',
    `    secret: $\{SECRET}`,
    '  - { repository: "*", url: "http://localhost:9", secret: other }',
  ].join('\n');
  expect(config(text, {}, { SECRET: 's3cret' }).webhooks).toEqual([
    { repository: 'ada/*', url: 'https://example.com/hook?key=1', secret: 's3cret' },
    { repository: '*', url: 'http://localhost:9', secret: 'other' },
  ]);
  expect(config('').webhooks).toEqual([]);
});

test('environment variables are put in', () => {
  const named = `bucket: s3://$\{BUCKET}/hub`;
  expect(config(named, {}, { BUCKET: 'b' }).bucket).toBe('s3://b/hub');
  expect(() => config(named)).toThrow('needs the environment variable BUCKET');
});

describe('refused', () => {
  const flag = (name: string, value: string | boolean): Flags => ({
    [name.slice(2).replaceAll('-', '_')]: [name, value],
  });
  test.each<[string, Flags, string]>([
    ['host: h\ngrpc_prot: 1', {}, "hub.yaml:2: unknown key 'grpc_prot'; did you mean 'grpc_port'?"],
    ['limits:\n  requests: 3\n  zzzzzzzzz: 1', {}, "hub.yaml:3: unknown key 'limits.zzzzzzzzz'"],
    ['\n\nhttp_port: 65536', {}, 'hub.yaml:3: http_port has to be a port, not 65536'],
    ['http_port: eighty', {}, 'hub.yaml:1: http_port has to be a port, not "eighty"'],
    ['open: maybe', {}, 'hub.yaml:1: open has to be true or false, not "maybe"'],
    ['host: [a, b]', {}, 'hub.yaml:1: host has to be one value'],
    ['limits: 3', {}, 'hub.yaml:1: limits has to be a list of keys with values'],
    ['- a', {}, 'hub.yaml:1: the configuration has to be a list of keys with values'],
    ['webhooks: 3', {}, 'hub.yaml:1: webhooks[0] has to be of a repository, a url and a secret, not of 3'],
    ['webhooks: [{ repository: ada }]', {}, 'webhooks[0]: repository has to be owner/database, owner/* or *'],
    ['webhooks: [{ repository: a/b, url: "ftp://x", secret: s }]', {}, 'webhooks[0]: url has to be http://'],
    ['webhooks: [{ repository: a/b, url: "http://x" }]', {}, 'webhooks[0]: secret has to be a text'],
    ['webhooks: [{ repository: a/b, url: "http://x", secret: s, more: 1 }]', {}, 'a secret, not of more'],
    ['host: a\nhost: b', {}, 'hub.yaml:2: no YAML'],
    ['host: "a', {}, 'hub.yaml:1: no YAML'],
    ['log_level: loud', {}, 'hub.yaml:1: log_level has to be one of trace, debug, info, warning, error, fatal'],
    ['limits: { upload_size: 3 miles }', {}, 'has to be a size, such as 512MB, not "3 miles"'],
    ['limits: { requests: 0 }', {}, 'has to be a whole number from 1, not 0'],
    ['gc:\n  grace: soon', {}, 'hub.yaml:2: gc.grace has to be a time, such as 90s, 15m, 24h or 7d'],
    ['gc:\n  grace: 3', {}, 'hub.yaml:2: gc.grace has to be a time'],
    ['bucket: gs://b', {}, 'hub.yaml:1: bucket has to be s3://bucket/prefix'],
    ['public_url: hub.example.com', {}, 'hub.yaml:1: public_url has to be http:// or https:// with a host'],
    ['tls: { cert: c.pem }', {}, 'hub.yaml:1: tls.cert: a certificate and a key are needed, both or neither'],
    ['tls: { required: true }', {}, 'hub.yaml:1: tls.required: there is no certificate'],
    ['host: 0.0.0.0\nopen: true', {}, 'hub.yaml:2: open: everybody could change everything from 0.0.0.0'],
    ['host: 10.0.0.7', flag('--open', true), '--open: everybody could change everything from 10.0.0.7'],
    ['', flag('--grpc-port', 'x'), '--grpc-port has to be a port, not "x"'],
  ])('%j %o', (text, flags, message) => {
    expect(() => config(text, flags)).toThrow(message);
  });

  test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('open on %s is not', (host) => {
    expect(config(`host: "${host}"\nopen: true`).isOpen).toBe(true);
  });
});
