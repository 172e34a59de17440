/**
 * Tells others of pushes: a POST of JSON to each address that the configuration names for the repository, signed with its
 * secret. What cannot be delivered is tried again, with pauses that grow; of each address one delivery at a time, in the
 * order of the pushes, and beyond a number of waiting ones the oldest is given up. A push never waits for it. What waits when
 * a hub ends is told by the next one (`KeptDeliveries`).
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { Address } from '../base/address.ts';
import type { Clock, Logger, Random, Timers } from '../base/environment.ts';
import type { DoltError } from '../base/errors.ts';
import type { Network } from '../base/network.ts';
import type { Caller } from '../service/service-host.ts';
import { type Delivery, KeptDeliveries } from './kept-deliveries.ts';
import type { HubNotes } from './storage/hub-notes.ts';

export interface WebhookConfig {
  /** `owner/database`, or `owner/*`, or `*` for all. */
  readonly repository: string;
  /** `http://` or `https://`. */
  readonly url: string;
  /** Signs the body: `X-Dolt-Signature-256: sha256=<HMAC-SHA256 in hex>`. */
  readonly secret: string;
}

export interface MovedRef {
  readonly ref: string;
  /** Undefined: it is new. */
  readonly before: Address | undefined;
  /** Undefined: it was deleted. */
  readonly after: Address | undefined;
}

export interface PushEvent {
  /** `owner/database`. */
  readonly repository: string;
  readonly pusher: Caller;
  readonly root: Address;
  readonly refs: readonly MovedRef[];
}

export interface WebhookState {
  readonly repository: string;
  /** Without user, password and query. */
  readonly url: string;
  readonly delivered: number;
  readonly waiting: number;
  /** Of the last attempt that failed. */
  readonly lastError: { readonly message: string; readonly at: number } | undefined;
}

export interface WebhookScene {
  readonly fetch: Network['fetch'];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
  /** Where deliveries are kept; given up with the process unless given. */
  readonly notes?: HubNotes | undefined;
}

/** How often it is looked for what a hub that was killed has left. */
const ADOPT_EVERY_MS = 10 * 60_000;
const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const TIMEOUT_MS = 10_000;
const MOST_WAITING = 100;

export class Webhooks {
  readonly #hooks: readonly Hook[];
  readonly #scene: WebhookScene;
  readonly #kept: KeptDeliveries | undefined;
  readonly #ended = new AbortController();
  #adopting: Promise<void> | undefined;

  constructor(configs: readonly WebhookConfig[], scene: WebhookScene) {
    const { notes, clock, logger } = scene;
    const failed = ({ message }: DoltError): void => logger.warn(`webhooks cannot be kept: ${message}`);
    this.#scene = scene;
    this.#kept = notes && new KeptDeliveries(notes, clock.now, failed);
    this.#hooks = configs.map((config) => new Hook(config, scene, this.#ended.signal, this.#kept));
  }

  /** Takes over what hubs before this one have left, now and from time to time. */
  start(): void {
    if (this.#hooks.length > 0 && this.#kept !== undefined) this.#adopting = this.#adoptAll(this.#kept);
  }

  /** Comes back at once. */
  pushed(event: PushEvent): void {
    for (const hook of this.#hooks) if (hook.isFor(event.repository)) hook.add(event);
  }

  /** Those that are told of a repository. */
  of(repository: string): readonly WebhookState[] {
    return this.#hooks.filter((hook) => hook.isFor(repository)).map((hook) => hook.state());
  }

  /** When all that waits now has been delivered, or given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#hooks.map((hook) => hook.settled()));
  }

  /** What waits is left to the next one. */
  async close(): Promise<void> {
    this.#ended.abort();
    await this.#adopting;
    await Promise.all(this.#hooks.map((hook) => hook.release()));
  }

  async #adoptAll(kept: KeptDeliveries): Promise<void> {
    const { timers, logger } = this.#scene;
    while (!this.#ended.signal.aborted) {
      for (const hook of this.#hooks) await hook.renew();
      for (const delivery of await kept.adopt()) {
        const hook = this.#hooks.find((each) => each.url === delivery.url && each.isFor(delivery.repository));
        if (hook !== undefined) hook.adopt(delivery);
        else {
          logger.warn(`a push to ${delivery.repository} was to be told to an address that nobody names any more`);
          await kept.forget(delivery);
        }
      }
      await timers.sleep(ADOPT_EVERY_MS, this.#ended.signal).catch(() => {});
    }
  }
}

class Hook {
  readonly #config: WebhookConfig;
  readonly #scene: WebhookScene;
  readonly #ended: AbortSignal;
  readonly #kept: KeptDeliveries | undefined;
  readonly #waiting: { readonly delivery: Delivery; readonly kept: Promise<void> | undefined }[] = [];
  #working: Promise<void> | undefined;
  #delivered = 0;
  #lastError: WebhookState['lastError'];

  constructor(config: WebhookConfig, scene: WebhookScene, ended: AbortSignal, kept: KeptDeliveries | undefined) {
    this.#config = config;
    this.#scene = scene;
    this.#ended = ended;
    this.#kept = kept;
  }

  get url(): string {
    return this.#config.url;
  }

  isFor(repository: string): boolean {
    const { repository: wanted } = this.#config;
    if (wanted === '*' || wanted === repository) return true;
    return wanted.endsWith('/*') && repository.startsWith(wanted.slice(0, -1));
  }

  add({ repository, pusher, root, refs }: PushEvent): void {
    const at = new Date(this.#scene.clock.now()).toISOString();
    const moved = refs.map(({ ref, before, after }) => ({ ref, before: before ?? null, after: after ?? null }));
    const body = JSON.stringify({ event: 'push', repository, pusher: pusher ?? null, root, at, refs: moved });
    const delivery = { id: randomUUID(), repository, url: this.url, body };
    this.#enqueue(delivery, this.#kept?.keep(delivery));
  }

  /** One that a hub before this one has left. */
  adopt(delivery: Delivery): void {
    this.#enqueue(delivery, undefined);
  }

  /** Says that this process is still at what waits. */
  async renew(): Promise<void> {
    for (const waiting of [...this.#waiting]) {
      await waiting.kept;
      await this.#kept?.keep(waiting.delivery);
      if (!this.#waiting.includes(waiting)) await this.#kept?.forget(waiting.delivery);
    }
  }

  /** Leaves what waits to others. */
  async release(): Promise<void> {
    await this.#working;
    for (const { delivery, kept } of this.#waiting) {
      await kept;
      await this.#kept?.release(delivery);
    }
  }

  #enqueue(delivery: Delivery, kept: Promise<void> | undefined): void {
    this.#waiting.push({ delivery, kept });
    if (this.#waiting.length > MOST_WAITING) {
      const [dropped] = this.#waiting.splice(1, 1);
      void dropped!.kept?.then(() => this.#kept?.forget(dropped!.delivery));
      this.#failed('too many deliveries wait: the oldest was given up');
    }
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  state(): WebhookState {
    const { repository, url } = this.#config;
    const { origin, pathname } = new URL(url);
    const shown = { repository, url: `${origin}${pathname}` };
    return { ...shown, delivered: this.#delivered, waiting: this.#waiting.length, lastError: this.#lastError };
  }

  async settled(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (await this.#deliver(next.delivery)) this.#delivered++;
      else if (this.#ended.aborted) return;
      this.#waiting.shift();
      await next.kept;
      await this.#kept?.forget(next.delivery);
      if (this.#ended.aborted) return;
    }
  }

  async #deliver(delivery: Delivery): Promise<boolean> {
    const { timers, random } = this.#scene;
    for (let attempt = 1; !this.#ended.aborted; attempt++) {
      const failure = await this.#attempt(delivery);
      if (failure === undefined) return true;
      this.#failed(failure);
      if (attempt === ATTEMPTS) return false;
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 3 ** (attempt - 1)) * (0.5 + random() / 2);
      await timers.sleep(pauseMs, this.#ended).catch(() => {});
    }
    return false;
  }

  /** Answers why it failed. */
  async #attempt({ id, body }: Delivery): Promise<string | undefined> {
    const { url, secret } = this.#config;
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    try {
      const response = await this.#scene.fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'dolt-hub',
          'x-dolt-event': 'push',
          'x-dolt-delivery': id,
          'x-dolt-signature-256': `sha256=${signature}`,
        },
        body,
        signal: AbortSignal.any([this.#ended, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `answered with status ${response.status}`;
    } catch (error) {
      const { message, cause } = error as Error;
      return cause instanceof Error ? `${message}: ${cause.message}` : message;
    }
  }

  #failed(message: string): void {
    this.#lastError = { message, at: this.#scene.clock.now() };
    this.#scene.logger.warn(`webhook ${this.state().url}: ${message}`);
  }
}
