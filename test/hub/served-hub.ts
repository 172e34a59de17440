/** A hub in this process, over a folder of its own, and calls of it. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GrpcChannel, GrpcError, type GrpcStatusCode } from '../../src/base/network.ts';
import { AccountBook } from '../../src/hub/accounts/account-book.ts';
import type { Accounts } from '../../src/hub/accounts/accounts.ts';
import { FolderAccounts } from '../../src/hub/accounts/folder-accounts.ts';
import { newToken } from '../../src/hub/accounts/passwords.ts';
import { type HubConfig, hubConfig } from '../../src/hub/config.ts';
import { type RunningHub, startHub } from '../../src/hub/hub.ts';
import { nodeNetwork } from '../../src/node-network.ts';
import { realEnvironment } from '../../src/real-environment.ts';
import type { Method } from '../../src/remote/grpc/messages.ts';
import type { Environment } from '../../src/repo/repository.ts';
import { openLog } from '../../src/service/log.ts';
import { golden } from '../remote/remote-fixture.ts';

// biome-ignore lint/suspicious/noExplicitAny: methods of all types
export type AnyMethod = Method<any, any>;

export class ServedHub {
  readonly folder: string;
  readonly environment: Environment;
  readonly log: string[] = [];
  readonly book: AccountBook;
  #hub: RunningHub | undefined;
  #channel: GrpcChannel | undefined;

  /** `variables`: of the environment, besides. */
  constructor(variables: Readonly<Record<string, string>> = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'hub-'));
    mkdirSync(join(this.folder, 'data'));
    const real = realEnvironment({ warn() {}, info() {} });
    this.environment = { ...real, homeDirectory: this.folder, variables: { ...real.variables, ...variables } };
    this.book = new AccountBook(new FolderAccounts(this.environment.disk, join(this.folder, 'data'), Date.now));
  }

  async start(config: Partial<HubConfig> = {}): Promise<void> {
    const initial = hubConfig({ variables: {}, flags: new Map() });
    const ports = { grpcPort: 0, httpPort: 0, dataDirectory: join(this.folder, 'data') };
    this.#hub = await startHub({
      environment: this.environment,
      config: { ...initial, ...ports, ...config },
      log: openLog('debug', 'json', (line) => this.log.push(line)),
    });
    this.#channel = nodeNetwork.openChannel({ authority: `127.0.0.1:${this.#hub.grpcPort}`, isSecure: false });
  }

  /** Copies a repository of `fixtures/golden` into the data folder. */
  place(fixture: string, name: string): void {
    cpSync(join(golden, fixture), join(this.folder, 'data', name), { recursive: true });
  }

  get hub(): RunningHub {
    if (this.#hub === undefined) throw new Error('not started');
    return this.#hub;
  }

  url(name: string): string {
    return `http://127.0.0.1:${this.hub.grpcPort}/${name}`;
  }

  /** Makes users, each with a token; the `authorization` of each. */
  async users(...names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const tokens = new Map(names.map((name) => [name, newToken()]));
    await this.book.change((accounts) =>
      names.reduce((made, name) => {
        const { id, hash } = tokens.get(name)!;
        return made.withUser(name, undefined).withToken(name, { id, hash, name: '', created: 0 });
      }, accounts),
    );
    return Object.fromEntries(Array.from(tokens, ([name, { text }]) => [name, `Bearer ${text}`]));
  }

  async change(edit: (accounts: Accounts) => Accounts): Promise<void> {
    await this.book.change(edit);
  }

  /** The first answer of a method. */
  async call<Request extends object, Response extends object>(
    method: Method<Request, Response>,
    request: Partial<Request>,
    authorization?: string,
  ): Promise<Response> {
    const options = { metadata: authorization === undefined ? {} : { authorization }, timeoutMs: 20_000 };
    const bytes = method.request.encode(request);
    if (!method.isStream) return method.response.decode(await this.#channel!.call(method.path, bytes, options));
    const stream = this.#channel!.stream(method.path, options);
    stream.send(bytes);
    stream.end();
    for await (const answer of stream.answers) return method.response.decode(answer);
    throw new Error('no answer');
  }

  async codeOf(method: AnyMethod, request: object, authorization?: string): Promise<GrpcStatusCode> {
    try {
      await this.call(method, request, authorization);
      return 0;
    } catch (error) {
      if (error instanceof GrpcError) return error.code;
      throw error;
    }
  }

  async get(path: string, headers: Record<string, string> = {}, method = 'GET') {
    const response = await fetch(`http://127.0.0.1:${this.hub.httpPort}${path}`, { headers, method });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  async stop(): Promise<void> {
    this.#channel?.close();
    await this.#hub?.stop();
    this.#hub = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
