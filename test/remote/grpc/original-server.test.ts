/**
 * The client against the original's remotesrv: in CI against what it answered when it was recorded. With REMOTESRV_BIN, the
 * path of its binary, it runs against that and writes the recording anew.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Address } from '../../../src/base/address.ts';
import { MemoryDisk } from '../../../src/base/memory-disk.ts';
import type { Network } from '../../../src/base/network.ts';
import { checkStore } from '../../../src/chunks/store-check.ts';
import { syncBackup } from '../../../src/remote/backup.ts';
import { cloneInto } from '../../../src/remote/clone.ts';
import { fetchFrom } from '../../../src/remote/fetch.ts';
import { openRemote } from '../../../src/remote/open-remote.ts';
import { pushTo } from '../../../src/remote/push.ts';
import { readRemoteRefs } from '../../../src/remote/remote-refs.ts';
import { newRemote } from '../../../src/repo/repo-state.ts';
import type { Repository } from '../../../src/repo/repository.ts';
import { scratchEnvironment, scratchRepository } from '../../repo/scratch-repository.ts';
import { addCommit, golden, pushSpec } from '../remote-fixture.ts';
import { type Exchange, recordingNetwork, replayingNetwork } from './recorded-network.ts';

const binary = process.env['REMOTESRV_BIN'];
const recording = join(import.meta.dirname, '../../../fixtures/chunk-service/remotesrv.json');
const fixture = 'remote-20k';
const host = 'http://127.0.0.1:50151';

const recorded: Exchange[] = binary ? [] : (JSON.parse(readFileSync(recording, 'utf8')) as Exchange[]);
const network: Network = binary ? recordingNetwork(recorded, fixture) : replayingNetwork(recorded);
let server: ChildProcess | undefined;
let folder: string | undefined;

beforeAll(async () => {
  if (!binary) return;
  folder = mkdtempSync(join(tmpdir(), 'remotesrv-'));
  mkdirSync(join(folder, 'golden'));
  cpSync(join(golden, fixture), join(folder, 'golden/twenty'), { recursive: true });
  server = spawn(binary, ['--dir', folder, '--grpc-port', '50151', '--http-port', '50152'], { cwd: folder });
  await new Promise((resolve) => setTimeout(resolve, 1500));
});
afterAll(() => {
  if (!binary) return;
  server?.kill();
  rmSync(folder!, { recursive: true });
  writeFileSync(recording, `[\n${recorded.map((exchange) => JSON.stringify(exchange)).join(',\n')}\n]\n`);
});

const scene = () => ({ ...scratchEnvironment({ disk: new MemoryDisk(), ticking: true }), network });

const expected = JSON.parse(readFileSync(join(golden, fixture, 'expected.json'), 'utf8')) as {
  refs: Record<string, string>;
};

function assertWhole(repository: Repository): void {
  expect([...checkStore(repository.environment.disk, repository.chunks.directory, true)]).toEqual([]);
}

test('archives are cloned whole', async () => {
  const environment = scene();
  const url = `${host}/golden/twenty`;
  const store = openRemote(environment, url);
  const clone = await cloneInto(environment, store, url, '/clone');
  expect(clone.headOf('main')).toBe(expected.refs['refs/heads/main']);
  assertWhole(clone);
  store.close();
});

test('what archives hold is fetched by spans, with their dictionaries', async () => {
  const environment = scene();
  const ours = scratchRepository(environment, '/ours');
  const url = `${host}/golden/twenty`;
  const store = openRemote(environment, url);
  await fetchFrom(ours, store, newRemote('origin', url));
  expect(ours.refs().get('refs/remotes/origin/main')).toBe(expected.refs['refs/heads/main']);
  assertWhole(ours);
  const again = await fetchFrom(ours, store, newRemote('origin', url));
  expect(again.moved).toEqual([]);
  store.close();
});

test('a push makes the repository, another one moves it, and both come back', async () => {
  const environment = scene();
  const ours = scratchRepository(environment, '/ours');
  for (let i = 0; i < 5; i++) addCommit(ours, 'main', `commit ${i}`);
  const url = `${host}/me/shop`;
  const remote = newRemote('origin', url);
  const store = openRemote(environment, url);
  const [first] = await pushTo(ours, store, remote, [pushSpec('main')]);
  expect(first).toMatchObject({ outcome: 'new' });
  const theirs = await cloneInto(environment, openRemote(environment, url), url, '/theirs');
  const next = addCommit(ours, 'main', 'next');
  const [second] = await pushTo(ours, store, remote, [pushSpec('main')]);
  expect(second).toMatchObject({ outcome: 'fast-forward', new: next });
  await fetchFrom(theirs, openRemote(environment, url), remote);
  expect(theirs.refs().get('refs/remotes/origin/main')).toBe(next);
  assertWhole(theirs);
  const refs = await readRemoteRefs(store);
  expect(await store.swap(refs.root, 'a'.repeat(32) as Address, []), 'somebody else was first').toBe(false);
  const nowhere = 'b'.repeat(32) as Address;
  expect(await store.absent([nowhere, next])).toEqual([nowhere]);
  await expect(store.chunks([nowhere])).rejects.toThrow(/lacks chunk b+/);
  store.close();
});

test('a backup is synced', async () => {
  const environment = scene();
  const ours = scratchRepository(environment, '/ours');
  const store = openRemote(environment, `${host}/me/backup`);
  await syncBackup(ours, store);
  expect((await store.root()).root).toBe(ours.refs().storeRoot);
  await syncBackup(ours, store);
  store.close();
});
