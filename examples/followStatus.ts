import { setTimeout as wait } from 'node:timers/promises';

import type { StatusEvent, SubscribeOnce } from './JournalsClient.ts';
import type { Position } from './openSocket.ts';

export interface FollowOptions {
  subscribeOnce: SubscribeOnce;
  /** Where to start. Kept up to date. */
  position: Position;
  onEvent: (event: StatusEvent) => void;
  /** Reads the list anew, because events were lost. Gives the cursor that was read with it. */
  reload: () => Promise<string>;
  signal: AbortSignal;
}

/**
 * Follows the status of journals until it is aborted: subscribes after the last cursor, whenever and for whatever reason
 * the last subscription ended.
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
