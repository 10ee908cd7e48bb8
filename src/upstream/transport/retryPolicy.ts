import { Fault } from '../../errors/faults.ts';

import type { Outcome, Unknown } from './Outcome.ts';
import type { RetryBudget } from './RetryBudget.ts';

/** What the policy has to know of a call. */
export interface RetriedCall {
  method: 'GET' | 'POST' | 'DELETE';
  idempotencyKey?: string;
}

/** What the policy has to know of the connection when an attempt has ended. */
export interface RetryState {
  /** Whether the caller has cancelled the call. */
  isCancelled: boolean;
  isBreakerOpen: boolean;
  /** How long the retry has to wait and will probably take, both together, in ms. */
  durationMs: number;
  /** Time until the deadline of the call, in ms. */
  leftMs: number;
  budget: RetryBudget;
}

/** Whether a call is sent again after this outcome. Takes the retry from the budget. */
export function mayRetry(call: RetriedCall, outcome: Outcome<unknown>, state: RetryState): boolean {
  const mayHelp = outcome.kind === 'unknown' ? isTemporary(call, outcome) : isTemporaryRefusal(call, outcome);
  if (!mayHelp || state.isCancelled || state.isBreakerOpen) return false;
  // A retry that cannot finish before the deadline is not begun.
  if (state.durationMs > state.leftMs) return false;
  // The budget does not limit a retry after a 429, whose time the API names, nor one that may settle a write.
  const isUnlimited = outcome.kind === 'refused' || (outcome.kind === 'unknown' && call.method !== 'GET');
  return isUnlimited || state.budget.take();
}

/** False for a reverse batch: the API takes no idempotency key for it, so a second request could pay twice. */
export function isRetryable({ method, idempotencyKey }: RetriedCall): boolean {
  return method !== 'POST' || idempotencyKey !== undefined;
}

/** Whether a retry may settle an unknown outcome. A read is retried only when the API was restarted or out of reach. */
function isTemporary(call: RetriedCall, { response }: Unknown): boolean {
  if (call.method !== 'GET') return isRetryable(call);
  return response === null || [502, 503, 504].includes(response.status);
}

/** True for a 429, and for a call that was not sent, unless the gateway itself held the call back. */
function isTemporaryRefusal(call: RetriedCall, outcome: Outcome<unknown>): boolean {
  if (outcome.kind === 'neverSent') return !(outcome.error.cause instanceof Fault);
  return outcome.kind === 'refused' && outcome.response.status === 429 && isRetryable(call);
}
