import { z } from 'zod';

/**
 * What one gateway has learned about the API's rate limit. Times are durations, since the clocks of gateways differ.
 */
export const rateNews = z.union([
  z.object({ pausedMs: z.number().positive() }),
  z.object({ remaining: z.number().min(0), limit: z.number().min(0), resetMs: z.number().positive() }),
]);

export type RateNews = z.infer<typeof rateNews>;

/** How a rate limit is shared with other gateways. */
export interface RateSharing {
  publish: (news: RateNews) => void;
  /** The number of gateways among which the remaining calls are divided. */
  parts: () => number;
}
