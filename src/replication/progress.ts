/** How replication with one remote goes: when it last worked, what went wrong since, and for how long heads differ. */
import type { Address } from '../base/address.ts';
import type { Clock } from '../base/environment.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { walkLog } from '../repo/log-walk.ts';
import type { RefName } from '../repo/refs.ts';
import { reason } from './replication-errors.ts';

export class Progress {
  readonly #clock: Clock;
  #success: { readonly at: number; readonly monotonic: number } | undefined;
  #error: { readonly text: string; readonly isUnreachable: boolean } | undefined;
  /** Since when heads differ, on the clock that never goes back. */
  #since = new Map<RefName, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get lastSuccess(): number | undefined {
    return this.#success?.at;
  }

  get lastError(): string | undefined {
    return this.#error?.text;
  }

  succeeded(): void {
    this.#success = { at: this.#clock.now(), monotonic: this.#clock.monotonic() };
    this.#error = undefined;
  }

  failed(error: unknown, isUnreachable: boolean): void {
    this.#error = { text: reason(error), isUnreachable };
  }

  /** These differ now, and no others. */
  differ(refs: Iterable<RefName>): void {
    const now = this.#clock.monotonic();
    this.#since = new Map(Array.from(refs, (ref) => [ref, this.#since.get(ref) ?? now]));
  }

  millisecondsBehind(ref: RefName): number | undefined {
    const now = this.#clock.monotonic();
    if (this.#error?.isUnreachable) return this.#success && Math.round(now - this.#success.monotonic);
    const since = this.#since.get(ref);
    return since === undefined ? 0 : Math.round(now - since);
  }
}

/** Commits that `ahead` has and `behind` lacks. */
export function commitsBetween(
  nodes: NodeStore,
  ahead: Address | undefined,
  behind: Address | undefined,
): number | undefined {
  if (ahead === behind) return 0;
  if (ahead === undefined || behind === undefined) return undefined;
  let count = 0;
  for (const _ of walkLog(nodes, [ahead], [behind])) count++;
  return count;
}
