import { mutate } from '../../kit/mutate.ts';
import type { MutationResult } from '../../kit/mutate.ts';

/**
 * Repeats a reverse batch until a further repeat would not change its outcome. Like a client, but without its pauses,
 * since each call waits for new readings.
 */
export async function repeatUntilSettled(url: string, variables: Record<string, unknown>): Promise<MutationResult> {
  for (;;) {
    const result = await mutate(url, 'createReverseBatchJournal', variables);
    if (result.__typename !== 'OutcomeUnknownError' || result.retryAt === null) return result;
  }
}
