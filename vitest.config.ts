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
    // Two copies of graphql break its instanceof checks; every import gets the same file.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  test: {
    setupFiles: ['test/kit/failOnLeaks.ts', 'test/kit/failOnWarnings.ts'],
    // This may be more than the cores of the machine, because the tests mostly wait for sockets and clocks.
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
    // Generous, so that no test fails only because the machine is busy with something else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // In CI, a test that fails runs once more, for the same reason. The report says so.
    retry: process.env['CI'] ? 1 : 0,
    // Concurrent tests mostly wait.
    maxConcurrency: 12,
    projects: [
      // The files share their workers, since loading the gateway takes longer than most of them. None leaves anything behind.
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: alone, isolate: false } },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
  },
});
