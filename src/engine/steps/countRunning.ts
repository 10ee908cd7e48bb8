import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

/** A shutdown waits for queries and mutations. Subscriptions don't end by themselves. */
export function countRunning({ plan, request, holds }: Operation, { running }: EngineParts): void {
  const { runningKey } = request.client;
  if (plan.kind === 'subscription') running.forget(runningKey);
  else holds.push(running.begin(runningKey));
}
