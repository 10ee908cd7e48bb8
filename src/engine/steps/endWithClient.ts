import { isResults } from '../answers/Answer.ts';
import type { Operation } from '../operation/Operation.ts';

/**
 * Transports end a subscription only once they read from it, so a client that disconnects while its subscription is being
 * set up would leave a subscriber behind forever.
 */
export function endWithClient({ result, request: { client } }: Operation): void {
  if (!isResults(result)) return;
  const end = () => void result.return?.();
  if (client.isGone) end();
  else client.whenGone(end);
}
