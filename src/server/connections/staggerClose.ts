import { setTimeout as wait } from 'node:timers/promises';

/** Time between two leavers, in ms, while they are few. */
const spacingMs = 25;

/**
 * Does something to each at a moment of its own, drawn by lot, and waits until all is done: many clients that are sent
 * away at once would all come back at once.
 *
 * @param longestMs within which all are begun, however many there are
 */
export async function staggerClose<Item>(
  items: readonly Item[],
  longestMs: number,
  end: (item: Item) => Promise<void> | void,
): Promise<void> {
  const spreadMs = Math.min(longestMs, items.length * spacingMs);
  await Promise.all(
    items.map(async (item) => {
      await wait(Math.random() * spreadMs);
      await end(item);
    }),
  );
}
