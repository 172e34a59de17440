/** Who calls a hub behind proxies: what a proxy says that is trusted, and never what a caller makes up. */
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { isNetwork, TrustedProxies } from '../../src/hub/calls/trusted-proxies.ts';
import { type HubConfig, hubConfig } from '../../src/hub/config.ts';
import { nodeNetwork } from '../../src/node-network.ts';
import { methods } from '../../src/remote/grpc/messages.ts';
import { ServedHub } from './served-hub.ts';

describe('the address of who calls', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);

  test.each([
    ['nobody said anything', '10.0.0.1', undefined, '10.0.0.1'],
    ['one proxy', '10.0.0.1', '198.51.100.3', '198.51.100.3'],
    ['two proxies', '192.0.2.7', '198.51.100.3, 10.1.2.3', '198.51.100.3'],
    ['several headers', '10.0.0.1', ['203.0.113.9', '198.51.100.3'], '198.51.100.3'],
    ['made up before the proxy', '10.0.0.1', '127.0.0.1, 1.1.1.1, 198.51.100.3', '198.51.100.3'],
    ['made up, and trusted ones', '10.0.0.1', '10.9.9.9, 198.51.100.3, 10.0.0.2', '198.51.100.3'],
    ['from who is not trusted', '198.51.100.9', '203.0.113.1', '198.51.100.9'],
    ['no address', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['no address behind a proxy', '10.0.0.1', 'a, 10.0.0.2', '10.0.0.2'],
    ['nothing but commas', '10.0.0.1', ',,', '10.0.0.1'],
    ['proxies alone', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['a port', '10.0.0.1', '198.51.100.3:4711', '198.51.100.3'],
    ['version 6', '2001:db8::1', '[2001:470::9]:443', '2001:470::9'],
    ['version 4 in version 6', '::ffff:10.0.0.1', '::ffff:198.51.100.3', '198.51.100.3'],
  ])('%s', (_, peer, forwarded, wanted) => {
    expect(proxies.clientOf(peer, forwarded)).toBe(wanted);
    expect(new TrustedProxies([]).clientOf(peer, forwarded)).toBe(peer);
  });

  test.each(['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '0.0.0.0/0'])('%s is a network', (text) =>
    expect(isNetwork(text)).toBe(true),
  );
  test.each(['', 'proxy', '10.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::/129', '10.0.0.1/-1'])(
    '"%s" is none',
    (text) => expect(isNetwork(text)).toBe(false),
  );
});

test('the configuration names them, in the file and by a flag', () => {
  const read = (text: string, flag?: string): HubConfig =>
    hubConfig({
      file: { name: 'hub.yaml', text },
      variables: {},
      flags: new Map(flag === undefined ? [] : [['trusted_proxies', ['--trusted-proxy', flag]]]),
    });
  expect(read('').trustedProxies).toEqual([]);
  expect(read('trusted_proxies: [10.0.0.0/8, "::1"]').trustedProxies).toEqual(['10.0.0.0/8', '::1']);
  expect(read('trusted_proxies: 10.0.0.1').trustedProxies).toEqual(['10.0.0.1']);
  expect(read('trusted_proxies: 10.0.0.1', '::1, 10.0.0.2').trustedProxies).toEqual(['::1', '10.0.0.2']);
  expect(() => read('\ntrusted_proxies: [nginx]')).toThrow(/hub\.yaml:2: trusted_proxies has to be addresses/);
  expect(() => read('', '10.0.0.0/64')).toThrow(/--trusted-proxy has to be addresses/);
});

describe('a hub', () => {
  let served: ServedHub;
  afterEach(() => served.remove());

  const start = async (trustedProxies: readonly string[], requestsOfClient = 200): Promise<void> => {
    served = new ServedHub();
    served.place('remote-small', 'acme/shop');
    const { limits } = hubConfig({ variables: {}, flags: new Map() });
    await served.start({ trustedProxies, limits: { ...limits, requestsOfClient } });
  };
  const wrong = `Basic ${Buffer.from('ada:wrong').toString('base64')}`;
  /** A failed log-in by gRPC and one by the page, from where `forwarded` says; what the log says of them. */
  const logIn = async (forwarded: string): Promise<readonly string[]> => {
    const from = served.log.length;
    const channel = nodeNetwork.openChannel({ authority: `127.0.0.1:${served.hub.grpcPort}`, isSecure: false });
    const metadata = { authorization: wrong, 'x-forwarded-for': forwarded };
    const call = channel.call(methods.root.path, methods.root.request.encode({ repoPath: 'acme/shop' }), { metadata });
    await expect(call).rejects.toMatchObject({ code: 16 });
    channel.close();
    const headers = { authorization: wrong, 'x-forwarded-for': forwarded };
    expect((await served.get('/api/v1/repositories', headers)).status).toBe(401);
    const lines = served.log.slice(from).map((line) => JSON.parse(line) as { msg: string; peer?: string });
    return lines.filter(({ msg }) => msg === 'log-in failed').map(({ peer }) => peer!);
  };

  test('notes whom a trusted proxy names, for calls and for the page', async () => {
    await start(['127.0.0.1']);
    expect(await logIn('6.6.6.6, 198.51.100.3')).toEqual(['198.51.100.3', '198.51.100.3']);
  });

  test('believes nobody else', async () => {
    await start(['192.0.2.7']);
    const peers = await logIn('198.51.100.3');
    expect(peers).toHaveLength(2);
    for (const peer of peers) expect(peer).toMatch(/127\.0\.0\.1$/);
  });

  test('limits each client of a proxy by itself', async () => {
    await start(['127.0.0.1'], 1);
    const headers = (address: string) => ({ 'x-forwarded-for': address });
    const statusFor = async (address: string) => (await served.get('/healthz', headers(address))).status;
    // One that does not end.
    const own = {
      ...headers('198.51.100.1'),
      'content-length': 10,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const open = request({
      host: '127.0.0.1',
      port: served.hub.httpPort,
      path: '/login',
      method: 'POST',
      headers: own,
    });
    open.on('error', () => {});
    open.flushHeaders();
    for (let i = 0; i < 500 && (await statusFor('198.51.100.1')) !== 429; i++) await sleep(5);
    expect(await statusFor('198.51.100.1')).toBe(429);
    expect(await statusFor('198.51.100.2')).toBe(200);
    expect(await statusFor('198.51.100.1, 198.51.100.3'), 'made up').toBe(200);
    open.destroy();
  });
});
