import { onTestFinished } from 'vitest';

/** Calls a function when the test ends, whether it has passed or failed. */
export function closeLater(close: () => unknown): void {
  onTestFinished(async () => {
    await close();
  });
}
