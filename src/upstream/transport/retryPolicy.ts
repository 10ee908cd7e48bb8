import { Fault } from '../../errors/faults.ts';

import type { Outcome, Unknown } from './Outcome.ts';
import type { RetryBudget } from './RetryBudget.ts';

/** What the policy needs to know about a call. */
export interface RetriedCall {
  method: 'GET' | 'POST' | 'DELETE';
  idempotencyKey?: string;
}

/** What the policy needs to know about the connection when an attempt has ended. */
export interface RetryState {
  /** Whether the caller has cancelled the call. */
  isCancelled: boolean;
  isBreakerOpen: boolean;
  /** How long the retry has to wait plus how long it will probably take, in ms. */
  durationMs: number;
  /** Time until the deadline of the call, in ms. */
  leftMs: number;
  budget: RetryBudget;
}

/** Whether to retry a call after this outcome. If so, takes the retry from the budget, if the budget limits it. */
export function mayRetry(call: RetriedCall, outcome: Outcome<unknown>, state: RetryState): boolean {
  const mayHelp = outcome.kind === 'unknown' ? isTemporary(call, outcome) : isTemporaryRefusal(call, outcome);
  if (!mayHelp || state.isCancelled || state.isBreakerOpen) return false;
  // A retry that cannot finish before the deadline is not begun.
  if (state.durationMs > state.leftMs) return false;
  // The budget does not limit retries after a 429, for which the API states a time, or retries that may settle a write.
  const isUnlimited = outcome.kind === 'refused' || (outcome.kind === 'unknown' && call.method !== 'GET');
  return isUnlimited || state.budget.take();
}

/**
 * Whether a call may be sent again: not a reverse batch, which has no idempotency key, so that a retry could pay twice.
 */
export function isRetryable({ method, idempotencyKey }: RetriedCall): boolean {
  return method !== 'POST' || idempotencyKey !== undefined;
}

/** Whether a retry may settle an unknown outcome. A read is retried if its response was lost, or was a 502, 503 or 504. */
function isTemporary(call: RetriedCall, { response }: Unknown): boolean {
  if (call.method !== 'GET') return isRetryable(call);
  return response === null || [502, 503, 504].includes(response.status);
}

/** Whether a retry may help: the call got a 429 and may be sent again, or a problem of the network kept it from being sent. */
function isTemporaryRefusal(call: RetriedCall, outcome: Outcome<unknown>): boolean {
  if (outcome.kind === 'neverSent') return !(outcome.error.cause instanceof Fault);
  return outcome.kind === 'refused' && outcome.response.status === 429 && isRetryable(call);
}
