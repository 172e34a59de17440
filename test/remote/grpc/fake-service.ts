/**
 * A network with one server on it: ChunkStoreService over files in memory, which are handed out by HTTP. A test says what
 * becomes of which call: it is refused, its answer is lost, a body is cut off or is another.
 */
import { createHash } from 'node:crypto';
import { type Address, addressAt, EMPTY_ADDRESS } from '../../../src/base/address.ts';
import {
  type CallMetadata,
  type ChannelOptions,
  type GrpcChannel,
  GrpcError,
  GrpcStatus,
  type GrpcStream,
  type Network,
} from '../../../src/base/network.ts';
import { type Method, methods, OPEN_RANGES, STREAM_CHUNK_LOCATIONS } from '../../../src/remote/grpc/messages.ts';
import { ENDING } from '../../../src/remote/grpc/unreached.ts';

/** What becomes of a call. `lost`: it was carried out, and nobody was told. */
export type Fault = 'refused' | 'lost' | 'denied' | 'ending' | 'cut' | 'short' | 'wrong' | 'expired' | 'busy';

export interface Call {
  /** A method of the service, or GET or PUT of a file. */
  readonly name: string;
  /** From 1, of all calls. */
  readonly number: number;
}

export interface Place {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

const DATA = 'http://data.example/';

export class FakeService implements Network {
  fault: (call: Call) => Fault | undefined = () => undefined;
  hasStreamChunkLocations = true;
  hasOpenRanges = false;
  assertsWorkingSet = false;
  /** Bytes of files by name, and those that a swap or AddTableFiles has named. */
  readonly uploaded = new Map<string, Uint8Array>();
  readonly named = new Set<string>();
  root: Address = EMPTY_ADDRESS;
  readonly calls: string[] = [];
  readonly ranges: string[] = [];
  readonly channels: ChannelOptions[] = [];
  authorization: string | undefined;
  /** URLs carry it, and others are expired. */
  generation = 1;
  /** What the server says of a place. */
  place: (place: Place) => Omit<Place, 'file'> = (place) => place;
  readonly #places = new Map<Address, Place>();

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(String(input));
    const method = init?.method ?? 'GET';
    const fault = this.#called(method);
    if (fault === 'refused') throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    if (fault === 'busy') return new Response('busy', { status: 503 });
    if (fault === 'denied') return new Response('no', { status: 403 });
    const isCurrent = url.searchParams.get('generation') === String(this.generation);
    if (fault === 'expired' || !isCurrent) return new Response('expired', { status: 403 });
    const name = url.pathname.slice(1);
    if (method === 'PUT') return await this.#put(name, init!, fault);
    return this.#get(name, new Headers(init?.headers).get('range'), fault);
  };

  openChannel(options: ChannelOptions): GrpcChannel {
    this.channels.push(options);
    return {
      call: async (path, request, { metadata } = {}) => this.#answer(path, request, metadata),
      stream: (path, { metadata } = {}) => this.#stream(path, metadata),
      close() {},
    };
  }

  #called(name: string): Fault | undefined {
    this.calls.push(name);
    return this.fault({ name, number: this.calls.length });
  }

  async #put(name: string, { body, headers }: RequestInit, fault: Fault | undefined): Promise<Response> {
    const pieces: Uint8Array[] = [];
    for await (const piece of body as ReadableStream<Uint8Array>) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    const announced = new Headers(headers);
    const md5 = createHash('md5').update(bytes).digest('base64');
    if (announced.get('content-md5') !== md5 || Number(announced.get('content-length')) !== bytes.length) {
      return new Response('not as announced', { status: 400 });
    }
    this.uploaded.set(name, bytes);
    if (fault === 'lost' || fault === 'cut') throw new TypeError('terminated');
    return new Response(null, { status: 200 });
  }

  #get(name: string, range: string | null, fault: Fault | undefined): Response {
    const file = this.uploaded.get(name);
    if (!file) return new Response('gone', { status: 404 });
    const [, first = '0', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    const end = last === '' ? file.length : Math.min(file.length, Number(last) + 1);
    this.ranges.push(`${name} ${first}-${end}`);
    let bytes = Uint8Array.from(file.subarray(Number(first), end));
    const headers = { 'content-range': `bytes ${first}-${end - 1}/${file.length}` };
    if (fault === 'wrong') bytes[bytes.length >> 1]! ^= 1;
    if (fault === 'short') bytes = bytes.subarray(0, bytes.length >> 1);
    if (fault !== 'cut' && fault !== 'lost') return new Response(bytes, { status: 206, headers });
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(bytes.subarray(0, bytes.length >> 1));
        controller.error(new TypeError('terminated'));
      },
    });
    return new Response(body, { status: 206, headers });
  }

  #stream(path: string, metadata: CallMetadata = {}): GrpcStream {
    const requests: Uint8Array[] = [];
    const answer = (request: Uint8Array): Uint8Array => this.#answer(path, request, metadata);
    return {
      send: (request) => void requests.push(request),
      end() {},
      cancel() {},
      answers: (async function* () {
        for (const request of requests) yield answer(request);
      })(),
    };
  }

  #answer(path: string, request: Uint8Array, metadata: CallMetadata = {}): Uint8Array {
    this.authorization = metadata['authorization'];
    const [key, method] = Object.entries(methods).find(([, each]) => each.path === path)!;
    const fault = this.#called(path.split('/').at(-1)!);
    if (fault === 'denied') throw new GrpcError(GrpcStatus.permissionDenied, 'you may not');
    if (fault === 'ending') throw new GrpcError(GrpcStatus.unavailable, ENDING);
    if (fault !== undefined && fault !== 'lost') throw new GrpcError(GrpcStatus.unavailable, 'connect ECONNREFUSED');
    const act = (this.#methods as Readonly<Record<string, unknown>>)[key] as (request: unknown) => object;
    const { request: requests, response } = method as Method<object, object>;
    const answer = response.encode(act(requests.decode(request)));
    if (fault === 'lost') throw new GrpcError(GrpcStatus.unavailable, 'read ECONNRESET');
    return answer;
  }

  #url(name: string): string {
    return `${DATA}${name}?generation=${this.generation}`;
  }

  #locate(hash: Uint8Array): Place | undefined {
    return this.#places.get(addressAt(hash, 0));
  }

  #name(infos: readonly { hash?: Uint8Array }[]): void {
    for (const { hash } of infos) {
      const name = addressAt(hash!, 0);
      const bytes = this.uploaded.get(name);
      if (!bytes) throw new GrpcError(GrpcStatus.invalidArgument, `${name} was not uploaded`);
      this.named.add(name);
      for (const [address, place] of placesOf(name, bytes)) this.#places.set(address, place);
    }
  }

  readonly #methods = {
    getRepoMetadata: () => ({
      nbfVersion: '__DOLT__',
      nbsVersion: '5',
      pushConcurrencyControl: this.assertsWorkingSet ? 2 : 1,
      features: [
        ...(this.hasStreamChunkLocations ? [STREAM_CHUNK_LOCATIONS] : []),
        ...(this.hasOpenRanges ? [OPEN_RANGES] : []),
      ],
    }),
    root: () => ({ rootHash: bytesOf(this.root) }),
    hasChunks: ({ hashes }: { hashes: Uint8Array[] }) => ({
      absent: hashes.flatMap((hash, i) => (this.#locate(hash) ? [] : [i])),
    }),
    streamChunkLocations: ({ chunkHashes }: { chunkHashes: Uint8Array }) => {
      const names: string[] = [];
      const locations = [];
      const missingIndexes: number[] = [];
      for (let i = 0; i * 20 < chunkHashes.length; i++) {
        const place = this.#locate(chunkHashes.subarray(i * 20, i * 20 + 20));
        if (!place) missingIndexes.push(i);
        else {
          if (!names.includes(place.file)) names.push(place.file);
          const { offset, length } = this.place(place);
          locations.push({ tableFileId: names.indexOf(place.file) + 1, requestIndex: i, offset, length });
        }
      }
      const tableFiles = names.map((name, i) => ({ tableFileId: i + 1, url: this.#url(name), fileId: name }));
      return { tableFiles, locations, missingIndexes };
    },
    streamDownloadLocations: ({ chunkHashes }: { chunkHashes: Uint8Array[] }) => ({
      locs: chunkHashes.flatMap((hash) => {
        const place = this.#locate(hash);
        if (!place) return [];
        const { file } = place;
        const { offset, length } = this.place(place);
        return [{ httpGetRange: { url: this.#url(file), ranges: [{ hash, offset, length }] } }];
      }),
    }),
    getUploadLocations: ({ tableFileDetails }: { tableFileDetails: { id?: Uint8Array }[] }) => ({
      locs: tableFileDetails.map(({ id }) => ({
        tableFileHash: id!,
        httpPost: { url: this.#url(addressAt(id!, 0)) },
      })),
    }),
    commit: (request: { current: Uint8Array; last: Uint8Array; chunkTableInfo: { hash?: Uint8Array }[] }) => {
      this.#name(request.chunkTableInfo);
      if (addressAt(request.last, 0) !== this.root) return { success: false };
      this.root = addressAt(request.current, 0);
      return { success: true };
    },
    listTableFiles: () => ({
      rootHash: bytesOf(this.root),
      tableFileInfo: [...this.named].map((name) => {
        const bytes = this.uploaded.get(name)!;
        const numChunks = countOf(bytes);
        return { fileId: name, numChunks, url: this.#url(name), splitOffset: bytes.length - 20 - 28 * numChunks };
      }),
    }),
    refreshTableFileUrl: ({ fileId }: { fileId: string }) => ({ url: this.#url(fileId) }),
    rebase: () => ({}),
    addTableFiles: ({ chunkTableInfo }: { chunkTableInfo: { hash?: Uint8Array }[] }) => {
      this.#name(chunkTableInfo);
      return { success: true };
    },
  };
}

const countOf = (bytes: Uint8Array): number => Buffer.from(bytes).readUInt32BE(bytes.length - 20);

/** Of every chunk of a table file (FORMAT.md §2.3). */
function* placesOf(file: string, bytes: Uint8Array): Generator<[Address, Place]> {
  const view = Buffer.from(bytes);
  const count = countOf(bytes);
  const prefixes = bytes.length - 20 - 28 * count;
  const [lengths, suffixes] = [prefixes + 12 * count, prefixes + 16 * count];
  const offsets = [0];
  for (let i = 0; i < count; i++) offsets.push(offsets[i]! + view.readUInt32BE(lengths + 4 * i));
  for (let i = 0; i < count; i++) {
    const ordinal = view.readUInt32BE(prefixes + 12 * i + 8);
    const suffix = view.subarray(suffixes + 12 * ordinal, suffixes + 12 * ordinal + 12);
    const address = addressAt(Buffer.concat([view.subarray(prefixes + 12 * i, prefixes + 12 * i + 8), suffix]), 0);
    yield [address, { file, offset: offsets[ordinal]!, length: offsets[ordinal + 1]! - offsets[ordinal]! }];
  }
}

function bytesOf(address: Address): Uint8Array {
  const bits = [...address].map((c) => Number.parseInt(c, 32).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from({ length: 20 }, (_, i) => Number.parseInt(bits.slice(i * 8, i * 8 + 8), 2));
}
