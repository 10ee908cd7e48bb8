import { isResults } from '../answers/Answer.ts';
import type { Operation } from '../operation/Operation.ts';

/**
 * Ends a subscription when its client disconnects. A transport can end a subscription only after it has begun to read
 * the results. Without this step, a client that disconnects earlier would leave a subscriber behind forever.
 */
export function endSubscriptionWithClient({ result, request: { client } }: Operation): void {
  if (!isResults(result)) return;
  const end = () => void result.return?.();
  if (client.isGone) end();
  else client.whenGone(end);
}
