import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import type { Operation } from '../operation/Operation.ts';

/** In characters. A filter with the most ids that it may have takes less. */
const maxLength = 131_072;

/** Stricter than for queries, because subscriptions stay in memory until they end. */
export function limitSubscriptionSize({ plan, parameters, text }: Operation): void {
  if (plan.kind !== 'subscription' || JSON.stringify({ ...parameters, query: text }).length <= maxLength) return;
  const message = `a subscription may have ${maxLength} characters, including its variables`;
  throw codedGraphQLError('REQUEST_ENTITY_TOO_LARGE', message, { http: { status: 413 } });
}
