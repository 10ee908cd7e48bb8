import type { Operation } from '../Operation.ts';

export function startDeadline({ plan, lifetime }: Operation): void {
  if (plan.kind !== 'subscription') lifetime.startDeadline();
}
