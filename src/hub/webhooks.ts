/**
 * Tells others of pushes: a POST of JSON to each address that the configuration names for the repository, signed with its
 * secret. What cannot be delivered is tried again, with pauses that grow; of each address one delivery at a time, in the
 * order of the pushes, and beyond a number of waiting ones the oldest is given up. A push never waits for it.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { Address } from '../base/address.ts';
import type { Clock, Logger, Random, Timers } from '../base/environment.ts';
import type { Network } from '../base/network.ts';
import type { Caller } from '../service/service-host.ts';

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
}

const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const TIMEOUT_MS = 10_000;
const MOST_WAITING = 100;

export class Webhooks {
  readonly #hooks: readonly Hook[];
  readonly #ended = new AbortController();

  constructor(configs: readonly WebhookConfig[], scene: WebhookScene) {
    this.#hooks = configs.map((config) => new Hook(config, scene, this.#ended.signal));
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

  /** What waits is given up. */
  close(): void {
    this.#ended.abort();
  }
}

class Hook {
  readonly #config: WebhookConfig;
  readonly #scene: WebhookScene;
  readonly #ended: AbortSignal;
  readonly #waiting: { readonly id: string; readonly body: string }[] = [];
  #working: Promise<void> | undefined;
  #delivered = 0;
  #lastError: WebhookState['lastError'];

  constructor(config: WebhookConfig, scene: WebhookScene, ended: AbortSignal) {
    this.#config = config;
    this.#scene = scene;
    this.#ended = ended;
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
    this.#waiting.push({ id: randomUUID(), body });
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.splice(1, 1);
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
      if (await this.#deliver(next)) this.#delivered++;
      if (this.#ended.aborted) return;
      this.#waiting.shift();
    }
  }

  async #deliver(delivery: { readonly id: string; readonly body: string }): Promise<boolean> {
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
  async #attempt({ id, body }: { readonly id: string; readonly body: string }): Promise<string | undefined> {
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
