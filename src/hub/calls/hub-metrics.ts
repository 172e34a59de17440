/** What Prometheus may ask of a hub (`dolt_hub_…`). No names of users and repositories: their number is not bounded. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { GarbageReport } from '../storage/garbage.ts';

/** Seconds; the finest is a root that has not moved. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30];

/** What is read when somebody asks. */
export interface HubGauges {
  /** Calls and requests that run now. */
  running(): number;
  openRepositories(): number;
}

export class HubMetrics {
  readonly #registry = new Registry();
  readonly #calls: Counter<'method' | 'code'>;
  readonly #callSeconds: Histogram<'method'>;
  readonly #requests: Counter<'kind' | 'status'>;
  readonly #sent: Counter;
  readonly #received: Counter;
  readonly #refused: Counter;
  readonly #failedLogins: Counter;
  readonly #pushes: Counter;
  readonly #collections: Counter<'outcome'>;
  readonly #freedBytes: Counter;

  constructor(gauges: HubGauges) {
    const registers = [this.#registry];
    const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> =>
      new Counter({ name: `dolt_hub_${name}`, help, labelNames, registers });
    this.#calls = counter('calls', 'Calls of the service, by method and code of gRPC.', 'method', 'code');
    this.#callSeconds = new Histogram({
      name: 'dolt_hub_call_seconds',
      help: 'Seconds that calls took.',
      labelNames: ['method'],
      buckets: BUCKETS,
      registers,
    });
    this.#requests = counter('http_requests', 'Requests by HTTP: data, page.', 'kind', 'status');
    this.#sent = counter('sent_bytes', 'Bytes of files that were sent.');
    this.#received = counter('received_bytes', 'Bytes of files that were taken in.');
    this.#refused = counter('refused', 'Calls and requests that were refused because too many ran.');
    this.#failedLogins = counter('failed_logins', 'Wrong passwords and tokens.');
    this.#pushes = counter('pushes', 'Roots that were moved.');
    this.#collections = counter('collections', 'Garbage collections of a repository.', 'outcome');
    this.#freedBytes = counter('freed_bytes', 'Bytes that garbage collections took off what is named.');
    const gauge = (name: string, help: string, value: () => number): void => {
      new Gauge({
        name: `dolt_hub_${name}`,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    };
    gauge('running', 'Calls and requests that run now.', gauges.running);
    gauge('open_repositories', 'Repositories that are kept open.', gauges.openRepositories);
  }

  called(method: string, code: number, seconds: number): void {
    this.#calls.inc({ method, code });
    this.#callSeconds.observe({ method }, seconds);
  }

  requested(kind: 'data' | 'page', status: number): void {
    this.#requests.inc({ kind, status });
  }

  sent(bytes: number): void {
    this.#sent.inc(bytes);
  }

  received(bytes: number): void {
    this.#received.inc(bytes);
  }

  refused(): void {
    this.#refused.inc();
  }

  failedLogin(): void {
    this.#failedLogins.inc();
  }

  pushed(): void {
    this.#pushes.inc();
  }

  collected(report: GarbageReport | undefined): void {
    this.#collections.inc({ outcome: report === undefined ? 'failed' : 'done' });
    if (report) this.#freedBytes.inc(Math.max(0, report.bytesBefore - report.bytesAfter));
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
