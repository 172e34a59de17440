/**
 * Rarely used parts (system tables, information_schema, procedures) are loaded when a statement names them. Looking a
 * name up is synchronous, so the look-up throws this; the engine awaits `load` and does the look-up again.
 */
import { type Steps, waitFor } from '../../repo/steps.ts';

export class ModuleNeeded extends Error {
  readonly load: () => Promise<unknown>;
  constructor(load: () => Promise<unknown>) {
    super('a module is to be loaded first');
    this.load = load;
  }
}

/** What `attempt` gives once everything that it names is loaded. */
export function* onceLoaded<T>(attempt: () => T): Steps<T> {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof ModuleNeeded)) throw error;
      yield* waitFor(error.load());
    }
  }
}

/** A list of lazily loaded parts by name; `get` throws ModuleNeeded until the part is there. */
export class LazyParts<T> {
  readonly #loaders: ReadonlyMap<string, () => Promise<T>>;
  readonly #loaded = new Map<string, T>();

  constructor(loaders: Readonly<Record<string, () => Promise<T>>>) {
    this.#loaders = new Map(Object.entries(loaders));
  }

  get names(): Iterable<string> {
    return this.#loaders.keys();
  }

  has(name: string): boolean {
    return this.#loaders.has(name);
  }

  get(name: string): T | undefined {
    const loaded = this.#loaded.get(name);
    if (loaded !== undefined) return loaded;
    const loader = this.#loaders.get(name);
    if (loader === undefined) return undefined;
    throw new ModuleNeeded(async () => {
      this.#loaded.set(name, await loader());
    });
  }

  /** The same for callers that can wait. */
  async load(name: string): Promise<T | undefined> {
    const loader = this.#loaders.get(name);
    if (loader === undefined) return undefined;
    let loaded = this.#loaded.get(name);
    if (loaded === undefined) {
      loaded = await loader();
      this.#loaded.set(name, loaded);
    }
    return loaded;
  }
}
