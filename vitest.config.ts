import { defineConfig } from 'vitest/config';
import LongestFirst from './test/longest-first.ts';

// Node reads these certificates whenever it starts, which takes longer than the rest of a start; the tests need none of them.
delete process.env.NODE_EXTRA_CA_CERTS;

const common = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  pool: 'forks',
  expect: { poll: { timeout: 20_000 } },
} as const;

export default defineConfig({
  test: {
    // One more than the processors of a small machine: tests of servers and of the disk wait a part of their time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/end-to-end/**', 'test/clients/**'],
        },
      },
      {
        test: {
          ...common,
          name: 'end-to-end',
          include: ['test/{end-to-end,clients}/**/*.test.ts'],
          globalSetup: ['test/build-once.ts'],
          testTimeout: 300_000,
        },
      },
    ],
  },
});
