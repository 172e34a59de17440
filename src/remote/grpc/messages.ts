/** The messages of ChunkStoreService and its methods (FORMAT.md §6.2 and appendix E). */
import {
  bool,
  bytes,
  type Message,
  message,
  nested,
  repeated,
  repeatedBytes,
  repeatedUint32,
  text,
  uint32,
  uint64,
  type ValueOf,
} from './protobuf.ts';

const SERVICE = '/dolt.services.remotesapi.v1alpha1.ChunkStoreService';

/** `push_concurrency_control`: whether a push has to move a branch's working set as well. */
export const PushConcurrency = { ignoreWorkingSet: 1, assertWorkingSet: 2 } as const;
/** `features` of a server: StreamChunkLocations is there. */
export const STREAM_CHUNK_LOCATIONS = 1;
/**
 * The key of a call's metadata by which a replica tells itself from others of its user on the same machine: some hexadecimal
 * digits, drawn once. A hub's page shows each by itself; other servers pass over it.
 */
export const REPLICA_METADATA = 'dolt-replica';

/** Of this project's servers, far from the original's numbers: a range of a file may reach beyond its end. */
export const OPEN_RANGES = 20_231;
/** `client_capabilities`: HTTP/2 for what is downloaded. */
export const HTTP2_DOWNLOAD = 1;

const repoId = message({ org: text(1), repoName: text(2) });
const timestamp = message({ seconds: uint64(1), nanos: uint32(2) });
const clientRepoFormat = message({ nbfVersion: text(1), nbsVersion: text(2) });
export const chunkTableInfo = message({ hash: bytes(1), chunkCount: uint32(2) });

const repo = { repoId: nested(1, repoId), repoToken: text(2), repoPath: text(3) };

export const hasChunksRequest = message({
  repoId: nested(1, repoId),
  hashes: repeatedBytes(2),
  repoToken: text(3),
  repoPath: text(4),
});
export const hasChunksResponse = message({ absent: repeatedUint32(1), repoToken: text(2) });

export const refreshTableFileUrlRequest = message({
  repoId: nested(1, repoId),
  fileId: text(2),
  repoToken: text(3),
  repoPath: text(4),
  clientCapabilities: repeatedUint32(5),
});
export const refreshTableFileUrlResponse = message({
  url: text(1),
  refreshAfter: nested(2, timestamp),
  repoToken: text(3),
});

/** `dictionaryLength` above zero: the span is zstd, with the dictionary at that place of the same file. */
export const rangeChunk = message({
  hash: bytes(1),
  offset: uint64(2),
  length: uint32(3),
  dictionaryOffset: uint64(4),
  dictionaryLength: uint32(5),
});
export const httpGetRange = message({ url: text(1), ranges: repeated(2, rangeChunk) });
export const downloadLoc = message({
  httpGetRange: nested(2, httpGetRange),
  refreshAfter: nested(3, timestamp),
  refreshRequest: nested(4, refreshTableFileUrlRequest),
});
export const getDownloadLocsRequest = message({
  repoId: nested(1, repoId),
  chunkHashes: repeatedBytes(2),
  repoToken: text(3),
  repoPath: text(4),
  clientCapabilities: repeatedUint32(5),
});
export const getDownloadLocsResponse = message({ locs: repeated(1, downloadLoc), repoToken: text(2) });

/** `chunkHashes`: 20 bytes for each. */
export const streamChunkLocationsRequest = message({
  ...repo,
  chunkHashes: bytes(4),
  clientCapabilities: repeatedUint32(5),
});
/** A number for a file, valid until the stream ends. */
export const tableFileRecord = message({
  tableFileId: uint32(1),
  url: text(2),
  refreshAfter: nested(3, timestamp),
  fileId: text(4),
});
export const chunkLocation = message({
  tableFileId: uint32(1),
  requestIndex: uint32(2),
  offset: uint64(3),
  length: uint32(4),
  dictionaryOffset: uint64(5),
  dictionaryLength: uint32(6),
});
export const streamChunkLocationsResponse = message({
  repoToken: text(1),
  tableFiles: repeated(2, tableFileRecord),
  locations: repeated(3, chunkLocation),
  missingIndexes: repeatedUint32(4),
});

/** `contentHash`: the MD5 of the file, 16 bytes. `splitOffset`: the length of its records. */
export const tableFileDetails = message({
  id: bytes(1),
  contentLength: uint64(2),
  contentHash: bytes(3),
  numChunks: uint64(4),
  suffix: text(5),
  splitOffset: uint64(6),
});
export const getUploadLocsRequest = message({
  repoId: nested(1, repoId),
  tableFileHashes: repeatedBytes(2),
  tableFileDetails: repeated(3, tableFileDetails),
  repoToken: text(4),
  repoPath: text(5),
});
const httpPostTableFile = message({ url: text(1) });
export const uploadLoc = message({ tableFileHash: bytes(1), httpPost: nested(2, httpPostTableFile) });
export const getUploadLocsResponse = message({ locs: repeated(1, uploadLoc), repoToken: text(2) });

export const rebaseRequest = message(repo);
export const rebaseResponse = message({ repoToken: text(1) });
export const rootRequest = message(repo);
export const rootResponse = message({ rootHash: bytes(1), repoToken: text(2) });

export const commitRequest = message({
  repoId: nested(1, repoId),
  current: bytes(2),
  last: bytes(3),
  chunkTableInfo: repeated(4, chunkTableInfo),
  repoPath: text(5),
  clientRepoFormat: nested(14, clientRepoFormat),
});
export const commitResponse = message({ success: bool(1) });

export const getRepoMetadataRequest = message({ ...repo, clientRepoFormat: nested(14, clientRepoFormat) });
export const getRepoMetadataResponse = message({
  nbfVersion: text(1),
  nbsVersion: text(2),
  storageSize: uint64(3),
  repoToken: text(4),
  pushConcurrencyControl: uint32(5),
  features: repeatedUint32(6),
});

export const listTableFilesRequest = message({
  repoId: nested(1, repoId),
  repoToken: text(3),
  repoPath: text(4),
  clientCapabilities: repeatedUint32(5),
});
export const tableFileInfo = message({
  fileId: text(1),
  numChunks: uint32(2),
  url: text(3),
  refreshAfter: nested(4, timestamp),
  refreshRequest: nested(5, refreshTableFileUrlRequest),
  splitOffset: uint64(6),
});
export const listTableFilesResponse = message({
  rootHash: bytes(1),
  tableFileInfo: repeated(2, tableFileInfo),
  appendixTableFileInfo: repeated(3, tableFileInfo),
  repoToken: text(4),
});

export const addTableFilesRequest = message({
  repoId: nested(1, repoId),
  clientRepoFormat: nested(2, clientRepoFormat),
  chunkTableInfo: repeated(3, chunkTableInfo),
  appendixOption: uint32(4),
  repoToken: text(5),
  repoPath: text(6),
});
export const addTableFilesResponse = message({ success: bool(1), repoToken: text(2) });

export interface Method<Request, Response> {
  readonly path: string;
  readonly request: Message<Request>;
  readonly response: Message<Response>;
  readonly isStream: boolean;
}

function method<Request, Response>(
  name: string,
  request: Message<Request>,
  response: Message<Response>,
  isStream = false,
): Method<Request, Response> {
  return { path: `${SERVICE}/${name}`, request, response, isStream };
}

/** Unary ones, and two that answer each request of a stream in turn. */
export const methods = {
  getRepoMetadata: method('GetRepoMetadata', getRepoMetadataRequest, getRepoMetadataResponse),
  hasChunks: method('HasChunks', hasChunksRequest, hasChunksResponse),
  getDownloadLocations: method('GetDownloadLocations', getDownloadLocsRequest, getDownloadLocsResponse),
  streamDownloadLocations: method('StreamDownloadLocations', getDownloadLocsRequest, getDownloadLocsResponse, true),
  streamChunkLocations: method('StreamChunkLocations', streamChunkLocationsRequest, streamChunkLocationsResponse, true),
  getUploadLocations: method('GetUploadLocations', getUploadLocsRequest, getUploadLocsResponse),
  rebase: method('Rebase', rebaseRequest, rebaseResponse),
  root: method('Root', rootRequest, rootResponse),
  commit: method('Commit', commitRequest, commitResponse),
  listTableFiles: method('ListTableFiles', listTableFilesRequest, listTableFilesResponse),
  refreshTableFileUrl: method('RefreshTableFileUrl', refreshTableFileUrlRequest, refreshTableFileUrlResponse),
  addTableFiles: method('AddTableFiles', addTableFilesRequest, addTableFilesResponse),
} as const;

export type TableFileDetails = ValueOf<typeof tableFileDetails>;
