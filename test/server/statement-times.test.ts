/** The histogram of statements, as Prometheus reads it. */
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { StatementTimes } from '../../src/server/statement-times.ts';

test('each bucket counts what took no longer, and all of them have the labels of the server', async () => {
  const times = new StatementTimes();
  const registry = new Registry();
  registry.setDefaultLabels({ service: 'shop' });
  registry.registerMetric(times.asMetric());
  for (const seconds of [0.0001, 0.0005, 0.002, 0.7, 60]) times.observe(seconds);
  const text = await registry.metrics();
  expect(text).toContain(
    '# HELP dss_query_duration Seconds that statements took.\n# TYPE dss_query_duration histogram\n',
  );
  const lines = text.split('\n').filter((line) => !line.startsWith('#') && line !== '');
  expect(lines.map((line) => line.replace('dss_query_duration', '').replace('service="shop"', ''))).toEqual([
    ...[0.0005, 0.001].map((le) => `_bucket{le="${le}",} 2`),
    ...[0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5].map((le) => `_bucket{le="${le}",} 3`),
    ...[1, 5, 30].map((le) => `_bucket{le="${le}",} 4`),
    '_bucket{le="+Inf",} 5',
    '_sum{} 60.7026',
    '_count{} 5',
  ]);
});
