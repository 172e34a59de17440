/** What lies between a process and its remotes: every call can be counted, delayed, refused, or its answer lost. */
import { DoltError } from '../../src/base/errors.ts';
import { type OpenRemoteOptions, openRemote } from '../../src/remote/open-remote.ts';
import type { RemoteStore } from '../../src/remote/remote-store.ts';
import type { Environment } from '../../src/repo/repository.ts';

export type Call = 'root' | 'settle' | 'absent' | 'chunks' | 'upload' | 'uploadChunks' | 'swap' | 'tidy';

/** What happens to a call. */
export type Fate =
  /** It never arrives; the caller is told at once. */
  | 'refused'
  /** It is done, and the answer does not come back. */
  | 'answer lost'
  /** It never arrives, and the caller cannot tell. */
  | 'request lost'
  /** Nothing ever comes back, though it is done. */
  | 'silence'
  /** Nothing ever comes back, and nothing is done. */
  | 'black hole';

export class Transport {
  readonly calls: Call[] = [];
  /** Decides over each call; undefined lets it pass. */
  fate: (call: Call, nth: number, url: string) => Fate | undefined = () => undefined;
  /** Runs before a call reaches the remote: where a peer is faster. */
  before: (call: Call, nth: number) => Promise<void> | void = () => {};
  /** Runs after a call was done, before its answer goes back. */
  after: (call: Call, nth: number) => Promise<void> | void = () => {};
  /** Runs as soon as the remote has done a call, whatever becomes of its answer. */
  done: (call: Call) => void = () => {};
  #isCut = false;

  readonly openRemote = (environment: Environment, url: string, options?: OpenRemoteOptions): RemoteStore => {
    if (this.fate('root', -1, url) === 'refused') throw unreachable();
    const store = openRemote(environment, url, options);
    const pass = <T>(call: Call, work: () => Promise<T>): Promise<T> =>
      this.#pass(url, call, async () => {
        const answer = await work();
        this.done(call);
        return answer;
      });
    return {
      url: store.url,
      root: () => pass('root', () => store.root()),
      settle: () => pass('settle', () => store.settle()),
      absent: (addresses) => pass('absent', () => store.absent(addresses)),
      chunks: (addresses) => pass('chunks', () => store.chunks(addresses)),
      upload: (file) => pass('upload', () => store.upload(file)),
      uploadChunks: (chunks, records) => pass('uploadChunks', () => store.uploadChunks(chunks, records)),
      swap: (next, last, files, ready) => pass('swap', () => store.swap(next, last, files, ready)),
      files: () => store.files(),
      download: (file, path, progress) => store.download(file, path, progress),
      end: (file, length) => store.end(file, length),
      tidy: () => pass('tidy', () => store.tidy()),
      close: () => store.close(),
    };
  };

  /** Nothing passes any more. */
  cut(): void {
    this.#isCut = true;
  }

  count(call: Call): number {
    return this.calls.filter((each) => each === call).length;
  }

  async #pass<T>(url: string, call: Call, work: () => Promise<T>): Promise<T> {
    if (this.#isCut) return await new Promise<never>(() => {});
    const nth = this.count(call);
    this.calls.push(call);
    await this.before(call, nth);
    switch (this.fate(call, nth, url)) {
      case 'refused':
        throw unreachable();
      case 'request lost':
        throw new DoltError('unknown', 'the connection broke');
      case 'answer lost':
        await work();
        throw new DoltError('unknown', 'the connection broke');
      case 'silence':
        await work();
        return await new Promise<never>(() => {});
      case 'black hole':
        return await new Promise<never>(() => {});
      default: {
        const answer = await work();
        await this.after(call, nth);
        return answer;
      }
    }
  }
}

const unreachable = (): DoltError => new DoltError('unavailable', 'connection refused');

export const unreachableTransport = (): Transport => {
  const transport = new Transport();
  transport.fate = () => 'refused';
  return transport;
};
