import { defineConfig } from 'vitest/config';

import suite from './vitest.config.ts';

/** Runs the long tests one after the other, because each needs the whole machine. */
export default defineConfig({
  resolve: suite.resolve ?? {},
  test: {
    include: ['chaos/**/*.ts'],
    testTimeout: 900_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
