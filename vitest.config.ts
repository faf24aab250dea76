/** Three kinds of tests: pure ones, ones with a PostgreSQL of their own, and ones that drive the program from outside. */
import { defineConfig } from 'vitest/config';

const ignored = ['**/node_modules/**', '**/dist/**'];
const minute_ms = 60_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/**/*.test.{ts,tsx}', 'tools/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: [...ignored, '**/*.pg.test.ts'],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'pg',
          include: ['packages/server/**/*.pg.test.ts'],
          exclude: ignored,
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
          exclude: ignored,
          environment: 'node',
          testTimeout: 2 * minute_ms,
          hookTimeout: 2 * minute_ms,
        },
      },
    ],
  },
});
