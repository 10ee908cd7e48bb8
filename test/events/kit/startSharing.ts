import type { EventsConfig } from '../../../src/config/events.ts';
import type { Gateway } from '../../../src/gateway.ts';
import { startGateway } from '../../kit/startGateway.ts';
import { redisOf } from '../../kit/startGateways.ts';

/** Starts a gateway with an admin port that shares Redis with others. It is closed when the test ends. */
export function startSharing(upstreamUrl: string, redisUrl: string, events: EventsConfig = {}): Promise<Gateway> {
  return startGateway(
    upstreamUrl,
    {},
    { redis: redisOf({ url: redisUrl }), events, admin: { host: '127.0.0.1', port: 0 } },
  );
}

export interface FeedOf {
  ok: boolean;
  isOpen: boolean;
  role?: string;
}

/** Returns what a gateway reports about its feed. */
export async function feedOf({ adminUrl }: Gateway): Promise<FeedOf> {
  const response = await fetch(`${adminUrl}/ready`);
  const { checks } = (await response.json()) as { checks: { feed: FeedOf } };
  return checks.feed;
}
