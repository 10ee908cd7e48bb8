import { z } from 'zod';

/** What one gateway has learned about the API's rate limit. Durations, since clocks differ. */
export const rateNews = z.union([
  z.object({ pausedMs: z.number().positive() }),
  z.object({ remaining: z.number().min(0), limit: z.number().min(0), resetMs: z.number().positive() }),
]);

export type RateNews = z.infer<typeof rateNews>;

/** The other gateways that send calls under the same limit. */
export interface RateSharing {
  publish: (news: RateNews) => void;
  /** Among how many gateways the remaining calls are divided. */
  parts: () => number;
}
