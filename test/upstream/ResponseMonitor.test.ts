import { expect, it } from 'vitest';

import { ResponseMonitor } from '../../src/upstream/transport/ResponseMonitor.ts';
import { closeLater } from '../kit/closeLater.ts';

it('reports a silent host however many calls wait for it', async () => {
  // A function can't have this many arguments.
  const calls = 200_000;
  const reported = await new Promise((resolve) => {
    const monitor = new ResponseMonitor({
      timeoutMs: 0,
      minPending: 16,
      onUnresponsive: async (pending) => {
        monitor.close();
        resolve(pending.length);
      },
    });
    closeLater(() => monitor.close());

    for (let call = 0; call < calls; call += 1) monitor.start();
  });

  expect(reported).toBe(calls);
});
