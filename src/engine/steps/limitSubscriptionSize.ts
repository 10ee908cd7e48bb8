import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import type { Operation } from '../operation/Operation.ts';

/** In characters. A subscription with the longest allowed filter is shorter. */
const maxLength = 131_072;

/** This limit is stricter than that of queries, because subscriptions stay in memory until they end. */
export function limitSubscriptionSize({ plan, parameters, text }: Operation): void {
  if (plan.kind !== 'subscription' || JSON.stringify({ ...parameters, query: text }).length <= maxLength) return;
  const message = `a subscription may have at most ${maxLength} characters, including its variables`;
  throw codedGraphQLError('REQUEST_ENTITY_TOO_LARGE', message, { http: { status: 413 } });
}
