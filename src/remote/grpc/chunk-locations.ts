/** Where a server says that chunks lie: files behind URLs, and for each the chunks to read of it. */
import { type Address, addressAt, writeAddress } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import type { ChunkSpan } from '../spans.ts';
import type { ChunkServiceClient } from './chunk-service-client.ts';
import { HTTP2_DOWNLOAD, methods } from './messages.ts';

export interface RemoteSpans {
  readonly url: string;
  readonly spans: ChunkSpan[];
}

/** Addresses in one request. */
const BATCH = 512;
/** Far more than any chunk has: nobody makes room for what a server only says. */
const MOST_BYTES = 64 << 20;

/** Files by URL. Chunks that the server lacks are in none. */
export async function locateChunks(
  client: ChunkServiceClient,
  addresses: readonly Address[],
  hasStreamChunkLocations: boolean,
): Promise<readonly RemoteSpans[]> {
  const batches: (readonly Address[])[] = [];
  for (let at = 0; at < addresses.length; at += BATCH) batches.push(addresses.slice(at, at + BATCH));
  const found = new Map<string, RemoteSpans>();
  const add = (url: string, span: ChunkSpan): void => {
    let file = found.get(url);
    if (!file) {
      file = { url, spans: [] };
      found.set(url, file);
    }
    file.spans.push(span);
  };
  if (hasStreamChunkLocations) await streamChunkLocations(client, batches, add);
  else await streamDownloadLocations(client, batches, add);
  return [...found.values()];
}

async function streamChunkLocations(
  client: ChunkServiceClient,
  batches: readonly (readonly Address[])[],
  add: (url: string, span: ChunkSpan) => void,
): Promise<void> {
  const urls = new Map<number, string>();
  const requests = batches.map((batch) => ({ chunkHashes: packed(batch), clientCapabilities: [HTTP2_DOWNLOAD] }));
  await client.stream(methods.streamChunkLocations, requests, ({ tableFiles, locations }, index) => {
    for (const { tableFileId, url } of tableFiles) urls.set(tableFileId, url);
    for (const { tableFileId, requestIndex, ...place } of locations) {
      const url = urls.get(tableFileId);
      const address = batches[index]![requestIndex];
      if (url === undefined || address === undefined) throw new DoltError('corrupt', 'a location names no file');
      add(url, spanOf(address, place));
    }
  });
}

async function streamDownloadLocations(
  client: ChunkServiceClient,
  batches: readonly (readonly Address[])[],
  add: (url: string, span: ChunkSpan) => void,
): Promise<void> {
  const requests = batches.map((batch) => ({
    chunkHashes: batch.map((address) => packed([address])),
    clientCapabilities: [HTTP2_DOWNLOAD],
  }));
  await client.stream(methods.streamDownloadLocations, requests, ({ locs }) => {
    for (const { httpGetRange } of locs) {
      for (const { hash, ...place } of httpGetRange?.ranges ?? []) {
        if (hash.length !== 20) throw new DoltError('corrupt', 'a location names no chunk');
        add(httpGetRange!.url!, spanOf(addressAt(hash, 0), place));
      }
    }
  });
}

function spanOf(
  address: Address,
  place: { offset: number; length: number; dictionaryOffset: number; dictionaryLength: number },
): ChunkSpan {
  const { offset, length, dictionaryOffset, dictionaryLength } = place;
  if (length === 0 || length > MOST_BYTES || dictionaryLength > MOST_BYTES) {
    throw new DoltError('corrupt', `chunk ${address} is said to take ${Math.max(length, dictionaryLength)} bytes`);
  }
  if (dictionaryLength === 0) return { address, offset, length };
  return { address, offset, length, dictionary: { offset: dictionaryOffset, length: dictionaryLength } };
}

export function packed(addresses: readonly Address[]): Uint8Array {
  const bytes = new Uint8Array(addresses.length * 20);
  for (const [i, address] of addresses.entries()) writeAddress(address, bytes, i * 20);
  return bytes;
}
