import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

/**
 * Counts queries and mutations, for which a shutdown waits. Subscriptions are not counted, since a shutdown ends them.
 */
export function countRunning(operation: Operation, { running }: EngineParts): void {
  const { runningKey } = operation.request.client;
  if (operation.plan.kind === 'subscription') {
    running.forget(runningKey);
    return;
  }
  running.hold(runningKey);
  operation.isRunning = true;
}
