import { onTestFinished } from 'vitest';

/** Closes what a test opened, when it ends, in whatever way it ends. */
export function closeLater(close: () => unknown): void {
  onTestFinished(async () => {
    await close();
  });
}
