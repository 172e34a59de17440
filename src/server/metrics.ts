/** What Prometheus may ask of a server, under Dolt's names (`dss_…`). */
import { Counter, Gauge, Registry } from 'prom-client';
import { StatementTimes } from './statement-times.ts';

/** What is read when somebody asks. */
export interface MetricSources {
  connections(): number;
  /** For each database that replicates. */
  replication(): readonly ReplicationMetric[];
}

export interface ReplicationMetric {
  readonly database: string;
  readonly role: 'primary' | 'replica';
  readonly remote: string;
  readonly commitsBehind: number | undefined;
  readonly millisecondsBehind: number | undefined;
  readonly queueLength: number;
  /** Milliseconds since 1970 UTC. */
  readonly lastSuccess: number | undefined;
  readonly isFailing: boolean;
}

export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #connects: Counter;
  readonly #disconnects: Counter;
  readonly #duration = new StatementTimes();
  readonly #errors: Counter;
  /** Statements that run now. */
  #running = 0;

  constructor(sources: MetricSources, labels: ReadonlyMap<string, string>) {
    const registers = [this.#registry];
    this.#registry.setDefaultLabels(Object.fromEntries(labels));
    this.#connects = new Counter({ name: 'dss_connects', help: 'Connections made.', registers });
    this.#disconnects = new Counter({ name: 'dss_disconnects', help: 'Connections ended.', registers });
    this.#errors = new Counter({ name: 'dss_query_errors', help: 'Statements that failed.', registers });
    this.#registry.registerMetric(this.#duration.asMetric());
    const running = (): number => this.#running;
    new Gauge({
      name: 'dss_concurrent_queries',
      help: 'Statements that run now.',
      registers,
      collect() {
        this.set(running());
      },
    });
    new Gauge({
      name: 'dss_concurrent_connections',
      help: 'Connections open now.',
      registers,
      collect() {
        this.set(sources.connections());
      },
    });
    replicationGauges(sources, registers);
  }

  connected(): void {
    this.#connects.inc();
  }

  disconnected(): void {
    this.#disconnects.inc();
  }

  started(): void {
    this.#running++;
  }

  ended(seconds: number, failed: boolean): void {
    this.#running--;
    this.#duration.observe(seconds);
    if (failed) this.#errors.inc();
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

function replicationGauges(sources: MetricSources, registers: Registry[]): void {
  const gauge = (name: string, help: string, value: (metric: ReplicationMetric) => number | undefined): void => {
    new Gauge({
      name,
      help,
      labelNames: ['database', 'remote'],
      registers,
      collect() {
        this.reset();
        for (const metric of sources.replication()) {
          const now = value(metric);
          if (now !== undefined) this.set({ database: metric.database, remote: metric.remote }, now);
        }
      },
    });
  };
  gauge('dss_is_replica', '1 where the database follows a remote.', ({ role }) => (role === 'replica' ? 1 : 0));
  gauge(
    'dss_replication_lag',
    'Milliseconds that the database is behind.',
    ({ millisecondsBehind }) => millisecondsBehind,
  );
  gauge('dss_replication_commits_behind', 'Commits that the database is behind.', ({ commitsBehind }) => commitsBehind);
  gauge('dss_replication_queue', 'Changes that wait to be pushed.', ({ queueLength }) => queueLength);
  gauge('dss_replication_last_success', 'When it last went well, in seconds since 1970.', ({ lastSuccess }) =>
    lastSuccess === undefined ? undefined : lastSuccess / 1000,
  );
  gauge('dss_replication_failing', '1 after an error, until the next success.', ({ isFailing }) => (isFailing ? 1 : 0));
}
