import { describe, expect, it } from 'vitest';

import { decodeEventCursor } from '../../src/events/cursor/eventCursor.ts';
import { StatusHub } from '../../src/events/feed/StatusHub.ts';
import { SlowConsumerError } from '../../src/errors/streamErrors.ts';
import { statusEvent } from '../kit/statusEvent.ts';

describe('a subscriber that was there before the feed began and is left behind', () => {
  it('is told the beginning of the feed: everything is behind it', async () => {
    const hub = new StatusHub({ window: { max: 1 } });
    const subscription = hub.subscribe(() => true, hub.mark?.cursor ?? null);
    const beginning = Date.UTC(2025, 11);
    hub.begin(beginning);

    for (const id of ['a', 'b', 'c']) hub.publish(statusEvent(id));

    const error: unknown = await subscription.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SlowConsumerError);
    expect(decodeEventCursor((error as SlowConsumerError).cursor ?? '')).toMatchObject({ ms: beginning });
    hub.close();
  });
});
