import { defineConfig } from 'vitest/config';

/** The long runs, one after the other: each wants the machine for itself. */
export default defineConfig({
  test: {
    include: ['chaos/**/*.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
