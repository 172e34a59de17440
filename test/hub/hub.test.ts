/** A hub over a folder: who may do what, with every call; what is changed beside it holds at once. */

import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { get as httpsGet } from 'node:https';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Address, addressBytes } from '../../src/base/address.ts';
import type { GrpcError } from '../../src/base/network.ts';
import { hashPassword } from '../../src/hub/accounts/passwords.ts';
import { hubConfig } from '../../src/hub/config.ts';
import { parseRepositoryName } from '../../src/hub/storage/repository-name.ts';
import { nodeNetwork } from '../../src/node-network.ts';
import { whoAmI } from '../../src/remote/grpc/credentials-service.ts';
import { GrpcRemote } from '../../src/remote/grpc/grpc-remote.ts';
import { methods } from '../../src/remote/grpc/messages.ts';
import { sign } from '../../src/remote/grpc/signed-token.ts';
import { ENDING, unreached } from '../../src/remote/grpc/unreached.ts';
import { generateKeyPair } from '../../src/remote/key-pairs.ts';
import { readRemoteRefs, swapRemoteRefs } from '../../src/remote/remote-refs.ts';
import { type AnyMethod, ServedHub } from './served-hub.ts';

const FORMAT = { nbfVersion: '__DOLT__', nbsVersion: '5' };
const shop = parseRepositoryName('acme/shop')!;
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const [OK, INVALID, NOT_FOUND, DENIED, TOO_MUCH, UNREACHED, WHO] = [0, 3, 5, 7, 8, 14, 16];

/** Every method with a request that goes well for who may. */
function walk(
  root: Uint8Array,
  fileId: string,
): readonly (readonly [name: keyof typeof methods, need: 'read' | 'write', request: object])[] {
  const details = {
    id: addressBytes('1'.repeat(32) as Address),
    contentLength: 100,
    contentHash: new Uint8Array(16),
    numChunks: 1,
    suffix: '',
    splitOffset: 52,
  };
  return [
    ['getRepoMetadata', 'read', { clientRepoFormat: FORMAT }],
    ['hasChunks', 'read', { hashes: [root] }],
    ['getDownloadLocations', 'read', { chunkHashes: [root] }],
    ['streamDownloadLocations', 'read', { chunkHashes: [root] }],
    ['streamChunkLocations', 'read', { chunkHashes: root }],
    ['getUploadLocations', 'write', { tableFileDetails: [details] }],
    ['rebase', 'read', {}],
    ['root', 'read', {}],
    ['commit', 'write', { current: root, last: root, clientRepoFormat: FORMAT }],
    ['listTableFiles', 'read', {}],
    ['refreshTableFileUrl', 'read', { fileId }],
    ['addTableFiles', 'write', { clientRepoFormat: FORMAT }],
  ];
}

describe('rights, by call and caller', () => {
  const served = new ServedHub();
  let authorizations: Readonly<Record<string, string>>;
  let calls: ReturnType<typeof walk>;
  let noCalls: ReturnType<typeof walk>;

  beforeAll(async () => {
    for (const name of ['acme/shop', 'acme/open']) served.place('remote-small', name);
    await served.start();
    authorizations = await served.users('stranger', 'reader', 'writer', 'owner');
    await served.change((accounts) =>
      accounts
        .withRight('reader', 'acme/shop', 'reader')
        .withRight('writer', 'acme', 'writer')
        .withRight('owner', 'acme', 'owner')
        .withPublic(parseRepositoryName('acme/open')!, true),
    );
    const { rootHash, tableFileInfo } = await served.call(methods.listTableFiles, { repoPath: 'acme/open' });
    calls = walk(rootHash, tableFileInfo[0]!.fileId);
    noCalls = walk(new Uint8Array(20), tableFileInfo[0]!.fileId);
  });
  afterAll(() => served.remove());

  test('all methods are walked', () => {
    expect(calls.map(([name]) => name).sort()).toEqual(Object.keys(methods).sort());
  });

  test.each([
    // repository, caller, code of reads, code of writes
    ['acme/shop', undefined, WHO, WHO],
    ['acme/shop', 'stranger', NOT_FOUND, NOT_FOUND],
    ['acme/shop', 'reader', OK, DENIED],
    ['acme/shop', 'writer', OK, OK],
    ['acme/shop', 'owner', OK, OK],
    ['acme/open', undefined, OK, WHO],
    ['acme/open', 'stranger', OK, DENIED],
    ['acme/open', 'reader', OK, DENIED],
    ['acme/open', 'writer', OK, OK],
    ['acme/open', 'owner', OK, OK],
    ['acme/none', undefined, WHO, WHO],
    ['acme/none', 'stranger', NOT_FOUND, NOT_FOUND],
    ['acme/none', 'writer', NOT_FOUND, NOT_FOUND],
    ['stranger/none', 'owner', NOT_FOUND, NOT_FOUND],
  ] as const)('%s for %s', async (repoPath, caller, read, write) => {
    const authorization = caller && authorizations[caller];
    for (const [name, need, request] of calls) {
      const code = await served.codeOf(methods[name] as AnyMethod, { repoPath, ...request }, authorization);
      expect([name, code]).toEqual([name, need === 'read' ? read : write]);
    }
  });

  test('what is not there, and what one may not know of, look alike', async () => {
    for (const authorization of [undefined, authorizations['stranger']]) {
      const message = async (repoPath: string): Promise<string> =>
        await served.call(methods.root, { repoPath }, authorization).then(
          () => 'none',
          (error: Error) => error.message.replace(repoPath, 'X'),
        );
      expect(await message('acme/shop')).toBe(await message('acme/none'));
    }
  });

  test('what may be made is empty until it is made, and made by no call that only asks', async () => {
    for (const [name, need, request] of noCalls) {
      if (need === 'write' || name === 'refreshTableFileUrl') continue;
      const made = { repoPath: 'acme/made', ...request };
      expect([name, await served.codeOf(methods[name] as AnyMethod, made, authorizations['owner'])]).toEqual([
        name,
        OK,
      ]);
    }
    expect(readdirSync(join(served.folder, 'data/acme'))).not.toContain('made');
  });

  test.each([
    'acme',
    'acme/shop/x',
    '/acme/shop',
    'acme/shop/',
    '../acme/shop',
    'acme/..',
    'acme%2fshop',
    'acme/sh\0op',
    '.hub/x',
    'acme/ shop',
    '/etc/passwd',
    'a\nb/c',
  ])('the path %j is none', async (repoPath) => {
    for (const [name, , request] of calls) {
      const code = await served.codeOf(methods[name] as AnyMethod, { repoPath, ...request }, authorizations['owner']);
      expect([name, code]).toEqual([name, INVALID]);
    }
  });

  test('a wrong token, password or key is refused even where everybody may read', async () => {
    const pair = generateKeyPair();
    const token = sign(pair, { audience: '127.0.0.1', now: Date.now() });
    for (const authorization of [
      basic('reader', 'x'),
      'Bearer x',
      `Bearer ${token}`,
      'Negotiate x',
      `${authorizations['reader']}x`,
    ]) {
      for (const [name, , request] of calls) {
        const code = await served.codeOf(
          methods[name] as AnyMethod,
          { repoPath: 'acme/open', ...request },
          authorization,
        );
        expect([name, code]).toEqual([name, WHO]);
        if (authorization.startsWith('Basic')) break;
      }
    }
    expect(served.log.join('')).not.toContain(authorizations['reader']!.slice('Bearer dolt_0123456789abcdef_'.length));
  });
});

describe('beside a hub that runs', () => {
  let served: ServedHub;
  beforeEach(async () => {
    served = new ServedHub();
    served.place('remote-small', 'acme/shop');
  });
  afterEach(() => served.remove());

  const root = (authorization?: string) => served.codeOf(methods.root, { repoPath: 'acme/shop' }, authorization);

  test('users, rights, passwords and keys change at once', async () => {
    await served.start();
    const { ada } = await served.users('ada');
    expect(await root(ada)).toBe(NOT_FOUND);
    await served.change((accounts) => accounts.withRight('ada', 'acme/shop', 'reader'));
    expect(await root(ada)).toBe(OK);
    const password = await hashPassword('correct horse');
    await served.change((accounts) => accounts.withPassword('ada', password));
    expect(await root(basic('ada', 'correct horse'))).toBe(OK);
    await served.change((accounts) => accounts.withPassword('ada', undefined));
    expect(await root(basic('ada', 'correct horse'))).toBe(WHO);
    const pair = generateKeyPair();
    const token = (audience: string): string => `Bearer ${sign(pair, { audience, now: Date.now() })}`;
    expect(await root(token('127.0.0.1'))).toBe(WHO);
    const { publicKey, keyId } = pair;
    await served.change((accounts) => accounts.withKey('ada', { publicKey, id: keyId, created: 0 }));
    expect(await root(token('127.0.0.1'))).toBe(OK);
    expect(await root(token('elsewhere.example.com')), 'a token for another host').toBe(WHO);
    const endpoint = { authority: `127.0.0.1:${served.hub.grpcPort}`, isSecure: false };
    expect(await whoAmI(served.environment.network!, endpoint, token('127.0.0.1'))).toMatchObject({ username: 'ada' });
    await served.change((accounts) => accounts.withoutUser('ada'));
    expect(await root(ada)).toBe(WHO);
    expect(await root(token('127.0.0.1'))).toBe(WHO);
    expect(served.log.join('')).not.toContain('horse');
  });

  test('a URL that was handed out is worth what its holder may do when they come with it', async () => {
    await served.start();
    const { ada } = await served.users('ada');
    await served.change((accounts) => accounts.withRight('ada', 'acme/shop', 'reader'));
    const { tableFileInfo } = await served.call(methods.listTableFiles, { repoPath: 'acme/shop' }, ada);
    const { url } = tableFileInfo[0]!;
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(403);
    expect((await fetch(url.replace('acme/shop', 'acme/shot'))).status).toBe(403);
    await served.change((accounts) => accounts.withRight('ada', 'acme/shop', undefined));
    expect((await fetch(url)).status).toBe(404);
    await served.change((accounts) => accounts.withPublic(shop, true));
    expect((await fetch(url)).status).toBe(200);
  });

  test('URLs begin with what the hub is called, where a proxy stands before it', async () => {
    await served.start({ isOpen: true, publicUrl: 'https://hub.example.com:8443' });
    const { tableFileInfo } = await served.call(methods.listTableFiles, { repoPath: 'acme/shop' });
    expect(tableFileInfo[0]!.url).toMatch(/^https:\/\/hub\.example\.com:8443\/-\/data\/acme\/shop\//);
    const { text } = await served.get('/acme/shop');
    expect(text.replaceAll('<wbr>', '')).toContain('https://hub.example.com:8443/acme/shop');
  });

  /** What a client is told that does not get to a hub. */
  async function trouble(isSecure: boolean) {
    const endpoint = { authority: `127.0.0.1:${served.hub.grpcPort}`, isSecure };
    const error: GrpcError = await whoAmI(nodeNetwork, endpoint, '').then(Promise.reject, (thrown) => thrown);
    expect(error.code).toBe(UNREACHED);
    return unreached(error.details, isSecure);
  }

  test('who speaks TLS to a hub that does not is told so', async () => {
    await served.start({ isOpen: true });
    expect(await trouble(true)).toEqual({
      cause: 'what answers there speaks no TLS',
      remedy: 'a server without TLS is http://host:port',
    });
  });

  test('who would begin a push while a hub ends is told so', () => {
    expect(unreached(ENDING, false).remedy).toBe('try again when it has been started');
  });

  test('with a certificate both ports speak TLS', async () => {
    const fixtures = join(import.meta.dirname, '../../fixtures/tls');
    await served.start({ tlsCert: join(fixtures, 'cert.pem'), tlsKey: join(fixtures, 'key.pem') });
    for (const port of [served.hub.grpcPort, served.hub.httpPort]) {
      const status = await new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port, path: '/healthz', rejectUnauthorized: false };
        httpsGet(options, (response) => resolve(response.resume().statusCode)).on('error', reject);
      });
      expect(status).toBe(200);
    }
    await expect(served.get('/healthz')).rejects.toThrow();
    expect((await trouble(true)).remedy).toContain('NODE_EXTRA_CA_CERTS');
    expect((await trouble(false)).remedy).toContain('a server with TLS is https://');
  });

  test('a damaged file of accounts lets nobody in, and /healthz says so', async () => {
    await served.start();
    expect(await served.get('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    const { ada } = await served.users('ada');
    const path = join(served.folder, 'data/.hub/accounts.json');
    const { disk } = served.environment;
    const file = disk.create('', path);
    file.write('', Buffer.from('{'), 0);
    file.close();
    expect(await root(ada)).not.toBe(OK);
    const health = await served.get('/healthz');
    expect(health.status).toBe(503);
    expect(health.text).not.toContain(served.folder);
  });

  test('metrics count, and name nobody', async () => {
    await served.start();
    const { ada } = await served.users('ada');
    await root(ada);
    await root('Bearer x');
    const { text, headers } = await served.get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('dolt_hub_calls{method="Root",code="5"} 1');
    expect(text).toContain('dolt_hub_calls{method="Root",code="16"} 1');
    expect(text).toContain('dolt_hub_failed_logins 1');
    expect(text).not.toContain('acme');
    await served.stop();
    await served.start({ metrics: false });
    expect((await served.get('/metrics')).status).toBe(404);
  });

  test('an open hub lets everybody do everything, whoever they say they are', async () => {
    await served.start({ isOpen: true });
    for (const authorization of [undefined, basic('x', 'y'), 'Bearer z']) expect(await root(authorization)).toBe(OK);
    expect(await served.codeOf(methods.addTableFiles, { repoPath: 'new/one', clientRepoFormat: FORMAT })).toBe(OK);
  });
});

describe('limits', () => {
  let served: ServedHub;
  beforeEach(() => {
    served = new ServedHub();
    served.place('remote-small', 'acme/shop');
  });
  afterEach(() => served.remove());

  const { limits } = hubConfig({ variables: {}, flags: new Map() });
  const root = (authorization?: string) => served.codeOf(methods.root, { repoPath: 'acme/shop' }, authorization);

  test('beyond so many at a time, calls are refused', async () => {
    await served.start({ limits: { ...limits, requestsOfClient: 1 } });
    const password = await hashPassword('correct horse');
    await served.change((accounts) => accounts.withUser('acme', password));
    // The first one takes as long as a password takes.
    const codes = await Promise.all(Array.from({ length: 5 }, () => root(basic('acme', 'correct horse'))));
    expect(codes.toSorted()).toEqual([OK, TOO_MUCH, TOO_MUCH, TOO_MUCH, TOO_MUCH]);
    expect(await root(basic('acme', 'correct horse'))).toBe(OK);
    expect((await served.get('/metrics')).text).toMatch(/dolt_hub_refused [1-9]/);
  });

  test('an upload beyond the limit is refused before its bytes come', async () => {
    await served.start({ isOpen: true, limits: { ...limits, uploadBytes: 99 } });
    const details = {
      id: addressBytes('1'.repeat(32) as Address),
      contentLength: 100,
      contentHash: new Uint8Array(16),
      numChunks: 1,
      suffix: '',
      splitOffset: 52,
    };
    const { locs } = await served.call(methods.getUploadLocations, {
      repoPath: 'acme/new',
      tableFileDetails: [details],
    });
    const answer = await fetch(locs[0]!.httpPost!.url!, { method: 'PUT', body: new Uint8Array(100) });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('has 100 bytes; 99 are allowed here');
    expect(readdirSync(join(served.folder, 'data/acme'))).not.toContain('new');
  });

  test('of many repositories few stay open, and all are served', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `acme/r${i}`);
    for (const name of names) served.place('remote-small', name);
    await served.start({ isOpen: true, limits: { ...limits, openRepositories: 3 } });
    for (let round = 0; round < 3; round++) {
      const codes = await Promise.all(names.map((repoPath) => served.codeOf(methods.listTableFiles, { repoPath })));
      expect(new Set(codes)).toEqual(new Set([OK]));
    }
    expect((await served.get('/metrics')).text).toContain('dolt_hub_open_repositories 3');
  });
});

describe('start and stop', () => {
  let served: ServedHub;
  beforeEach(() => {
    served = new ServedHub();
    served.place('remote-20k', 'acme/shop');
  });
  afterEach(() => served.remove());

  test('a grace period that is too short is warned of', async () => {
    const warnings = () =>
      served.log.filter((line) => line.includes('gc.grace is shorter than URLs of files are valid'));
    await served.start({ garbage: { everyMs: 3_600_000, graceMs: 900_000 } });
    expect(warnings()).toEqual([]);
    await served.stop();
    await served.start({ garbage: { everyMs: 3_600_000, graceMs: 899_000 } });
    expect(JSON.parse(warnings()[0]!)).toMatchObject({ level: 'warning', grace: 899, valid: 900 });
  });

  test('a port that is taken, and a folder that is not there, are told', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(served.start({ grpcPort: port })).rejects.toThrow(`cannot listen on 127.0.0.1:${port}: it is in use`);
    other.close();
    await expect(served.start({ dataDirectory: '/nowhere/at/all' })).rejects.toThrow(
      'there is no folder /nowhere/at/all',
    );
    await expect(served.start({ tlsCert: '/no.pem', tlsKey: '/no.pem' })).rejects.toThrow('cannot read /no.pem');
  });

  test('a push that has begun comes to its end, and no other begins', async () => {
    served.place('remote-small', 'acme/other');
    await served.start({ isOpen: true });
    const remote = new GrpcRemote(served.environment, served.url('acme/shop'));
    const there = await readRemoteRefs(remote);
    const edits = () => new Map([['refs/tags/late', there.get('refs/heads/main')!]]);
    let goOn = (): void => {};
    const ready = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const first = await remote.uploadChunks(await remote.chunks([there.root]));
    const stopped = served.hub.stop();
    const swap = swapRemoteRefs(remote, there, edits, { files: [first], held: new Map() }, ready);
    const [, , request] = walk(new Uint8Array(20), '').find(([name]) => name === 'getUploadLocations')!;
    expect(await served.codeOf(methods.getUploadLocations, { ...request, repoPath: 'acme/other' })).toBe(UNREACHED);
    expect(await served.get('/healthz')).toMatchObject({ status: 503, text: 'the hub is ending\n' });
    goOn();
    expect(await swap).toBe(true);
    await stopped;
    remote.close();
    await served.stop();
    await served.start({ isOpen: true });
    const again = new GrpcRemote(served.environment, served.url('acme/shop'));
    expect((await readRemoteRefs(again)).get('refs/tags/late')).toBe(there.get('refs/heads/main'));
    again.close();
  });

  test('what is being sent is sent to its end, and then nobody is served', async () => {
    await served.start({ isOpen: true });
    const { tableFileInfo } = await served.call(methods.listTableFiles, { repoPath: 'acme/shop' });
    const url = new URL(tableFileInfo.toSorted((a, b) => b.splitOffset - a.splitOffset)[0]!.url);
    // Takes the head, and leaves the rest for later.
    const socket = createConnection({ host: '127.0.0.1', port: Number(url.port) });
    socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: x\r\n\r\n`);
    const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    socket.pause();
    const length = Number(/content-length: (\d+)/i.exec(first.toString('latin1'))![1]);
    const stopped = served.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    let size = first.length;
    socket.on('data', (piece: Buffer) => {
      size += piece.length;
    });
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    await stopped;
    expect(size - first.indexOf('\r\n\r\n') - 4).toBe(length);
    await expect(fetch(url)).rejects.toThrow();
  });
});
