/**
 * Pushes that have begun: who asked where files go, and has moved nothing yet. A push is several calls, so a server that ends
 * lets such ones come to their Commit, and begins no other. Who has not been heard of for a while is not waited for.
 */
import type { Clock, Timers } from '../base/environment.ts';
import { GrpcError, GrpcStatus } from '../base/network.ts';
import { ENDING } from '../remote/grpc/unreached.ts';
import type { UploadedFile } from '../remote/remote-store.ts';
import type { Caller } from './service-host.ts';

/** Whose push: what tells one from another as far as calls show it. */
export interface Pusher {
  readonly repository: string;
  readonly caller: Caller;
  readonly peer: string;
}

interface OpenPush {
  readonly repository: string;
  /** By name and suffix; `added`: part of the store, while the root has not moved. */
  readonly files: Map<string, 'announced' | 'arrived' | 'added'>;
  /** Uploads that run. */
  running: number;
  /** On the clock that never goes back. */
  lastMs: number;
}

/** Between two of its calls a client makes the next file. */
const SILENT_MS = 10_000;
/** A file is sent as soon as it is known where to, and what follows the Commit follows at once. */
const BRIEF_MS = 1_000;
const LOOK_MS = 20;

export class OpenPushes {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #pushes = new Map<string, OpenPush>();
  #isEnding = false;

  constructor({ clock, timers }: { readonly clock: Clock; readonly timers: Timers }) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /** No push begins any more. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Somebody is told where `files` go. Throws `GrpcError` (unavailable) where that would begin a push at the server's end. */
  announced(pusher: Pusher, files: readonly string[]): void {
    this.#forgetSilent();
    const { repository } = pusher;
    const key = keyOf(pusher);
    let push = this.#pushes.get(key);
    if (push === undefined) {
      if (this.#isEnding) throw new GrpcError(GrpcStatus.unavailable, ENDING);
      push = { repository, files: new Map(), running: 0, lastMs: 0 };
      this.#pushes.set(key, push);
    }
    push.lastMs = this.#clock.monotonic();
    for (const file of files) push.files.set(file, 'announced');
  }

  /** A file arrives. */
  async arriving(repository: string, file: string, receive: () => Promise<void>): Promise<void> {
    const pushes = [...this.#pushes.values()].filter((push) => push.repository === repository && push.files.has(file));
    for (const push of pushes) push.running++;
    try {
      await receive();
      for (const { files } of pushes) files.set(file, 'arrived');
    } catch (error) {
      for (const { files } of pushes) files.delete(file);
      throw error;
    } finally {
      const now = this.#clock.monotonic();
      for (const push of pushes) {
        push.running--;
        push.lastMs = now;
      }
    }
  }

  /** Files become part of the store: the Commit comes later, and does not name them again. */
  async adding(pusher: Pusher, files: readonly UploadedFile[], add: () => Promise<void>): Promise<void> {
    await this.#overUnlessDone(pusher, add);
    this.#added(pusher, files);
  }

  /** The root moves, with `files`, or was moved by others: then the client tries again. */
  async committing(pusher: Pusher, files: readonly UploadedFile[], commit: () => Promise<boolean>): Promise<boolean> {
    const hasMoved = await this.#overUnlessDone(pusher, commit);
    this.#added(pusher, files);
    const push = this.#pushes.get(keyOf(pusher));
    if (!hasMoved || push === undefined) return hasMoved;
    for (const [file, state] of push.files) if (state === 'added') push.files.delete(file);
    // The original's client reads the root once more, and its push fails where it cannot.
    if (push.files.size === 0 && !this.#isEnding) this.#pushes.delete(keyOf(pusher));
    return hasMoved;
  }

  /** Begins no more pushes; comes when those that have begun are over, after `graceMs` at the latest. */
  async end(graceMs: number): Promise<void> {
    this.#isEnding = true;
    for (let leftMs = graceMs; leftMs > 0; leftMs -= LOOK_MS) {
      this.#forgetSilent();
      if (this.#pushes.size === 0) return;
      await this.#timers.sleep(LOOK_MS);
    }
  }

  /** What is refused ends a push. */
  async #overUnlessDone<T>(pusher: Pusher, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#pushes.delete(keyOf(pusher));
      throw error;
    }
  }

  #added(pusher: Pusher, added: readonly UploadedFile[]): void {
    const push = this.#pushes.get(keyOf(pusher));
    if (push === undefined) return;
    push.lastMs = this.#clock.monotonic();
    for (const file of push.files.keys())
      if (added.some(({ name }) => file.startsWith(name))) push.files.set(file, 'added');
  }

  #forgetSilent(): void {
    const now = this.#clock.monotonic();
    for (const [key, { files, running, lastMs }] of this.#pushes) {
      const isBrief = [...files.values()].every((state) => state === 'announced');
      if (running === 0 && lastMs + (isBrief ? BRIEF_MS : SILENT_MS) <= now) this.#pushes.delete(key);
    }
  }
}

const keyOf = ({ repository, caller, peer }: Pusher): string => JSON.stringify([repository, caller, peer]);
