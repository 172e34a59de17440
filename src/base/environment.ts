/**
 * What the code below the edges may not take for itself: time, timers, randomness, log, signatures. The edges hand in the real
 * ones; tests hand in their own and play any schedule from a seed.
 */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** Milliseconds that never go back, from an arbitrary start. */
  monotonic(): number;
}

export interface Timers {
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Uniform in [0, 1). */
export type Random = () => number;

export interface Logger {
  warn(message: string, data?: Readonly<Record<string, unknown>>): void;
  info(message: string, data?: Readonly<Record<string, unknown>>): void;
}

/** Signatures of texts. */
export interface Gpg {
  /** The text, wrapped with its signature; with the default key for ''. Throws `unavailable`. */
  sign(text: string, key: string): Promise<string>;
  /** What is to be said of such a text. */
  verify(signed: string): Promise<string>;
}

export const silentLogger: Logger = { warn() {}, info() {} };
