/**
 * ChunkStoreService (FORMAT.md §6.2) over the stores of a host: twelve methods, of which ten answer one request and two each
 * request of a stream. Every request is checked before anything is asked of a store, and who may do it with every call.
 */
import { ADDRESS_BYTES, type Address, addressAt, addressBytes, parseAddress } from '../base/address.ts';
import { DiskError } from '../base/disk.ts';
import type { Logger } from '../base/environment.ts';
import { DoltError, type ErrorKind } from '../base/errors.ts';
import { GrpcError, GrpcStatus, type GrpcStatusCode } from '../base/network.ts';
import { ARCHIVE_SUFFIX } from '../chunks/archive-file.ts';
import {
  type Method,
  methods,
  OPEN_RANGES,
  PushConcurrency,
  STREAM_CHUNK_LOCATIONS,
  type TableFileDetails,
} from '../remote/grpc/messages.ts';
import type { UploadedFile } from '../remote/remote-store.ts';
import type { DataUrls } from './data-urls.ts';
import type { OpenPushes } from './open-pushes.ts';
import { isRepositoryPath } from './repository-path.ts';
import type { ChunkPlace, ServedFile, ServedStore } from './served-store.ts';
import type { Caller, CallOrigin, Need, ServiceHost } from './service-host.ts';
import { Turns } from './turns.ts';

/** What came with a call besides its message. */
export interface CallContext extends CallOrigin {
  readonly authorization: string | undefined;
  /** Whether it came encrypted; `forwardedProto` is what a proxy in front says of that. */
  readonly isSecure: boolean;
  readonly forwardedProto: string | undefined;
}

export interface ChunkServiceOptions {
  readonly host: ServiceHost;
  readonly urls: DataUrls;
  readonly pushes: OpenPushes;
  readonly logger: Logger;
  /**
   * Where the HTTP half is: a host and port, with a scheme where it is always the same one, or `:port` of the host that the
   * client called; where it called unless given.
   */
  readonly dataAuthority?: string | undefined;
}

/** Answers one request. Throws `GrpcError` and nothing else. */
export type Answer = (request: Uint8Array, context: CallContext) => Promise<Uint8Array>;

/** Methods, as a listener calls them. */
export type Calls = Pick<ChunkService, 'unary' | 'streams'>;

const FORMAT = '__DOLT__';
/** The original asks for 16,384 at a time. */
const MOST_ADDRESSES = 1 << 17;
const CALLS_AT_A_TIME = 64;
/** More are refused. */
const WAITING_CALLS = 4096;
const MOST_FILES = 4096;
const MOST_BYTES = 2 ** 40;
const MD5_BYTES = 16;

type RequestOf<M> = M extends Method<infer Request, infer _> ? Request : never;
type ResponseOf<M> = M extends Method<infer _, infer Response> ? Response : never;
/** A request's repository, and who calls. */
interface Target {
  readonly repository: string;
  readonly caller: Caller;
  readonly store: ServedStore;
  /** Scheme, host and port of the URLs to hand out. */
  readonly origin: string;
  /** The address of who calls. */
  readonly peer: string;
}
type Methods = typeof methods;

export class ChunkService {
  readonly #host: ServiceHost;
  readonly #urls: DataUrls;
  readonly #pushes: OpenPushes;
  readonly #logger: Logger;
  readonly #dataAuthority: string;
  readonly #turns = new Turns(CALLS_AT_A_TIME, WAITING_CALLS);

  constructor({ host, urls, pushes, logger, dataAuthority = '' }: ChunkServiceOptions) {
    this.#host = host;
    this.#urls = urls;
    this.#pushes = pushes;
    this.#logger = logger;
    this.#dataAuthority = dataAuthority;
  }

  /** Methods with one request and one answer, by their paths. */
  unary(): ReadonlyMap<string, Answer> {
    return new Map([
      this.#method('getRepoMetadata', 'read', (request, target) => this.#metadata(request, target)),
      this.#method('hasChunks', 'read', (request, { store }) => this.#hasChunks(request, store)),
      this.#method('getDownloadLocations', 'read', (request, target) =>
        this.#downloadLocations(request, target, false),
      ),
      this.#method('getUploadLocations', 'write', (request, target) => this.#uploadLocations(request, target)),
      this.#method('rebase', 'read', async () => ({})),
      this.#method('root', 'read', async (_, { store }) => ({ rootHash: addressBytes(await store.root()) })),
      this.#method('commit', 'write', (request, target) => this.#commit(request, target)),
      this.#method('listTableFiles', 'read', (_, target) => this.#listTableFiles(target)),
      this.#method('refreshTableFileUrl', 'read', (request, target) => this.#refreshTableFileUrl(request, target)),
      this.#method('addTableFiles', 'write', (request, target) => this.#addTableFiles(request, target)),
    ]);
  }

  /** Methods that answer each request of a stream, by their paths; what is made for one stream remembers its files. */
  streams(): ReadonlyMap<string, () => Answer> {
    return new Map([
      [
        methods.streamDownloadLocations.path,
        () =>
          this.#method('streamDownloadLocations', 'read', (request, target) =>
            this.#downloadLocations(request, target, true),
          )[1],
      ],
      [
        methods.streamChunkLocations.path,
        () => {
          const known = new Map<string, number>();
          return this.#method('streamChunkLocations', 'read', (request, target) =>
            this.#chunkLocations(request, target, known),
          )[1];
        },
      ],
    ]);
  }

  #method<Name extends keyof Methods>(
    name: Name,
    need: Need,
    answer: (request: RequestOf<Methods[Name]>, target: Target) => Promise<Partial<ResponseOf<Methods[Name]>>>,
  ): [string, Answer] {
    const { path, request, response } = methods[name] as unknown as Method<
      RequestOf<Methods[Name]>,
      ResponseOf<Methods[Name]>
    >;
    return [
      path,
      async (bytes, context) => {
        try {
          // Whoever has to wait for their log-in keeps nobody else waiting.
          const caller = await this.#host.authenticate(context.authorization, context);
          await this.#turns.enter();
          try {
            const decoded = request.decode(bytes);
            const target = await this.#target(decoded as RepositoryFields, caller, need, context);
            return response.encode(await answer(decoded, target));
          } finally {
            this.#turns.leave();
          }
        } catch (error) {
          throw this.#asGrpcError(error, name);
        }
      },
    ];
  }

  async #target(request: RepositoryFields, caller: Caller, need: Need, context: CallContext): Promise<Target> {
    const repository = repositoryOf(request);
    const store = await this.#host.store(repository, caller, need, context);
    return { repository, caller, store, origin: this.#originOf(context), peer: context.peer };
  }

  #originOf({ authority, isSecure, forwardedProto }: CallContext): string {
    const own = this.#dataAuthority;
    if (own.includes('://')) return own;
    const forwarded = forwardedProto === 'http' || forwardedProto === 'https' ? forwardedProto : undefined;
    const scheme = forwarded ?? (isSecure ? 'https' : 'http');
    return `${scheme}://${own.startsWith(':') ? authority.replace(/:\d+$/, '') + own : own || authority}`;
  }

  async #metadata(
    { clientRepoFormat }: RequestOf<Methods['getRepoMetadata']>,
    { store }: Target,
  ): Promise<Partial<ResponseOf<Methods['getRepoMetadata']>>> {
    if (!clientRepoFormat) throw invalid('client_repo_format is missing');
    const { nbsVersion = '' } = checkedFormat(clientRepoFormat);
    const storageSize = store.byteSize ? await store.byteSize() : sizeOf((await store.files()).files);
    const { assertWorkingSet, ignoreWorkingSet } = PushConcurrency;
    return {
      nbfVersion: FORMAT,
      nbsVersion,
      storageSize,
      pushConcurrencyControl: this.#host.assertsWorkingSet ? assertWorkingSet : ignoreWorkingSet,
      features: [STREAM_CHUNK_LOCATIONS, OPEN_RANGES],
    };
  }

  async #hasChunks({ hashes }: RequestOf<Methods['hasChunks']>, store: ServedStore) {
    const places = await store.locate(addressesOf('hashes', hashes));
    return { absent: places.flatMap((place, i) => (place ? [] : [i])) };
  }

  async #downloadLocations(
    { chunkHashes }: RequestOf<Methods['getDownloadLocations']>,
    target: Target,
    canTellDictionaries: boolean,
  ) {
    const addresses = addressesOf('chunk_hashes', chunkHashes);
    const byFile = new Map<string, { file: ServedFile; ranges: object[] }>();
    for (const [i, place] of (await target.store.locate(addresses)).entries()) {
      if (!place) continue;
      if (place.dictionary && !canTellDictionaries) {
        const message = 'chunks compressed with a dictionary are only told by streams: the client is too old';
        throw new GrpcError(GrpcStatus.unknown, message);
      }
      const key = place.file.name + place.file.suffix;
      const group = byFile.get(key) ?? { file: place.file, ranges: [] };
      byFile.set(key, group);
      group.ranges.push({ hash: chunkHashes[i]!, ...spanFields(place) });
    }
    const locs = [...byFile.values()].map(({ file, ranges }) => ({
      httpGetRange: { url: this.#readUrl(target, file), ranges },
    }));
    return { locs } as Partial<ResponseOf<Methods['getDownloadLocations']>>;
  }

  async #chunkLocations(
    { chunkHashes }: RequestOf<Methods['streamChunkLocations']>,
    target: Target,
    known: Map<string, number>,
  ): Promise<Partial<ResponseOf<Methods['streamChunkLocations']>>> {
    if (chunkHashes.length % ADDRESS_BYTES !== 0) throw invalid('chunk_hashes is not made of 20 bytes each');
    const count = chunkHashes.length / ADDRESS_BYTES;
    if (count > MOST_ADDRESSES) throw tooMany('chunk_hashes', MOST_ADDRESSES);
    const addresses = Array.from({ length: count }, (_, i) => addressAt(chunkHashes, i * ADDRESS_BYTES));
    const response = { tableFiles: [], locations: [], missingIndexes: [] } as unknown as {
      tableFiles: object[];
      locations: object[];
      missingIndexes: number[];
    };
    for (const [requestIndex, place] of (await target.store.locate(addresses)).entries()) {
      if (!place) {
        response.missingIndexes.push(requestIndex);
        continue;
      }
      const { file } = place;
      const fileId = file.name + file.suffix;
      // A stream names the same file of two repositories twice.
      const key = `${target.repository}/${fileId}`;
      let tableFileId = known.get(key);
      if (tableFileId === undefined) {
        tableFileId = known.size;
        known.set(key, tableFileId);
        response.tableFiles.push({ tableFileId, url: this.#readUrl(target, file), fileId });
      }
      response.locations.push({ tableFileId, requestIndex, ...spanFields(place) });
    }
    return response as Partial<ResponseOf<Methods['streamChunkLocations']>>;
  }

  async #uploadLocations({ tableFileDetails }: RequestOf<Methods['getUploadLocations']>, target: Target) {
    if (tableFileDetails.length === 0) throw invalid('table_file_details is missing: the client is too old');
    if (tableFileDetails.length > MOST_FILES) throw tooMany('table_file_details', MOST_FILES);
    const { repository, caller, origin } = target;
    const files = tableFileDetails.map((details, i) => announcedFile(details, `table_file_details[${i}]`));
    this.#pushes.announced(
      target,
      files.map(({ file }) => file),
    );
    const locs = files.map(({ file, ...announced }, i) => {
      const url = origin + this.#urls.seal({ kind: 'write', repository, caller, file, announced });
      return { tableFileHash: tableFileDetails[i]!.id, httpPost: { url } };
    });
    return { locs } as Partial<ResponseOf<Methods['getUploadLocations']>>;
  }

  async #commit(
    { current, last, chunkTableInfo, clientRepoFormat }: RequestOf<Methods['commit']>,
    target: Target,
  ): Promise<{ success: boolean }> {
    const next = addressOfField('current', current);
    const from = addressOfField('last', last);
    if (clientRepoFormat) checkedFormat(clientRepoFormat);
    const files = filesOf(chunkTableInfo);
    const commit = () => asPrecondition(() => target.store.commit(next, from, files));
    return { success: await this.#pushes.committing(target, files, commit) };
  }

  async #addTableFiles(
    { chunkTableInfo, clientRepoFormat }: RequestOf<Methods['addTableFiles']>,
    target: Target,
  ): Promise<{ success: boolean }> {
    if (clientRepoFormat) checkedFormat(clientRepoFormat);
    const files = filesOf(chunkTableInfo);
    await this.#pushes.adding(target, files, () => asPrecondition(() => target.store.addFiles(files)));
    return { success: true };
  }

  async #listTableFiles(target: Target): Promise<Partial<ResponseOf<Methods['listTableFiles']>>> {
    const { root, files } = await target.store.files();
    return {
      rootHash: addressBytes(root),
      tableFileInfo: files.map((file) => ({
        fileId: file.name,
        numChunks: file.chunkCount,
        url: this.#readUrl(target, file),
        splitOffset: file.splitOffset,
        refreshAfter: undefined,
        refreshRequest: undefined,
      })),
      appendixTableFileInfo: [],
    };
  }

  async #refreshTableFileUrl({ fileId }: RequestOf<Methods['refreshTableFileUrl']>, target: Target) {
    const isArchive = fileId.endsWith(ARCHIVE_SUFFIX);
    const name = parseAddress(isArchive ? fileId.slice(0, -ARCHIVE_SUFFIX.length) : fileId);
    if (!name) throw invalid('file_id is not the name of a file');
    const listed = (await target.store.files()).files.find((file) => file.name === name);
    if (listed) return { url: this.#readUrl(target, listed) };
    // It may have been conjoined since. Listed names are without the suffix.
    for (const suffix of isArchive ? [ARCHIVE_SUFFIX] : ['', ARCHIVE_SUFFIX]) {
      if ((await target.store.fileSize(name, suffix)) === undefined) continue;
      return { url: this.#readUrl(target, { name, suffix }) };
    }
    throw new GrpcError(GrpcStatus.notFound, `there is no file ${fileId}`);
  }

  #readUrl({ repository, caller, origin }: Target, { name, suffix }: Pick<ServedFile, 'name' | 'suffix'>): string {
    return origin + this.#urls.seal({ kind: 'read', repository, caller, file: name + suffix });
  }

  #asGrpcError(error: unknown, method: string): GrpcError {
    if (error instanceof GrpcError) return error;
    const ours = 'an error of the server, which its log describes';
    if (error instanceof DoltError) {
      if (!isOurs(error)) return new GrpcError(codeOf(error.kind), error.message, { cause: error });
      this.#logger.warn(`${method}: ${error.message}`);
      return new GrpcError(codeOf(error.kind), ours, { cause: error });
    }
    this.#logger.warn(`${method}: ${error instanceof Error ? error.stack : String(error)}`);
    return new GrpcError(GrpcStatus.internal, ours, { cause: error });
  }
}

interface RepositoryFields {
  readonly repoId: { readonly org?: string; readonly repoName?: string } | undefined;
  readonly repoPath: string;
}

/** Throws `GrpcError` (invalidArgument). */
function repositoryOf({ repoId, repoPath }: RepositoryFields): string {
  if (repoPath === '' && !(repoId?.org && repoId.repoName)) throw invalid('repo_path is missing');
  const path = repoPath || `${repoId!.org}/${repoId!.repoName}`;
  if (!isRepositoryPath(path)) throw invalid(`${JSON.stringify(path.slice(0, 100))} is not the name of a repository`);
  return path;
}

function checkedFormat(format: { readonly nbfVersion?: string; readonly nbsVersion?: string }): typeof format {
  const { nbfVersion, nbsVersion } = format;
  if (nbfVersion !== FORMAT) throw invalid(`client_repo_format.nbf_version should be ${FORMAT}`);
  if (nbsVersion !== '4' && nbsVersion !== '5') throw invalid('client_repo_format.nbs_version should be 4 or 5');
  return format;
}

function addressOfField(field: string, bytes: Uint8Array): Address {
  if (bytes.length !== ADDRESS_BYTES) throw invalid(`${field} should have 20 bytes, and has ${bytes.length}`);
  return addressAt(bytes, 0);
}

function addressesOf(field: string, hashes: readonly Uint8Array[]): readonly Address[] {
  if (hashes.length > MOST_ADDRESSES) throw tooMany(field, MOST_ADDRESSES);
  return hashes.map((hash, i) => addressOfField(`${field}[${i}]`, hash));
}

function filesOf(
  infos: readonly { readonly hash: Uint8Array; readonly chunkCount: number }[],
): readonly UploadedFile[] {
  if (infos.length > MOST_FILES) throw tooMany('chunk_table_info', MOST_FILES);
  return infos.map(({ hash, chunkCount }, i) => {
    if (chunkCount === 0) throw invalid(`chunk_table_info[${i}].chunk_count is zero`);
    return { name: addressOfField(`chunk_table_info[${i}].hash`, hash), chunkCount };
  });
}

function announcedFile(details: TableFileDetails, field: string) {
  const { id, contentLength, contentHash, numChunks, suffix } = details;
  const name = addressOfField(`${field}.id`, id);
  if (suffix !== '' && suffix !== ARCHIVE_SUFFIX) throw invalid(`${field}.suffix is not one of a file`);
  if (contentLength === 0 || contentLength > MOST_BYTES) throw invalid(`${field}.content_length is no size of a file`);
  if (contentHash.length !== MD5_BYTES) throw invalid(`${field}.content_hash is no MD5`);
  if (numChunks === 0 || numChunks > 0xffff_ffff) throw invalid(`${field}.num_chunks is no number of chunks`);
  return { file: name + suffix, chunkCount: numChunks, byteSize: contentLength, md5: contentHash };
}

const sizeOf = (files: readonly ServedFile[]): number => files.reduce((sum, { byteSize }) => sum + byteSize, 0);

function spanFields({ offset, length, dictionary }: ChunkPlace) {
  const span = { offset, length, dictionaryOffset: 0, dictionaryLength: 0 };
  return dictionary ? { ...span, dictionaryOffset: dictionary.offset, dictionaryLength: dictionary.length } : span;
}

/** A file that is not there is not what the call asked for: it is something that should have been done before. */
async function asPrecondition<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DoltError) || error instanceof GrpcError || error.kind !== 'notFound') throw error;
    throw new GrpcError(GrpcStatus.failedPrecondition, error.message, { cause: error });
  }
}

/** What went wrong here, in words that are for whoever runs the server. */
export const isOurs = (error: DoltError): boolean =>
  error instanceof DiskError || error.kind === 'corrupt' || error.kind === 'unknown';

function codeOf(kind: ErrorKind): GrpcStatusCode {
  switch (kind) {
    case 'notFound':
      return GrpcStatus.notFound;
    case 'conflict':
      return GrpcStatus.failedPrecondition;
    case 'corrupt':
      return GrpcStatus.dataLoss;
    case 'unavailable':
      return GrpcStatus.unavailable;
    case 'denied':
      return GrpcStatus.permissionDenied;
    case 'invalid':
      return GrpcStatus.invalidArgument;
    case 'unsupported':
      return GrpcStatus.unimplemented;
    case 'unknown':
      return GrpcStatus.unknown;
  }
}

const invalid = (message: string): GrpcError => new GrpcError(GrpcStatus.invalidArgument, message);

const tooMany = (field: string, most: number): GrpcError =>
  new GrpcError(GrpcStatus.invalidArgument, `${field} has more than ${most} entries; ask in several calls`);
