import { Subscriber } from './Subscriber.ts';
import type { Transport } from './Subscriber.ts';

/** The number of subscribers that connect at a time, as after a restart of the gateway. */
const atATime = 100;
/** Of this many subscribers, two measure latencies: one of each transport where transports alternate. */
const timedShare = 20;

/** Opens subscribers and waits until all subscriptions have started. */
export async function openSubscribers(
  port: number,
  count: number,
  transportOf: (index: number) => Transport,
  query?: string,
): Promise<Subscriber[]> {
  const all: Subscriber[] = [];
  while (all.length < count) {
    const some = Array.from({ length: Math.min(atATime, count - all.length) }, (_, index) => {
      const number = all.length + index;
      return new Subscriber(transportOf(number), port, { query, isTimed: number % timedShare < 2 });
    });
    await Promise.all(some.map(({ ready }) => ready));
    all.push(...some);
  }
  return all;
}

export function closeAll(subscribers: readonly Subscriber[]): void {
  for (const subscriber of subscribers) subscriber.close();
}

export function deliveriesTo(subscribers: readonly Subscriber[]): number {
  return subscribers.reduce((sum, { received }) => sum + received, 0);
}

/** Waits until each subscriber has received this many events, or until the timeout. */
export async function whenDelivered(
  subscribers: readonly Subscriber[],
  count: number,
  patienceMs: number,
): Promise<void> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until && subscribers.some(({ received }) => received < count)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
