import type { Operation } from '../operation/Operation.ts';

export function releaseHolds({ holds, isRefused, plan, lifetime }: Operation): void {
  for (const release of holds) release();
  if (isRefused || plan.kind !== 'subscription') lifetime.end();
}
