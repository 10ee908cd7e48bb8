import type { Sandbox } from '../../../src/sandbox/createSandbox.ts';
import { control } from '../../kit/control.ts';

const everyCall = ['createJournal', 'createBatch', 'createReverseBatch', 'deleteJournal', 'getJournal', 'listJournals'];

/**
 * Simulates a bad network: 20 % of responses lost, 10 % of requests reset, 10 % with 503 after the commit, bursts of
 * 429.
 */
export async function breakNetwork(sandbox: Sandbox, seed: number, bursts: number): Promise<void> {
  await control(sandbox, 'PUT', 'faults', {
    seed,
    faults: [
      { kind: 'rateLimited', probability: bursts, resetMs: 700, retryAfter: false, operations: everyCall },
      { kind: 'reset', probability: 0.1, operations: everyCall },
      { kind: 'answerLost', probability: 0.2, operations: everyCall },
      { kind: 'answer', status: 503, when: 'after', probability: 0.1, operations: everyCall },
    ],
  });
}
