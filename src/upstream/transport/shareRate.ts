import type { Sharing } from '../../redis/Sharing.ts';

import type { RateGovernor } from './RateGovernor.ts';
import { rateNews } from './RateNews.ts';

const topic = 'rate';
const pauseKey = 'rate:pause';

/**
 * Shares the API's rate limit between gateways: all pause after a 429, and each may use a part of the remaining calls.
 */
export function shareRate(governor: RateGovernor, { bus, redis, peers }: Sharing): void {
  bus.receive(topic, (body) => {
    const { success, data } = rateNews.safeParse(body);
    if (success) governor.receive(data);
  });
  governor.share({
    publish: (news) => {
      bus.publish(topic, news);
      if (!('pausedMs' in news)) return;
      const px = Math.ceil(news.pausedMs);
      redis.run((client) => client.set(pauseKey, '', 'PX', px)).catch(() => undefined);
    },
    parts: () => peers.count,
  });
  // A gateway that had no connection to Redis, or was not running, has missed the message about the pause.
  redis.onReady(() => {
    const read = redis.run((client) => client.pttl(pauseKey));
    read.then((pausedMs) => pausedMs > 0 && governor.receive({ pausedMs })).catch(() => undefined);
  });
}
