import { describe, expect, it } from 'vitest';

import { decodeEventCursor } from '../../src/events/eventCursor.ts';
import { StatusHub } from '../../src/events/StatusHub.ts';
import { SlowConsumerError } from '../../src/events/streamErrors.ts';
import { statusEvent } from '../kit/statusEvent.ts';

describe('a subscriber that was there before the feed began and is too slow', () => {
  it('is told the beginning of the feed: everything is behind it', async () => {
    const hub = new StatusHub({ queueMax: 1 });
    const subscription = hub.subscribe(() => true, hub.mark?.cursor ?? null);
    hub.begin(Date.UTC(2025, 11));

    for (const id of ['a', 'b']) hub.publish(statusEvent(id));

    const error: unknown = await subscription.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SlowConsumerError);
    const after = decodeEventCursor((error as SlowConsumerError).cursor ?? '');
    expect(hub.backlogAfter(after)?.map(({ event }) => event.id)).toEqual(['a', 'b']);
    hub.close();
  });
});
