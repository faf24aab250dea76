/**
 * Four kinds of tests: pure ones, ones with a PostgreSQL of their own, ones that drive the program from outside, and ones that
 * need real engines (Kafka, Dapr and what goes with them), which run only when they are asked for.
 */
import { defineConfig } from 'vitest/config';

const ignored = ['**/node_modules/**', '**/dist/**'];
const withEngines = '**/*.engine.test.ts';
const minute_ms = 60_000;
/** Browsers, brokers and a dozen processes share two cores with whatever else a machine does: a wait that was too short is tried again. */
const onceMore = 1;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/**/*.test.{ts,tsx}', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: [...ignored, '**/*.pg.test.ts', withEngines],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'pg',
          include: ['packages/server/**/*.pg.test.ts'],
          exclude: [...ignored, withEngines],
          environment: 'node',
          globalSetup: ['packages/server/test/global-setup.ts'],
          testTimeout: minute_ms,
          hookTimeout: minute_ms,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: [...ignored, withEngines],
          environment: 'node',
          globalSetup: ['e2e/harness/global-setup.ts'],
          testTimeout: 2 * minute_ms,
          hookTimeout: 2 * minute_ms,
          retry: onceMore,
        },
      },
      {
        test: {
          name: 'engines',
          include: [withEngines],
          exclude: ignored,
          environment: 'node',
          globalSetup: ['packages/server/test/global-setup.ts'],
          // Two files at a time: most of their time goes by in waiting for engines that were killed.
          maxWorkers: 2,
          testTimeout: 5 * minute_ms,
          hookTimeout: 5 * minute_ms,
          retry: onceMore,
        },
      },
    ],
  },
});
