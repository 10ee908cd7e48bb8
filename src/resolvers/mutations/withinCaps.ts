import Big from 'big.js';

import type { OperationContext } from '../../context.ts';
import type { Decimal } from '../../domain/decimal.ts';
import { CapExceededError } from '../../errors/CapExceededError.ts';

/** A create and the cash that it moves. */
export interface CappedCreate {
  /** The field of the mutation. Fields have separate idempotency keys. */
  mutation: string;
  idempotencyKey: string;
  /** The cash of all of its journals. An amount without a currency is in the firm's own currency. */
  cash: readonly { amount: Decimal; currency?: string | null | undefined }[];
}

/**
 * Sends a create unless it would exceed the caps of its principal. Every mutation that moves cash calls this once its
 * input has been checked.
 *
 * @param send sends the create and returns its result
 * @throws CapExceededError if nothing was sent because of a cap; otherwise the errors of `DailyCaps.send` and `send`
 */
export async function withinCaps<Success extends { replayed: boolean | null }>(
  { mutation, idempotencyKey, cash }: CappedCreate,
  { parts, principal }: OperationContext,
  send: () => Promise<Success>,
): Promise<Success> {
  const { maxAmount, maxDailyAmount } = principal.caps;
  if (!maxAmount && !maxDailyAmount) return send();
  const amounts = sumByCurrency(cash, parts.firmCurrency);
  for (const [currency, amount] of maxAmount ? amounts : []) {
    const limit = maxAmount?.get(currency) ?? '0';
    if (new Big(amount).gt(limit)) throw new CapExceededError({ cap: 'maxAmount', currency, limit, left: limit });
  }
  if (!maxDailyAmount || amounts.size === 0) return send();
  return parts.dailyCaps.send({ principal: principal.name, mutation, idempotencyKey, amounts }, maxDailyAmount, send);
}

function sumByCurrency(cash: CappedCreate['cash'], firmCurrency: string): Map<string, Decimal> {
  const sums = new Map<string, Big>();
  for (const { amount, currency } of cash) {
    const name = (currency || firmCurrency).toUpperCase();
    sums.set(name, (sums.get(name) ?? new Big(0)).plus(amount));
  }
  return new Map([...sums].map(([currency, sum]) => [currency, sum.toFixed()]));
}
