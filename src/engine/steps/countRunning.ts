import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

/**
 * Counts queries and mutations, for which a shutdown waits. Subscriptions are not counted, since a shutdown ends them.
 */
export function countRunning({ plan, request, holds }: Operation, { running }: EngineParts): void {
  const { runningKey } = request.client;
  if (plan.kind === 'subscription') running.forget(runningKey);
  else holds.push(running.begin(runningKey));
}
