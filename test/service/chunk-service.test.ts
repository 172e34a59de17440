/** The twelve methods: who may call them, what they refuse, and what our own client makes of them. */
import { join } from 'node:path';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressBytes, addressOf, EMPTY_ADDRESS } from '../../src/base/address.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { type CallMetadata, GrpcError, GrpcStatus } from '../../src/base/network.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { type Method, methods, OPEN_RANGES, STREAM_CHUNK_LOCATIONS } from '../../src/remote/grpc/messages.ts';
import { pushTo } from '../../src/remote/push.ts';
import { readRemoteRefs } from '../../src/remote/remote-refs.ts';
import { newRemote } from '../../src/repo/repo-state.ts';
import { addCommit, assertComplete, copyFolder, golden, pushSpec } from '../remote/remote-fixture.ts';
import { scratchRepository } from '../repo/scratch-repository.ts';
import { basic, type Served, serveFolders } from './service-fixture.ts';

const FORMAT = { nbfVersion: '__DOLT__', nbsVersion: '5' };
const repo = { repoPath: 'me/db' };
const open = { repoPath: 'open/db' };
const twenty = (byte: number): Uint8Array => new Uint8Array(20).fill(byte);
const nobody: CallMetadata = {};
const reader: CallMetadata = { authorization: basic('reader') };
const writer: CallMetadata = { authorization: basic('writer') };

let served: Served;
beforeAll(async () => {
  const disk = new MemoryDisk();
  for (const path of ['me/db', 'open/db']) copyFolder(disk, join(golden, 'remote-small'), `/data/${path}`);
  copyFolder(disk, join(golden, 'remote-20k'), '/data/me/large');
  served = await serveFolders({ disk });
});
afterAll(() => served.close());

const codeOf = async (call: Promise<unknown>): Promise<number> => {
  try {
    await call;
    return GrpcStatus.ok;
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    return error.code;
  }
};

const details = {
  id: twenty(1),
  contentLength: 100,
  contentHash: new Uint8Array(16),
  numChunks: 1,
  suffix: '',
  splitOffset: 52,
};

// biome-ignore lint/suspicious/noExplicitAny: one table for methods of all types
const calls: readonly (readonly [Method<any, any>, object, 'read' | 'write'])[] = [
  [methods.getRepoMetadata, { clientRepoFormat: FORMAT }, 'read'],
  [methods.hasChunks, { hashes: [twenty(1)] }, 'read'],
  [methods.getDownloadLocations, { chunkHashes: [twenty(1)] }, 'read'],
  [methods.streamDownloadLocations, { chunkHashes: [twenty(1)] }, 'read'],
  [methods.streamChunkLocations, { chunkHashes: twenty(1) }, 'read'],
  [methods.getUploadLocations, { tableFileDetails: [details] }, 'write'],
  [methods.rebase, {}, 'read'],
  [methods.root, {}, 'read'],
  [methods.commit, { current: twenty(3), last: twenty(4), chunkTableInfo: [] }, 'write'],
  [methods.listTableFiles, {}, 'read'],
  [methods.refreshTableFileUrl, { fileId: EMPTY_ADDRESS }, 'read'],
  [methods.addTableFiles, { chunkTableInfo: [], clientRepoFormat: FORMAT }, 'write'],
];

// biome-ignore lint/suspicious/noExplicitAny: one table for methods of all types
const codeOfCall = (method: Method<any, any>, request: object, metadata: CallMetadata): Promise<number> =>
  codeOf(method.isStream ? served.stream(method, [request], metadata) : served.call(method, request, metadata));

describe('rights', () => {
  test.each(calls.map(([method, request, need]) => [method.path.split('/').pop()!, method, request, need] as const))(
    '%s is allowed to whom it should be',
    async (_, method, request, need) => {
      const passes = (code: number): boolean =>
        code !== GrpcStatus.permissionDenied && code !== GrpcStatus.unauthenticated;
      for (const [who, path, mayRead, mayWrite] of [
        [nobody, repo, false, false],
        [nobody, open, true, false],
        [reader, repo, true, false],
        [reader, open, true, false],
        [writer, repo, true, true],
      ] as const) {
        const code = await codeOfCall(method, { ...request, ...path }, who);
        expect(passes(code), JSON.stringify([who, path, code])).toBe(need === 'read' ? mayRead : mayWrite);
      }
      const forged = { authorization: basic('writer', 'wrong') };
      expect(await codeOfCall(method, { ...request, ...open }, forged)).toBe(GrpcStatus.unauthenticated);
    },
  );
});

test('many whose log-ins wait keep nobody else waiting', async () => {
  const slow = Array.from({ length: 100 }, () =>
    codeOf(served.call(methods.root, repo, { authorization: basic('slow') })),
  );
  while (served.host.waiting.length < slow.length) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await served.call(methods.root, repo, reader)).rootHash).toHaveLength(20);
  for (const proceed of served.host.waiting) proceed();
  expect(new Set(await Promise.all(slow))).toEqual(new Set([GrpcStatus.unauthenticated]));
});

describe('bad input', () => {
  const names = [
    '',
    '/me/db',
    'me/db/',
    'me//db',
    '../me/db',
    'me/../../etc',
    'me/..',
    '.',
    './me',
    'me/.dolt',
    '%2e%2e/db',
    'me/%2fetc',
    'me\\db',
    'C:/db',
    'me/d\u0000b',
    'me/d\nb',
    'me/\u202eb',
    'me/db ',
    'e\u0301/db',
    'x'.repeat(200),
    `${'x/'.repeat(20)}x`,
    'x'.repeat(100).concat('/').repeat(10).slice(0, -1),
  ];

  test.each(calls.map(([method, request]) => [method.path.split('/').pop()!, method, request] as const))(
    '%s refuses names that are none',
    async (_, method, request) => {
      const before = served.host.asked.length;
      for (const repoPath of names)
        expect(await codeOfCall(method, { ...request, repoPath }, writer), repoPath).toBe(GrpcStatus.invalidArgument);
      expect(served.host.asked).toHaveLength(before);
    },
  );

  test('a repository may be named by its two parts alone', async () => {
    const repoId = { org: 'me', repoName: 'db' };
    expect((await served.call(methods.root, { repoId })).rootHash).toHaveLength(20);
    for (const bad of [{ org: '..', repoName: 'db' }, { org: 'me', repoName: '' }, {}])
      expect(await codeOf(served.call(methods.root, { repoId: bad as never }))).toBe(GrpcStatus.invalidArgument);
  });

  const bad: readonly (readonly [string, (typeof calls)[number][0], object])[] = [
    ['no format', methods.getRepoMetadata, {}],
    ['another format', methods.getRepoMetadata, { clientRepoFormat: { ...FORMAT, nbfVersion: '__LD_1__' } }],
    ['a later version', methods.getRepoMetadata, { clientRepoFormat: { ...FORMAT, nbsVersion: '6' } }],
    ['a short address', methods.hasChunks, { hashes: [twenty(1), new Uint8Array(19)] }],
    ['a long address', methods.getDownloadLocations, { chunkHashes: [new Uint8Array(21)] }],
    ['too many addresses', methods.hasChunks, { hashes: Array(131_073).fill(twenty(1)) }],
    ['a short address in a stream', methods.streamDownloadLocations, { chunkHashes: [new Uint8Array(19)] }],
    ['half an address', methods.streamChunkLocations, { chunkHashes: new Uint8Array(30) }],
    ['too many in a stream', methods.streamChunkLocations, { chunkHashes: new Uint8Array(131_073 * 20) }],
    ['no details', methods.getUploadLocations, { tableFileHashes: [twenty(1)] }],
    ['a short name', methods.getUploadLocations, { tableFileDetails: [{ ...details, id: new Uint8Array(3) }] }],
    ['no size', methods.getUploadLocations, { tableFileDetails: [{ ...details, contentLength: 0 }] }],
    ['too large', methods.getUploadLocations, { tableFileDetails: [{ ...details, contentLength: 2 ** 41 }] }],
    ['no MD5', methods.getUploadLocations, { tableFileDetails: [{ ...details, contentHash: new Uint8Array(0) }] }],
    ['no chunks', methods.getUploadLocations, { tableFileDetails: [{ ...details, numChunks: 0 }] }],
    ['a suffix out', methods.getUploadLocations, { tableFileDetails: [{ ...details, suffix: '/../../x' }] }],
    ['a short root', methods.commit, { current: new Uint8Array(19), last: twenty(1) }],
    ['a short last', methods.commit, { current: twenty(1), last: new Uint8Array(0) }],
    [
      'a file without chunks',
      methods.commit,
      { current: twenty(1), last: twenty(1), chunkTableInfo: [{ hash: twenty(1), chunkCount: 0 }] },
    ],
    [
      'a file without name',
      methods.addTableFiles,
      { chunkTableInfo: [{ hash: twenty(1).subarray(1), chunkCount: 1 }] },
    ],
    ['no file', methods.refreshTableFileUrl, { fileId: '../../manifest' }],
    ['no file name', methods.refreshTableFileUrl, { fileId: '' }],
  ];
  test.each(bad)('%s', async (_, method, request) => {
    expect(await codeOfCall(method, { ...repo, ...request }, writer)).toBe(GrpcStatus.invalidArgument);
  });

  test('bytes that are no message', async () => {
    const truncated = new BinaryWriter().tag(2, WireType.LengthDelimited).finish();
    for (const bytes of [truncated, new Uint8Array([0xff, 0xff, 0xff]), new Uint8Array([0x12, 0x7f, 1])]) {
      const call = served.channel.call(methods.root.path, bytes, { metadata: writer });
      expect(await codeOf(call)).toBe(GrpcStatus.invalidArgument);
    }
    expect(await codeOf(served.channel.call('/x.Y/Z', new Uint8Array(0)))).toBe(GrpcStatus.unimplemented);
  });

  test('files and chunks that are not there', async () => {
    const missing = { chunkTableInfo: [{ hash: twenty(9), chunkCount: 1 }] };
    const { rootHash } = await served.call(methods.root, repo);
    const commit = { ...repo, current: twenty(9), last: rootHash };
    expect(await codeOf(served.call(methods.commit, { ...commit, ...missing }))).toBe(GrpcStatus.failedPrecondition);
    expect(await codeOf(served.call(methods.commit, commit))).toBe(GrpcStatus.failedPrecondition);
    expect(await codeOf(served.call(methods.addTableFiles, { ...repo, ...missing }))).toBe(
      GrpcStatus.failedPrecondition,
    );
    const refresh = { ...repo, fileId: addressOf(twenty(9)) };
    expect(await codeOf(served.call(methods.refreshTableFileUrl, refresh))).toBe(GrpcStatus.notFound);
  });

  test('a root that is none', async () => {
    const remote = served.remote('me/db');
    const refs = await readRemoteRefs(remote);
    const commit = { ...repo, current: addressBytes(refs.get('refs/heads/main')!), last: addressBytes(refs.root) };
    expect(await codeOf(served.call(methods.commit, commit))).toBe(GrpcStatus.invalidArgument);
    expect((await remote.root()).root).toBe(refs.root);
  });
});

describe('answers', () => {
  test('metadata', async () => {
    const answer = await served.call(methods.getRepoMetadata, {
      ...repo,
      clientRepoFormat: { ...FORMAT, nbsVersion: '4' },
    });
    expect(answer).toMatchObject({
      nbfVersion: '__DOLT__',
      nbsVersion: '4',
      pushConcurrencyControl: 1,
      features: [STREAM_CHUNK_LOCATIONS, OPEN_RANGES],
    });
    expect(answer.storageSize).toBeGreaterThan(1000);
  });

  test('places of one chunk in three ways, and of one that is missing', async () => {
    const { rootHash } = await served.call(methods.root, repo);
    const hashes = [twenty(9), rootHash];
    expect((await served.call(methods.hasChunks, { ...repo, hashes })).absent).toEqual([0]);
    const unary = await served.call(methods.getDownloadLocations, { ...repo, chunkHashes: hashes });
    const [streamed] = await served.stream(methods.streamDownloadLocations, [{ ...repo, chunkHashes: hashes }]);
    const packed = Buffer.concat(hashes);
    const requests = [repo, repo, open].map((path) => ({ ...path, chunkHashes: packed }));
    const located = await served.stream(methods.streamChunkLocations, requests);
    const range = unary.locs[0]!.httpGetRange!.ranges![0]!;
    expect(unary.locs).toHaveLength(1);
    expect(streamed!.locs[0]!.httpGetRange!.ranges).toEqual([range]);
    expect(located.map(({ missingIndexes }) => missingIndexes)).toEqual([[0], [0], [0]]);
    expect(located[0]!.locations).toEqual([
      {
        tableFileId: 0,
        requestIndex: 1,
        offset: range.offset,
        length: range.length,
        dictionaryOffset: 0,
        dictionaryLength: 0,
      },
    ]);
    // A file is introduced once, and that of another repository is another.
    expect(located.map(({ tableFiles }) => tableFiles.length)).toEqual([1, 0, 1]);
    expect(located[2]!.locations[0]!.tableFileId).toBe(1);
  });

  test('places in archives with a dictionary are told by streams alone', async () => {
    const large = { repoPath: 'me/large' };
    const remote = served.remote('me/large');
    const refs = await readRemoteRefs(remote);
    const commit = addressBytes(refs.get('refs/heads/main')!);
    const [answer] = await served.stream(methods.streamDownloadLocations, [{ ...large, chunkHashes: [commit] }]);
    expect(answer!.locs[0]!.httpGetRange!.ranges![0]!.dictionaryLength).toBeGreaterThan(0);
    const call = served.call(methods.getDownloadLocations, { ...large, chunkHashes: [commit] });
    expect(await codeOf(call)).toBe(GrpcStatus.unknown);
  });

  test('URLs name the scheme that a proxy in front has', async () => {
    const url = async (metadata: CallMetadata): Promise<string> =>
      (await served.call(methods.listTableFiles, repo, { ...writer, ...metadata })).tableFileInfo[0]!.url;
    expect(await url({})).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/-\/data\/me\/db\//);
    expect(await url({ 'x-forwarded-proto': 'https' })).toMatch(/^https:/);
    expect(await url({ 'x-forwarded-proto': 'javascript' })).toMatch(/^http:/);
  });

  test('a file is named anew', async () => {
    const { tableFileInfo } = await served.call(methods.listTableFiles, { repoPath: 'me/large' });
    for (const { fileId } of tableFileInfo) {
      const { url } = await served.call(methods.refreshTableFileUrl, { repoPath: 'me/large', fileId });
      expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    }
  });
});

describe('our own client', () => {
  test('clones what the original has pushed', async () => {
    for (const path of ['me/db', 'me/large']) {
      const remote = served.remote(path, 'reader');
      const clone = await cloneInto(served.environment, remote, remote.url, `/clone/${path}`);
      assertComplete(clone);
      clone.close();
    }
  });

  test('pushes to a repository that is not there, again and again, and it stays tidy', async () => {
    const ours = scratchRepository(served.environment, '/ours');
    const remote = served.remote('me/new');
    const origin = newRemote('origin', remote.url);
    expect((await remote.root()).root).toBe(EMPTY_ADDRESS);
    expect(served.environment.disk.stat('/data/me/new')).toBeUndefined();
    for (let i = 0; i < 60; i++) {
      if (i > 0) addCommit(ours, 'main', `commit ${i}`);
      await pushTo(ours, remote, origin, [pushSpec('main')]);
    }
    expect((await remote.files()).length).toBeLessThan(24);
    expect((await readRemoteRefs(remote)).get('refs/heads/main')).toBe(ours.headOf('main'));
    const clone = await cloneInto(served.environment, remote, remote.url, '/clone/new');
    expect(clone.headOf('main')).toBe(ours.headOf('main'));
    assertComplete(clone);
    clone.close();
    ours.close();
  });

  test('of twenty that push at once, all come through', async () => {
    const pushers = Array.from({ length: 20 }, (_, i) => {
      const repository = scratchRepository(served.environment, `/racer/${i}`);
      addCommit(repository, `branch${i}`, `of ${i}`);
      return { repository, remote: served.remote('me/race'), name: `branch${i}` };
    });
    await Promise.all(
      pushers.map(({ repository, remote, name }) =>
        pushTo(repository, remote, newRemote('origin', remote.url), [pushSpec(name)]),
      ),
    );
    const refs = await readRemoteRefs(pushers[0]!.remote);
    for (const { repository, name } of pushers) {
      expect(refs.get(`refs/heads/${name}`)).toBe(repository.headOf(name));
      repository.close();
    }
    const clone = await cloneInto(served.environment, pushers[0]!.remote, 'race', '/clone/race');
    assertComplete(clone);
    clone.close();
  });

  test('of twenty that swap the same root, one wins', async () => {
    const { swapRemoteRefs } = await import('../../src/remote/remote-refs.ts');
    const repository = scratchRepository(served.environment, '/swaps');
    const remote = served.remote('me/swaps');
    await pushTo(repository, remote, newRemote('origin', remote.url), [pushSpec('main')]);
    const head = repository.headOf('main');
    const from = await Promise.all(Array.from({ length: 20 }, () => readRemoteRefs(remote)));
    const swapped = await Promise.all(
      from.map((refs, i) => swapRemoteRefs(remote, refs, () => new Map([[`refs/heads/b${i}`, head]]))),
    );
    expect(swapped.filter(Boolean)).toHaveLength(1);
    const names = [...(await readRemoteRefs(remote)).entries('refs/heads/b')].map(([name]) => name);
    expect(names).toEqual([`refs/heads/b${swapped.indexOf(true)}`]);
    repository.close();
  });
});
