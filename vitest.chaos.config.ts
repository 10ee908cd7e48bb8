import { defineConfig } from 'vitest/config';

import suite from './vitest.config.ts';

/** The long runs, one after the other: each wants the machine for itself. */
export default defineConfig({
  resolve: suite.resolve ?? {},
  test: {
    include: ['chaos/**/*.ts'],
    testTimeout: 900_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
