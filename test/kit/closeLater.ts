import { AsyncLocalStorage } from 'node:async_hooks';

import { afterAll, aroundEach, onTestFinished } from 'vitest';

/** The `onTestFinished` of each concurrent test. Vitest's global function belongs to the test that started last. */
const finishing = new AsyncLocalStorage<typeof onTestFinished>();

/** Calls a function when the test ends, whether it has passed or failed. */
export function closeLater(close: () => unknown): void {
  const onFinished = finishing.getStore() ?? onTestFinished;
  onFinished(async () => {
    await close();
  });
}

/**
 * To be called in a `describe.concurrent`, so that `closeLater` waits for the right test. Such tests mostly wait for
 * clocks and share nothing. Tests that poll take `expect` from their context.
 */
export function closeEachLater(): void {
  aroundEach((run, { onTestFinished: onFinished }) => finishing.run(onFinished, run));
  // While the storage is in use, every promise of the process costs more.
  afterAll(() => finishing.disable());
}
