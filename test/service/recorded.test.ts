/**
 * What a client of the original said to the original's server (scripts/record-chunk-service.mjs), said to ours: it answers the
 * same, from a first push to a clone and a fetch. What differs from run to run, URLs and sizes, is not compared.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { methods, OPEN_RANGES } from '../../src/remote/grpc/messages.ts';
import { basic, type Served, serveFolders } from './service-fixture.ts';

const RECORDED = join(import.meta.dirname, '../../fixtures/chunk-service');
const SCENES = ['first-push', 'second-push', 'tag-push', 'clone', 'third-push', 'fetch'];
const REPOSITORY = 'recorded/db';

type Entry =
  | { readonly call: string; readonly request: string; readonly answer?: string; readonly code?: number }
  | { readonly stream: string; readonly requests: readonly string[]; readonly answers: readonly string[] }
  | {
      readonly http: 'GET' | 'PUT';
      readonly url: string;
      readonly range?: string;
      readonly body?: string;
      readonly status: number;
      readonly answer: string;
    };

const metadata = { authorization: basic('writer') };
const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

let served: Served;
/** Where our service wants files, by their names. */
const places = new Map<string, string>();

beforeAll(async () => {
  served = await serveFolders();
});
afterAll(() => served.close());

test.each(SCENES)('%s', async (scene) => {
  const lines = readFileSync(join(RECORDED, `${scene}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) await play(JSON.parse(line) as Entry);
});

async function play(entry: Entry): Promise<void> {
  if ('call' in entry) {
    const { path } = methodOf(entry.call);
    const answer = await served.channel.call(path, bytesOf(entry.request), { metadata });
    remember(entry.call, answer);
    expect(entry.code).toBeUndefined();
    expect(said(entry.call, [answer]), entry.call).toEqual(said(entry.call, [bytesOf(entry.answer!)]));
  } else if ('stream' in entry) {
    const stream = served.channel.stream(methodOf(entry.stream).path, { metadata });
    for (const request of entry.requests) stream.send(bytesOf(request));
    stream.end();
    const answers: Uint8Array[] = [];
    for await (const answer of stream.answers) answers.push(answer);
    expect(said(entry.stream, answers)).toEqual(said(entry.stream, entry.answers.map(bytesOf)));
  } else {
    const file = new URL(entry.url, 'http://x').pathname.split('/').pop()!;
    const url = entry.http === 'PUT' ? places.get(file)! : await urlOf(file);
    const response = await fetch(url, {
      method: entry.http,
      headers: entry.range === undefined ? {} : { range: entry.range },
      ...(entry.body === undefined ? {} : { body: bytesOf(entry.body) }),
    });
    expect(response.status).toBe(entry.status);
    expect(Buffer.from(await response.arrayBuffer()).toString('base64')).toBe(entry.answer);
  }
}

function methodOf(name: string): (typeof methods)[keyof typeof methods] {
  return Object.values(methods).find(({ path }) => path.endsWith(`/${name}`))!;
}

async function urlOf(fileId: string): Promise<string> {
  const { url } = await served.call(methods.refreshTableFileUrl, { repoPath: REPOSITORY, fileId });
  return url;
}

function remember(name: string, answer: Uint8Array): void {
  if (name !== 'GetUploadLocations') return;
  for (const { httpPost } of methods.getUploadLocations.response.decode(answer).locs) {
    const url = httpPost!.url!;
    places.set(new URL(url).pathname.split('/').pop()!, url);
  }
}

/** What is compared of the answers to a call. */
function said(name: string, answers: readonly Uint8Array[]): unknown {
  const [answer] = answers;
  switch (name) {
    case 'GetRepoMetadata': {
      const { features, ...rest } = methods.getRepoMetadata.response.decode(answer!);
      return { ...rest, features: features.filter((each) => each !== OPEN_RANGES), storageSize: 0, repoToken: '' };
    }
    case 'HasChunks':
      return sorted(methods.hasChunks.response.decode(answer!).absent);
    case 'Root':
      return hex(methods.root.response.decode(answer!).rootHash);
    case 'Commit':
      return methods.commit.response.decode(answer!).success;
    case 'AddTableFiles':
      return methods.addTableFiles.response.decode(answer!).success;
    case 'GetUploadLocations':
      return methods.getUploadLocations.response.decode(answer!).locs.map(({ tableFileHash }) => hex(tableFileHash!));
    case 'ListTableFiles': {
      const { rootHash, tableFileInfo } = methods.listTableFiles.response.decode(answer!);
      const files = tableFileInfo.map(({ fileId, numChunks, url }) => {
        return `${fileId} ${numChunks} ${new URL(url).pathname.split('/').pop()}`;
      });
      return { root: hex(rootHash), files: files.sort() };
    }
    case 'StreamChunkLocations': {
      const files = new Map<number, string>();
      return answers.map((each) => {
        const { tableFiles, locations, missingIndexes } = methods.streamChunkLocations.response.decode(each);
        for (const { tableFileId, fileId } of tableFiles) files.set(tableFileId, fileId);
        const found = locations.map(({ tableFileId, ...place }) => ({ ...place, file: files.get(tableFileId) }));
        return { found: found.sort((a, b) => a.requestIndex - b.requestIndex), missing: sorted(missingIndexes) };
      });
    }
    default:
      throw new Error(`nothing is known of ${name}`);
  }
}
