/**
 * The page of a running hub, with what it tells of replicas and whom it tells of pushes. Its code is loaded with the first
 * request for it: a hub that only serves chunks never does.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Address } from '../base/address.ts';
import type { Environment } from '../repo/repository.ts';
import type { ServerLog } from '../service/log.ts';
import type { Caller, CallOrigin } from '../service/service-host.ts';
import type { SqlLimits } from './content/sql-limits.ts';
import type { PageAccess } from './page-access.ts';
import { Replicas } from './replicas.ts';
import type { StatementProcesses } from './statements/statement-processes.ts';
import type { HubNotes } from './storage/hub-notes.ts';
import type { RepositoryName } from './storage/repository-name.ts';
import { type WebhookConfig, Webhooks } from './webhooks.ts';

/** Of what a replica calls itself. */
const SHOWN_DIGITS = 12;

export interface HubSiteOptions {
  readonly environment: Environment;
  readonly log: ServerLog;
  readonly access: PageAccess;
  /** The folder of a repository's store, or of a copy of it, whoever may see it. */
  readonly folderOf: (repository: RepositoryName) => Promise<string>;
  readonly webhooks: readonly WebhookConfig[];
  /** Keep what is still to be told. */
  readonly notes: HubNotes;
  readonly remoteBase: (host: string) => string;
  readonly isSecure: boolean;
  /** The address of who asks. */
  readonly clientOf: (request: IncomingMessage) => string;
  readonly sqlLimits: SqlLimits;
}

export class HubSite {
  readonly #options: HubSiteOptions;
  readonly #replicas: Replicas;
  readonly #webhooks: Webhooks;
  /** Pushes of which it is found out what they have moved. */
  readonly #telling = new Set<Promise<void>>();
  #app: Promise<FastifyInstance> | undefined;
  /** Undefined where statements run in this process, as nothing was built. */
  #statements: StatementProcesses | undefined;

  constructor(options: HubSiteOptions) {
    const { environment, log, webhooks } = options;
    const { clock, timers, random } = environment;
    this.#options = options;
    this.#replicas = new Replicas(clock);
    this.#webhooks = new Webhooks(webhooks, {
      fetch: environment.network?.fetch ?? fetch,
      ...{ clock, timers, random, logger: log, notes: options.notes },
    });
  }

  /** Takes over what hubs before this one have left to be told. */
  start(): void {
    this.#webhooks.start();
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#app ??= this.#open();
    this.#app.then(
      (app) => app.routing(request, response),
      (error: unknown) => {
        this.#app = undefined;
        this.#options.log.error('the page cannot be shown', { error: error instanceof Error ? error.message : error });
        response.writeHead(500, { 'content-type': 'text/plain' });
        response.end('the hub failed to answer; its log says why\n');
      },
    );
  }

  async #open(): Promise<FastifyInstance> {
    const { openSite } = await import('./page/site.ts');
    const { statementModule, StatementProcess } = await import('./statements/statement-process.ts');
    const { StatementProcesses } = await import('./statements/statement-processes.ts');
    const { environment, log, access, remoteBase, isSecure, sqlLimits, clientOf } = this.#options;
    const module = statementModule();
    if (module !== undefined) {
      const { clock, timers } = environment;
      const start = (heapBytes: number) => StatementProcess.start(module, heapBytes);
      this.#statements = new StatementProcesses({ clock, timers, limits: sqlLimits, start });
    }
    return await openSite({
      statements: this.#statements && ((...asked) => this.#statements!.run(...asked)),
      ...{ environment: { ...environment, logger: log }, access, remoteBase, isSecure, sqlLimits, clientOf },
      ...{ replicas: this.#replicas, webhooks: this.#webhooks },
    });
  }

  /** Somebody was answered a root. */
  polled(repository: RepositoryName, caller: Caller, origin: CallOrigin, root: Address): void {
    this.#replicas.polled({ repository, name: this.#replicaName(caller, origin), account: caller, root });
  }

  failed(repository: string, caller: Caller, origin: CallOrigin, message: string): void {
    this.#replicas.failed(repository, this.#replicaName(caller, origin), message);
  }

  /**
   * Replicas of one account are told apart by where they are, and there by what they call themselves: of those that nobody
   * knows, each could be as many as it likes.
   */
  #replicaName(caller: Caller, { peer, replica = '' }: CallOrigin): string {
    const isTold = /^[0-9a-f]{12,64}$/.test(replica) && (caller !== undefined || this.#options.access.isOpen === true);
    const place = isTold ? `${peer}, ${replica.slice(0, SHOWN_DIGITS)}` : peer;
    return caller === undefined ? place : `${caller} at ${place}`;
  }

  pushed(repository: RepositoryName, caller: Caller, root: Address, last: Address): void {
    this.#replicas.pushed(repository, caller, root);
    if (this.#webhooks.of(repository).length > 0) this.#begin(this.#tell(repository, caller, root, last));
  }

  #begin(telling: Promise<void>): void {
    this.#telling.add(telling);
    void telling.finally(() => this.#telling.delete(telling));
  }

  async #tell(repository: RepositoryName, pusher: Caller, root: Address, last: Address): Promise<void> {
    const { folderOf, log, environment } = this.#options;
    try {
      const { movedRefs } = await import('./content/moved-refs.ts');
      const folder = await folderOf(repository);
      this.#webhooks.pushed({ repository, pusher, root, refs: movedRefs(environment, folder, last, root) });
    } catch (error) {
      // Whoever is told that something was pushed can look what.
      log.warn('what was pushed cannot be told', { repository, error: error instanceof Error ? error.message : error });
      this.#webhooks.pushed({ repository, pusher, root, refs: [] });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#telling);
    await this.#webhooks.close();
    await (await this.#app)?.close();
    this.#statements?.close();
  }
}
