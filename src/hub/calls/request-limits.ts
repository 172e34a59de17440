/** How much is served at a time: of all clients, and of one address, so that one leaves room for others. */

export class RequestLimits {
  readonly #most: number;
  readonly #mostOfClient: number;
  readonly #ofClients = new Map<string, number>();
  #running = 0;

  constructor(most: number, mostOfClient: number) {
    this.#most = most;
    this.#mostOfClient = mostOfClient;
  }

  get running(): number {
    return this.#running;
  }

  /** Begins a request of an address; answers what ends it, or undefined when there are too many. */
  begin(peer: string): (() => void) | undefined {
    const running = this.#ofClients.get(peer) ?? 0;
    if (this.#running >= this.#most || running >= this.#mostOfClient) return undefined;
    this.#running++;
    this.#ofClients.set(peer, running + 1);
    let hasEnded = false;
    return () => {
      if (hasEnded) return;
      hasEnded = true;
      this.#running--;
      const left = this.#ofClients.get(peer)! - 1;
      if (left === 0) this.#ofClients.delete(peer);
      else this.#ofClients.set(peer, left);
    };
  }
}
