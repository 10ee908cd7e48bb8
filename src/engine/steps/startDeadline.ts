import type { Operation } from '../operation/Operation.ts';

export function startDeadline({ plan, lifetime }: Operation): void {
  if (plan.kind !== 'subscription') lifetime.startDeadline();
}
