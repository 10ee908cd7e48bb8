import { setTimeout as wait } from 'node:timers/promises';

/** Mean time between closing two items, in ms, while there are few. */
const spacingMs = 25;

/**
 * Closes each item at a random time and waits until all are closed. Clients that are disconnected at the same time
 * would all reconnect at the same time.
 *
 * @param longestMs maximum time until the last item is closed
 */
export async function staggerClose<Item>(
  items: readonly Item[],
  longestMs: number,
  close: (item: Item) => Promise<void> | void,
): Promise<void> {
  const spreadMs = Math.min(longestMs, items.length * spacingMs);
  await Promise.all(
    items.map(async (item) => {
      await wait(Math.random() * spreadMs);
      await close(item);
    }),
  );
}
