/**
 * A remote behind ChunkStoreService (`http://`, `https://`; FORMAT.md §6.2): a hub, the original's servers, a running
 * sql-server. Roots and places of chunks come by gRPC, bytes by HTTP from the URLs that the server hands out.
 */
import { createHash } from 'node:crypto';
import { type Address, addressAt, addressBytes, JOURNAL_ADDRESS, parseAddress } from '../../base/address.ts';
import { abandonFile } from '../../base/disk.ts';
import { DoltError } from '../../base/errors.ts';
import { ARCHIVE_SUFFIX } from '../../chunks/archive-file.ts';
import { tableIndexBytes } from '../../chunks/table-index.ts';
import { shownUrl } from '../../repo/remote-url.ts';
import type { Environment } from '../../repo/repository.ts';
import { HttpFiles, HttpStatusError } from '../http-files.ts';
import { inParallel } from '../parallel.ts';
import { downloadByRanges } from '../range-download.ts';
import { AHEAD_BYTES, ReadAhead } from '../read-ahead.ts';
import type { KnownMaps, LocalTableFile, RemoteFile, RemoteRoot, RemoteStore, UploadedFile } from '../remote-store.ts';
import { retrying } from '../retry.ts';
import { smallTable } from '../small-table.ts';
import { chunkOf, type Dictionaries, groupSpans, readDictionary, type Span } from '../spans.ts';
import { type Asking, authorizationOf } from './authorization.ts';
import { locateChunks, type RemoteSpans } from './chunk-locations.ts';
import { ChunkServiceClient } from './chunk-service-client.ts';
import { type KnownRemotes, knownRemotes, type ServerMetadata } from './known-remotes.ts';
import { HTTP2_DOWNLOAD, methods, OPEN_RANGES, PushConcurrency, STREAM_CHUNK_LOCATIONS } from './messages.ts';
import { parseServiceUrl } from './service-url.ts';
import { isPassing } from './unreached.ts';

const FORMAT = { nbfVersion: '__DOLT__', nbsVersion: '5' };
/** Addresses in one question of what is there. */
const HAS_BATCH = 4096;
/** With so many chunks others are read along. */
const FEW = 8;
const PARALLEL_QUESTIONS = 4;
const PARALLEL_RANGES = 8;
/** Bytes of a file that are read at a time while it is sent. */
const PIECE_BYTES = 256 << 10;

export class GrpcRemote implements RemoteStore {
  readonly url: string;
  readonly knownMaps: KnownMaps;
  readonly #seen: KnownRemotes['seen'];
  /** What `#seen` knows this remote by. */
  readonly #place: string;
  readonly #environment: Environment;
  readonly #client: ChunkServiceClient;
  readonly #files: HttpFiles;
  #metadata: Promise<ServerMetadata> | undefined;
  /** Where complete files lie, by name: what `files` answered last. */
  readonly #fileUrls = new Map<Address, string>();
  readonly #dictionaries = new Map<string, Dictionaries>();
  readonly #ahead = new ReadAhead();

  /** Throws `invalid` for a URL that names no repository, `denied` for who cannot be, and `unsupported` without a network. */
  constructor(environment: Environment, url: string, asking: Asking = {}) {
    const { network, timers, random } = environment;
    const parsed = parseServiceUrl(url);
    const { authority, isSecure, path } = parsed;
    this.url = shownUrl(url);
    if (!network) throw new DoltError('unsupported', `remote ${this.url}: there is no network here`);
    const { maps, seen } = knownRemotes(network);
    this.knownMaps = maps;
    this.#seen = seen;
    this.#place = `${isSecure ? 'https' : 'http'}://${authority}/${path}`;
    this.#environment = environment;
    this.#client = new ChunkServiceClient({
      channel: network.openChannel({ authority, isSecure }),
      url: this.url,
      path,
      authorization: authorizationOf(environment, parsed, asking),
      replica: asking.replica,
      retry: { timers, random, isPassing: (error) => !asking.isPrompt && isPassing(error) },
    });
    this.#files = new HttpFiles({ network, url: this.url });
  }

  /** Asked for beside what the server says of itself: that is one way there and back. */
  async root(): Promise<RemoteRoot> {
    const [{ rootHash }, metadata] = await Promise.all([this.#client.call(methods.root, {}), this.#opened()]);
    const root = this.#addressIn(rootHash);
    this.#seen.set(this.#place, { root, metadata });
    return { root, version: root };
  }

  async lastSeen(): Promise<RemoteRoot | undefined> {
    const seen = this.#seen.get(this.#place);
    if (!seen) return undefined;
    this.#metadata ??= Promise.resolve(seen.metadata);
    return { root: seen.root, version: seen.root };
  }

  /** A server answers a swap when it is durable. */
  async settle(): Promise<void> {}

  async absent(addresses: readonly Address[]): Promise<readonly Address[]> {
    await this.#opened();
    const batches: { readonly at: number; readonly addresses: readonly Address[] }[] = [];
    for (let at = 0; at < addresses.length; at += HAS_BATCH) {
      batches.push({ at, addresses: addresses.slice(at, at + HAS_BATCH) });
    }
    const isAbsent = new Uint8Array(addresses.length);
    await inParallel(batches, PARALLEL_QUESTIONS, async (batch) => {
      const hashes = batch.addresses.map(addressBytes);
      const { absent } = await this.#client.call(methods.hasChunks, { hashes });
      for (const index of absent) isAbsent[batch.at + index] = 1;
    });
    return addresses.filter((_, i) => isAbsent[i] === 1);
  }

  async chunks(addresses: readonly Address[]): Promise<ReadonlyMap<Address, Uint8Array>> {
    const found = new Map<Address, Uint8Array>();
    for (const address of addresses) {
      const chunk = this.#ahead.take(address);
      if (chunk) found.set(address, chunk);
    }
    if (found.size < addresses.length) await this.#fetch(addresses, found);
    // Not as they came: what is asked for next, and the order of what is stored, is the same each time.
    return new Map(addresses.map((address) => [address, found.get(address)!]));
  }

  /** Fetches those of `addresses` that are not among `found`. */
  async #fetch(addresses: readonly Address[], found: Map<Address, Uint8Array>): Promise<void> {
    const { hasStreamChunkLocations, hasOpenRanges } = await this.#opened();
    const { timers, random } = this.#environment;
    // A URL that expired is handed out anew; what arrived before stays.
    await retrying({ timers, random }, async () => {
      const missing = addresses.filter((address) => !found.has(address));
      const files = await locateChunks(this.#client, missing, hasStreamChunkLocations);
      const located = files.reduce((sum, { spans }) => sum + spans.length, 0);
      if (located < missing.length) {
        const there = new Set(files.flatMap(({ spans }) => spans.map(({ address }) => address)));
        const lacking = missing.find((address) => !there.has(address));
        if (lacking) throw new DoltError('notFound', `remote ${this.url} lacks chunk ${lacking}`);
      }
      await this.#readDictionaries(files);
      const groups = files.flatMap(({ url, spans }) => groupSpans(spans).map((group) => ({ url, group })));
      await inParallel(groups, PARALLEL_RANGES, async ({ url, group }) => {
        const isReadAlong = hasOpenRanges && missing.length <= FEW && group.spans.every((span) => !span.dictionary);
        // A small file is read whole: its root stands behind what was pushed with it.
        const before = isReadAlong && group.offset <= AHEAD_BYTES ? group.offset : 0;
        const length = before + group.length + (isReadAlong ? AHEAD_BYTES : 0);
        const read = await this.#read(url, { offset: group.offset - before, length }, before + group.length);
        const bytes = read.subarray(before);
        this.#ahead.add(read.subarray(0, before));
        this.#ahead.add(bytes.subarray(group.length));
        const dictionaries = this.#dictionariesOf(url);
        for (const span of group.spans) {
          const at = span.offset - group.offset;
          const stored = bytes.subarray(at, at + span.length);
          found.set(span.address, chunkOf(stored, span, dictionaries, `remote ${this.url}`));
        }
      });
    });
  }

  async upload(file: LocalTableFile): Promise<UploadedFile> {
    const { disk } = this.#environment;
    const reader = disk.openRead(file.path);
    if (!reader) throw new DoltError('notFound', `${file.path} is not there any more`);
    const read = function* (): Generator<Uint8Array, void> {
      for (let at = 0; at < file.byteSize; ) {
        const piece = new Uint8Array(Math.min(PIECE_BYTES, file.byteSize - at));
        const count = reader.read(piece, 0, piece.length, at);
        if (count === 0) throw new DoltError('corrupt', `${file.path} is shorter than it was`);
        yield piece.subarray(0, count);
        at += count;
      }
    };
    try {
      await this.#send(file, read);
    } finally {
      reader.close();
    }
    abandonFile(disk, 'remote:remove-local', file.path);
    return { name: file.name, chunkCount: file.chunkCount };
  }

  async uploadChunks(
    chunks: Iterable<readonly [Address, Uint8Array]>,
    records: Iterable<readonly [Address, Uint8Array]> = [],
  ): Promise<UploadedFile> {
    const { name, chunkCount, bytes } = smallTable(chunks, records);
    await this.#send({ name, chunkCount, byteSize: bytes.length }, () => [bytes]);
    return { name, chunkCount };
  }

  async swap(
    next: Address,
    last: Address,
    files: readonly UploadedFile[],
    ready: Promise<void> = Promise.resolve(),
  ): Promise<boolean> {
    const metadata = await this.#opened();
    await ready;
    this.#seen.delete(this.#place);
    try {
      const { success } = await this.#client.callOnce(methods.commit, {
        current: addressBytes(next),
        last: addressBytes(last),
        chunkTableInfo: files.map(({ name, chunkCount }) => ({ hash: addressBytes(name), chunkCount })),
        clientRepoFormat: FORMAT,
      });
      if (success) this.#seen.set(this.#place, { root: next, metadata });
      return success;
    } catch (error) {
      if (!(error instanceof DoltError) || error.kind !== 'unavailable') throw error;
      throw new DoltError('unknown', `${error.message}; it is not known whether the remote has moved`, {
        cause: error,
      });
    }
  }

  async assertsWorkingSet(): Promise<boolean> {
    return (await this.#opened()).assertsWorkingSet;
  }

  async files(): Promise<readonly RemoteFile[]> {
    await this.#opened();
    const { tableFileInfo, appendixTableFileInfo } = await this.#client.call(methods.listTableFiles, {
      clientCapabilities: [HTTP2_DOWNLOAD],
    });
    const files = new Map<Address, RemoteFile>();
    for (const { fileId, numChunks, url, splitOffset } of [...appendixTableFileInfo, ...tableFileInfo]) {
      const name = parseAddress(fileId);
      if (!name) throw new DoltError('corrupt', `remote ${this.url}: '${fileId}' is no name of a file`);
      const suffix = new URL(url).pathname.endsWith(ARCHIVE_SUFFIX) ? ARCHIVE_SUFFIX : '';
      // Of an archive, and of the journal of a running server, it is asked for when it is read.
      const isTable = suffix === '' && name !== JOURNAL_ADDRESS && splitOffset > 0;
      const byteSize = isTable ? splitOffset + tableIndexBytes(numChunks) : 0;
      this.#fileUrls.set(name, url);
      files.set(name, { name, suffix, chunkCount: numChunks, byteSize });
    }
    return [...files.values()];
  }

  async download(file: RemoteFile, path: string, progress?: (bytes: number) => void): Promise<void> {
    const { disk } = this.#environment;
    const size = file.byteSize || (await this.#fresh(file, (url) => this.#files.size(url)));
    const read = async (span: Span, target: Uint8Array): Promise<void> => {
      await this.#fresh(file, (url) => this.#files.readInto(target, url, span));
    };
    await downloadByRanges({ disk, path, size, read, progress });
  }

  async end(file: RemoteFile, length: number): Promise<Uint8Array> {
    const span = { offset: file.byteSize - length, length };
    return await this.#fresh(file, (url) => this.#files.read(url, span));
  }

  /** The server does. */
  async tidy(): Promise<void> {}

  close(): void {
    this.#client.close();
  }

  #opened(): Promise<ServerMetadata> {
    this.#metadata ??= this.#open();
    this.#metadata.catch(() => {
      this.#metadata = undefined;
    });
    return this.#metadata;
  }

  async #open(): Promise<ServerMetadata> {
    const { nbfVersion, features, pushConcurrencyControl } = await this.#client.call(methods.getRepoMetadata, {
      clientRepoFormat: FORMAT,
    });
    if (nbfVersion !== FORMAT.nbfVersion) {
      throw new DoltError('unsupported', `remote ${this.url} stores chunks in the format '${nbfVersion}'`);
    }
    return {
      hasStreamChunkLocations: features.includes(STREAM_CHUNK_LOCATIONS),
      hasOpenRanges: features.includes(OPEN_RANGES),
      assertsWorkingSet: pushConcurrencyControl === PushConcurrency.assertWorkingSet,
    };
  }

  async #readDictionaries(files: readonly RemoteSpans[]): Promise<void> {
    const wanted = files.flatMap(({ url, spans }) => {
      const known = this.#dictionariesOf(url);
      const byOffset = new Map(
        spans.flatMap(({ dictionary }) => (dictionary ? [[dictionary.offset, dictionary]] : [])),
      );
      return [...byOffset.values()].filter(({ offset }) => !known.has(offset)).map((span) => ({ url, span }));
    });
    await inParallel(wanted, PARALLEL_RANGES, async ({ url, span }) => {
      const bytes = await this.#read(url, span);
      this.#dictionariesOf(url).set(span.offset, readDictionary(bytes, `remote ${this.url}`));
    });
  }

  /** A URL names its file by its path; what follows differs with each time it is handed out. */
  #dictionariesOf(url: string): Dictionaries {
    const file = new URL(url).pathname;
    let dictionaries = this.#dictionaries.get(file);
    if (!dictionaries) {
      dictionaries = new Map();
      this.#dictionaries.set(file, dictionaries);
    }
    return dictionaries;
  }

  /** What there is of a span, if not fewer bytes than `least`. */
  async #read(url: string, span: Span, least = span.length): Promise<Uint8Array> {
    const { timers, random } = this.#environment;
    const bytes = new Uint8Array(span.length);
    try {
      const count = await retrying({ timers, random }, () => this.#files.readInto(bytes, url, span, least));
      return bytes.subarray(0, count);
    } catch (error) {
      throw expired(error);
    }
  }

  /** Asks for a file by its URL, and by a new one where that has expired. */
  async #fresh<T>(file: RemoteFile, ask: (url: string) => Promise<T>): Promise<T> {
    const { timers, random } = this.#environment;
    return await retrying({ timers, random }, async () => {
      const url = this.#fileUrls.get(file.name) ?? (await this.#newUrl(file));
      try {
        return await ask(url);
      } catch (error) {
        // Of several that find it expired, the first one asks for another.
        if (this.#fileUrls.get(file.name) === url) this.#fileUrls.delete(file.name);
        throw expired(error);
      }
    });
  }

  async #newUrl(file: RemoteFile): Promise<string> {
    const { url } = await this.#client.call(methods.refreshTableFileUrl, { fileId: file.name + file.suffix });
    this.#fileUrls.set(file.name, url);
    return url;
  }

  async #send(
    { name, chunkCount, byteSize }: Omit<LocalTableFile, 'path'>,
    read: () => Iterable<Uint8Array>,
  ): Promise<void> {
    await this.#opened();
    const digest = createHash('md5');
    for (const piece of read()) digest.update(piece);
    const md5 = digest.digest();
    const details = {
      id: addressBytes(name),
      contentLength: byteSize,
      contentHash: md5,
      numChunks: chunkCount,
      suffix: '',
      splitOffset: byteSize - tableIndexBytes(chunkCount),
    };
    const { timers, random } = this.#environment;
    await retrying({ timers, random }, async () => {
      const { locs } = await this.#client.call(methods.getUploadLocations, {
        tableFileHashes: [details.id],
        tableFileDetails: [details],
      });
      const url = locs[0]?.httpPost?.url;
      if (!url) throw new DoltError('corrupt', `remote ${this.url} names no place for a file`);
      try {
        await this.#files.write(url, pieces(read()), { length: byteSize, md5 });
      } catch (error) {
        throw expired(error);
      }
    });
  }

  #addressIn(bytes: Uint8Array): Address {
    if (bytes.length !== 20) throw new DoltError('corrupt', `remote ${this.url}: its root is no address`);
    return addressAt(bytes, 0);
  }
}

/** A URL that is no longer valid: another one may be asked for. */
function expired(error: unknown): unknown {
  if (!(error instanceof HttpStatusError) || error.status < 401 || error.status > 404) return error;
  return new DoltError('unavailable', error.message, { cause: error });
}

async function* pieces(read: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* read;
}
