import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import type { Operation } from '../operation/Operation.ts';

/** Maximum length of a subscription with its variables, in characters. The longest allowed filter fits in. */
const maxLength = 131_072;

/** Stricter than the limit on queries, because subscriptions stay in memory until they end. */
export function limitSubscriptionSize({ plan, parameters, text }: Operation): void {
  if (plan.kind !== 'subscription' || JSON.stringify({ ...parameters, query: text }).length <= maxLength) return;
  const message = `a subscription may have at most ${maxLength} characters, including its variables`;
  throw codedGraphQLError('REQUEST_ENTITY_TOO_LARGE', message, { http: { status: 413 } });
}
