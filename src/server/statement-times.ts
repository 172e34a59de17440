/**
 * How long statements took, as a histogram of Prometheus. It is told of every statement, and `prom-client`'s own takes some 2 µs
 * to find where a value without labels is counted.
 */
import type { Metric } from 'prom-client';

/** Seconds; the finest is a point select. */
const BUCKETS: readonly number[] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30];

const NAME = 'dss_query_duration';

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, number | string>>;
  readonly value: number;
}

export class StatementTimes {
  readonly name = NAME;
  readonly help = 'Seconds that statements took.';
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  /** Of each bucket alone; the last is for all that is longer. */
  readonly #counts: number[] = new Array(BUCKETS.length + 1).fill(0);
  #sum = 0;

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > BUCKETS[bucket]!) bucket++;
    this.#counts[bucket]!++;
    this.#sum += seconds;
  }

  /** For a registry of `prom-client`, which asks no more of a metric than this. */
  asMetric(): Metric {
    return this as unknown as Metric;
  }

  async get(): Promise<Pick<StatementTimes, 'name' | 'help' | 'type' | 'aggregator'> & { values: Sample[] }> {
    const { name, help, type, aggregator } = this;
    const values: Sample[] = [];
    let count = 0;
    for (const [bucket, ofBucket] of this.#counts.entries()) {
      count += ofBucket;
      values.push({ metricName: `${NAME}_bucket`, labels: { le: BUCKETS[bucket] ?? '+Inf' }, value: count });
    }
    values.push({ metricName: `${NAME}_sum`, labels: {}, value: this.#sum });
    values.push({ metricName: `${NAME}_count`, labels: {}, value: count });
    return { name, help, type, aggregator, values };
  }
}
