/** What a server counts of its connections, for SHOW STATUS. */
import type { Connection } from './connection.ts';

export class ConnectionCounts {
  /** Attempts, refused ones included. */
  attempts = 0;
  /** The most at one time. */
  most = 0;
  /** Attempts that ended before the client was known. */
  refused = 0;
  /** Clients that left without saying so, or were made to. */
  aborted = 0;
  #receivedBytes = 0;
  #sentBytes = 0;

  began(open: number): void {
    this.attempts++;
    this.most = Math.max(this.most, open);
  }

  ended({ channel }: Connection): void {
    this.#receivedBytes += channel.receivedBytes;
    this.#sentBytes += channel.sentBytes;
  }

  /** Of the whole server, with those that are open; or with `own` what one of them knows of itself. */
  status(open: ReadonlyMap<number, Connection>, own: Connection | undefined): Record<string, string | number> {
    const connections = [...open.values()];
    const { receivedBytes, sentBytes } = own?.channel ?? {
      receivedBytes: connections.reduce((sum, { channel }) => sum + channel.receivedBytes, this.#receivedBytes),
      sentBytes: connections.reduce((sum, { channel }) => sum + channel.sentBytes, this.#sentBytes),
    };
    return {
      Aborted_clients: this.aborted,
      Aborted_connects: this.refused,
      Bytes_received: receivedBytes,
      Bytes_sent: sentBytes,
      Compression: own?.channel.isCompressed ? 'ON' : 'OFF',
      Connections: this.attempts,
      Max_used_connections: this.most,
      Prepared_stmt_count: connections.reduce((sum, { prepared }) => sum + prepared.size, 0),
      Ssl_cipher: own?.channel.cipher?.standardName ?? '',
      Ssl_version: own?.channel.cipher?.version ?? '',
      Threads_connected: connections.length,
      Threads_running: connections.filter(({ state }) => state === 'running').length,
    };
  }
}
