import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/**
 * The test files that take longest. If one of them started last, the suite would end by waiting for that file alone.
 * Files that start many processes alternate with files that mostly wait.
 */
const longest = [
  // Runs in a separate process. If it started later, a worker that has already loaded the gateway would have to exit
  // first.
  'server/subscriptionLeaks',
  'events/sharedChaos',
  'upstream/rateLimit',
  'sharing/kills',
  'events/sharedFeed',
  'console/accessibility',
  'resolvers/reverseBatchOutcomes',
  'events/chaos',
  'money/rateLimit',
  'examples/examples',
  'events/feedLease',
  'sharing/redisOutages',
  'federation/router',
  'auth/tokens',
  'money/killedGateway',
  'operating/dockerfile',
  'e2e/shutdown',
  'e2e/reconcile',
  'console/reconnects',
  'sharing/redisSlow',
  'events/sharedSlow',
  'money/caps',
  'money/exactlyOnce',
  'upstream/silentHost',
  'e2e/commandLine',
].map((name) => `/test/${name}.test.ts`);

/** Starts the longest files first, and the others in Vitest's order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const rank = longest.findIndex((name) => moduleId.endsWith(name));
      return rank === -1 ? longest.length : rank;
    };
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
