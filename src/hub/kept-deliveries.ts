/**
 * What is to be told of pushes, kept in the storage until it was: a hub that is started after one that ended, or was killed,
 * tells it. Whose delivery it is says the time until when somebody is at it; after that whoever looks first takes it over. So
 * each is told once or, where a hub ended before it noted that it had told it, more often.
 */
import { DoltError } from '../base/errors.ts';
import type { HubNotes } from './storage/hub-notes.ts';

export interface Delivery {
  /** The same for each attempt: tells those who receive it more than once. */
  readonly id: string;
  /** `owner/database`. */
  readonly repository: string;
  /** Of the hook. */
  readonly url: string;
  readonly body: string;
}

/** Longer than all attempts of one delivery take. */
const HELD_MS = 30 * 60 * 1000;
/** More are not taken over at a time. */
const MOST_ADOPTED = 1000;
const FOLDER = 'webhooks';

export class KeptDeliveries {
  readonly #notes: HubNotes;
  readonly #now: () => number;
  readonly #failed: (error: DoltError) => void;

  constructor(notes: HubNotes, now: () => number, failed: (error: DoltError) => void) {
    this.#notes = notes;
    this.#now = now;
    this.#failed = failed;
  }

  /** This process is at it from now on. */
  async keep(delivery: Delivery): Promise<void> {
    await this.#attempt(() => this.#write(delivery, this.#now() + HELD_MS));
  }

  /** Nobody is at it any more. */
  async release(delivery: Delivery): Promise<void> {
    await this.#attempt(() => this.#write(delivery, 0));
  }

  /** It was told, or given up. */
  async forget({ id }: Delivery): Promise<void> {
    await this.#attempt(() => this.#notes.remove(`${FOLDER}/${id}`));
  }

  /** Takes over what nobody is at. */
  async adopt(): Promise<readonly Delivery[]> {
    const adopted: Delivery[] = [];
    await this.#attempt(async () => {
      for (const name of await this.#notes.list(FOLDER)) {
        if (adopted.length === MOST_ADOPTED) break;
        const kept = parse(await this.#notes.read(name));
        if (kept === undefined) await this.#notes.remove(name);
        else if (kept.untilMs < this.#now()) {
          await this.#write(kept.delivery, this.#now() + HELD_MS);
          adopted.push(kept.delivery);
        }
      }
    });
    return adopted;
  }

  async #write(delivery: Delivery, untilMs: number): Promise<void> {
    await this.#notes.write(`${FOLDER}/${delivery.id}`, JSON.stringify({ ...delivery, untilMs }));
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      this.#failed(error);
    }
  }
}

function parse(text: string | undefined): { readonly delivery: Delivery; readonly untilMs: number } | undefined {
  try {
    const { untilMs, id, repository, url, body } = JSON.parse(text ?? '') as Record<string, unknown>;
    const isWhole = [id, repository, url, body].every((each) => typeof each === 'string');
    if (!isWhole || typeof untilMs !== 'number') return undefined;
    return { delivery: { id, repository, url, body } as Delivery, untilMs };
  } catch {
    return undefined;
  }
}
