import type { Decimal } from '../domain/decimal.ts';
import { CapExceededError } from '../errors/CapExceededError.ts';
import { RateLimitedError, UpstreamUnavailableError } from '../errors/faults.ts';
import { IdempotencyConflictError, Refusal } from '../errors/refusals.ts';
import type { Log } from '../log.ts';
import type { ApiClock } from '../upstream/transport/ApiClock.ts';

import type { Spending, SpendingEnd, SpendingKey, SpendingLedger } from './SpendingLedger.ts';

export interface DailyCapsOptions {
  ledger: SpendingLedger;
  /** Determines the current day. */
  clock: ApiClock;
  log: Log;
}

/** Sends a create only if the principal's sum of the day stays within its caps. */
export class DailyCaps {
  readonly #options: DailyCapsOptions;

  constructor(options: DailyCapsOptions) {
    this.#options = options;
  }

  /**
   * Sends a create and counts it.
   *
   * @param limits the highest sum of the day, by currency
   * @throws CapExceededError if nothing was sent because of a cap; UpstreamUnavailableError if nothing was sent because
   *   the create can't be counted; otherwise what `send` throws
   */
  async send<Success extends { replayed: boolean | null }>(
    call: Omit<Spending, 'day'>,
    limits: ReadonlyMap<string, Decimal>,
    send: () => Promise<Success>,
  ): Promise<Success> {
    const day = new Date(this.#options.clock.latestNow()).toISOString().slice(0, 10);
    const spending = { ...call, day };
    await this.#reserve(spending, limits);
    let end: SpendingEnd = 'unknown';
    try {
      const success = await send();
      end = success.replayed === true ? 'notDone' : 'done';
      return success;
    } catch (error) {
      end = endOf(error);
      throw error;
    } finally {
      await this.#write(() => this.#options.ledger.end(spending, end));
    }
  }

  /** Must be called when creates of unknown outcome turn out not to have been done. */
  async releaseLost(key: SpendingKey): Promise<void> {
    await this.#write(() => this.#options.ledger.releaseLost(key));
  }

  async #reserve(spending: Spending, limits: ReadonlyMap<string, Decimal>): Promise<void> {
    const { ledger, log } = this.#options;
    const shortage = await ledger.reserve(spending, limits).catch((cause: unknown) => {
      log.error({ err: cause }, 'a create could not be counted');
      const message = "nothing was sent: the gateway can't count what this principal moves";
      throw new UpstreamUnavailableError(message, { cause });
    });
    if (shortage) throw new CapExceededError({ cap: 'maxDailyAmount', ...shortage });
  }

  /** The client gets the outcome of its create even if it can't be stored. The outcome then counts as unknown. */
  async #write(write: () => Promise<void>): Promise<void> {
    await write().catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'the outcome of a create could not be stored for the daily caps');
    });
  }
}

function endOf(error: unknown): SpendingEnd {
  if (error instanceof IdempotencyConflictError) return 'notDone';
  if (error instanceof Refusal) return 'refused';
  return error instanceof RateLimitedError || error instanceof UpstreamUnavailableError ? 'notDone' : 'unknown';
}
