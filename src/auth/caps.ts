import { z } from 'zod';

import { canonicalDecimal, isDecimal } from '../domain/decimal.ts';
import type { Decimal } from '../domain/decimal.ts';

/** The caps in a credential. An absent field is no cap. */
export interface CapsGrant {
  /** The highest amount of one create, by currency. */
  maxAmount?: Readonly<Record<string, Decimal>> | undefined;
  /** The highest sum of the creates of one day (UTC), by currency. */
  maxDailyAmount?: Readonly<Record<string, Decimal>> | undefined;
  /** The symbols of the securities that the principal may move. */
  symbols?: readonly string[] | undefined;
}

/** The caps of a principal; null is no cap. A currency that is missing from a map has the cap 0. */
export interface Caps {
  readonly maxAmount: ReadonlyMap<string, Decimal> | null;
  readonly maxDailyAmount: ReadonlyMap<string, Decimal> | null;
  /** In upper case. */
  readonly symbols: ReadonlySet<string> | null;
}

export function createCaps({ maxAmount, maxDailyAmount, symbols }: CapsGrant): Caps {
  return {
    maxAmount: maxAmount ? new Map(Object.entries(maxAmount)) : null,
    maxDailyAmount: maxDailyAmount ? new Map(Object.entries(maxDailyAmount)) : null,
    symbols: symbols ? new Set(symbols) : null,
  };
}

const amount = z
  .string({ error: 'expected an amount in a string such as "1000.00"' })
  .refine((text) => isDecimal(text) && !text.startsWith('-'), 'expected an amount in a string such as "1000.00"')
  .transform(canonicalDecimal);

const amountsByCurrency = z.record(z.string().regex(/^[A-Z]{3}$/), amount, {
  error: 'expected amounts by currency, such as {"USD": "1000.00"}',
});

/** Parses the caps of a key or a token. */
export const capsFields = {
  maxAmount: amountsByCurrency.optional(),
  maxDailyAmount: amountsByCurrency.optional(),
  symbols: z
    .array(z.string({ error: 'expected a symbol' }).min(1, 'expected a symbol').transform(upperCase), {
      error: 'expected a list of symbols',
    })
    .optional(),
};

function upperCase(symbol: string): string {
  return symbol.toUpperCase();
}
