import { createRequire } from 'node:module';

import { defineConfig } from 'vitest/config';

import { LongestFirst } from './test/kit/LongestFirst.ts';
import { relayTags } from './test/kit/relayTags.ts';

const require = createRequire(import.meta.url);

/** These files measure the heap of their process, so nothing else may run in it. */
const alone = ['test/server/subscriptionLeaks.test.ts'];

export default defineConfig({
  plugins: [relayTags()],
  resolve: {
    // All imports of graphql must get the same file, because two copies would break its instanceof checks.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  test: {
    setupFiles: ['test/kit/failOnLeaks.ts', 'test/kit/failOnWarnings.ts'],
    // There may be more workers than cores, because the tests mostly wait for sockets and clocks.
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
    // Generous, so that no test fails only because the machine is busy with something else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // In CI, for the same reason, a failed test runs once more. The report shows it.
    retry: process.env['CI'] ? 1 : 0,
    // Concurrent tests mostly wait.
    maxConcurrency: 12,
    projects: [
      // The files of a worker share one process, since loading the gateway takes longer than most files. No file leaves
      // anything behind.
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: alone, isolate: false } },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
  },
});
