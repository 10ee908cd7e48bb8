import { mutate } from '../../kit/mutate.ts';
import type { MutationResult } from '../../kit/mutate.ts';

/**
 * Repeats a reverse batch until a further repeat would not change its outcome. A client would pause between the calls.
 * Here this isn't needed, since each call waits until the gateway has searched for the journals again.
 */
export async function repeatUntilSettled(url: string, variables: Record<string, unknown>): Promise<MutationResult> {
  for (;;) {
    const result = await mutate(url, 'createReverseBatchJournal', variables);
    if (result.__typename !== 'OutcomeUnknownError' || result.retryAt === null) return result;
  }
}
