import { defineConfig } from 'vitest/config';

const common = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  pool: 'forks',
  expect: { poll: { timeout: 20_000 } },
} as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
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
