import { AsyncLocalStorage } from 'node:async_hooks';

import { afterAll, aroundEach, onTestFinished } from 'vitest';

/** Each of several concurrent tests has its own; Vitest's global one belongs to whichever test started last. */
const finishing = new AsyncLocalStorage<typeof onTestFinished>();

/** Calls a function when the test ends, whether it has passed or failed. */
export function closeLater(close: () => unknown): void {
  const onFinished = finishing.getStore() ?? onTestFinished;
  onFinished(async () => {
    await close();
  });
}

/**
 * Called in a `describe.concurrent`, it makes `closeLater` wait for the right test. Such tests mostly wait for clocks and
 * share nothing; those that poll take `expect` from their context.
 */
export function closeEachLater(): void {
  aroundEach((run, { onTestFinished: onFinished }) => finishing.run(onFinished, run));
  // While it is in use, every promise of the process costs more.
  afterAll(() => finishing.disable());
}
