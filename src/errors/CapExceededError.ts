import type { Decimal } from '../domain/decimal.ts';

import { CodedError } from './CodedError.ts';

export interface ExceededCap {
  cap: 'maxAmount' | 'maxDailyAmount';
  currency: string;
  limit: Decimal;
  /** The amount that the principal may still move. */
  left: Decimal;
}

/** A create would exceed a cap of its principal. Nothing was sent. */
export class CapExceededError extends CodedError {
  override readonly name = 'CapExceededError';
  override readonly code = 'CAP_EXCEEDED';
  readonly #exceeded: ExceededCap;

  constructor(exceeded: ExceededCap) {
    const { cap, currency, limit, left } = exceeded;
    super(`nothing was sent: ${cap} of this principal is ${limit} ${currency}, of which ${left} ${currency} is left`);
    this.#exceeded = exceeded;
  }

  override get publicExtensions(): Record<string, unknown> {
    return { ...this.#exceeded };
  }
}
