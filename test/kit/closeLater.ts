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
 * Must be called in each `describe.concurrent`, so that `closeLater` closes at the end of the right test. The tests must
 * share nothing, and a test that uses `expect.poll` must take `expect` from its context.
 */
export function closeEachLater(): void {
  aroundEach((run, { onTestFinished: onFinished }) => finishing.run(onFinished, run));
  // While the storage is in use, every promise of the process costs more.
  afterAll(() => finishing.disable());
}
