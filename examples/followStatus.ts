import { setTimeout as wait } from 'node:timers/promises';

import type { StatusEvent, SubscribeOnce } from './JournalsClient.ts';
import type { Position } from './openSocket.ts';

export interface FollowOptions {
  subscribeOnce: SubscribeOnce;
  /** The position at which to start. It is updated with each event. */
  position: Position;
  onEvent: (event: StatusEvent) => void;
  /** Reads the list again, because events were lost. Returns the cursor that was read with the list. */
  reload: () => Promise<string>;
  signal: AbortSignal;
}

/**
 * Follows the statuses of journals until the signal is aborted. When a subscription ends, for whatever reason, it
 * subscribes again after the last cursor.
 */
export async function followStatus({ subscribeOnce, position, onEvent, reload, signal }: FollowOptions): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    const error = await subscribeOnce(position.cursor, (event) => {
      position.cursor = event.cursor;
      failures = 0;
      onEvent(event);
    });
    const { code, cursor } = error?.extensions ?? {};
    if (code === 'CURSOR_EXPIRED') position.cursor = await reload();
    else if (typeof cursor === 'string') position.cursor = cursor;
    const pauseMs = Math.random() * Math.min(10_000, 100 * 2 ** failures);
    await wait(pauseMs, null, { signal }).catch(() => null);
  }
}
