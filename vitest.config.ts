import { createRequire } from 'node:module';

import { defineConfig } from 'vitest/config';

import { LongestFirst } from './test/kit/LongestFirst.ts';
import { relayTags } from './test/kit/relayTags.ts';

const require = createRequire(import.meta.url);

/** They weigh the heap of their process, which has to be theirs. */
const alone = ['test/server/subscriptionLeaks.test.ts'];

export default defineConfig({
  plugins: [relayTags()],
  resolve: {
    // Two copies of graphql break its instanceof checks; every import gets the same file.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  test: {
    setupFiles: ['test/kit/failOnLeaks.ts', 'test/kit/failOnWarnings.ts', 'test/kit/closeAfterEachFile.ts'],
    // More than there may be cores: the tests mostly wait, for sockets and for clocks.
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
    // They end by themselves. Shorter ones would fail tests that are right on a machine that is busy with something else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // In CI, a test that fails runs once more, and the report says so: the machine may be busy with something else.
    retry: process.env['CI'] ? 1 : 0,
    // Of tests that are concurrent, which mostly wait.
    maxConcurrency: 12,
    projects: [
      // To load the gateway anew for each file costs more than most files do; none of them leaves anything behind.
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: alone, isolate: false } },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
  },
});
