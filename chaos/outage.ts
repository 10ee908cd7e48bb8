import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { closeLater } from '../test/kit/leftovers.ts';
import { mutate } from '../test/kit/mutate.ts';
import { startSandbox } from '../test/kit/startGateway.ts';
import { KilledGateway } from '../test/money/kit/KilledGateway.ts';
import { makeWork } from '../test/money/kit/Work.ts';

const goneMs = 60_000;
const perSecond = 50;

/** What stands in the sandbox's place while it is gone: takes connections, reads a request, and hangs up. */
class Nobody {
  readonly attempts: number[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (bytes: Buffer) => {
        if (!bytes.includes('/events/') && !bytes.includes('limit=1 ')) this.attempts.push(performance.now());
        socket.destroy();
      });
    });
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  close(): Promise<unknown> {
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

it(`the upstream is gone for ${goneMs / 1_000} s under ${perSecond} creates a second`, async () => {
  const sandbox = await startSandbox();
  const { port } = sandbox;
  const gateway = await KilledGateway.start(sandbox);
  const operations: { at: number; isDone: Promise<boolean> }[] = [];
  const works = makeWork('create', 100_000);
  const timer = setInterval(() => {
    const work = works.shift();
    if (!work) return;
    const sent = mutate(gateway.url, work.name, work.variables).then(({ __typename }) =>
      __typename.endsWith('Success'),
    );
    operations.push({ at: performance.now(), isDone: sent });
  }, 1_000 / perSecond);
  closeLater(() => clearInterval(timer));
  await wait(2_000);

  await sandbox.close();
  const nobody = new Nobody();
  await nobody.listen(port);
  const goneAt = performance.now();
  await wait(goneMs);
  await nobody.close();
  const backAt = performance.now();
  await startSandbox({ port });
  await wait(8_000);
  clearInterval(timer);
  const done = await Promise.all(operations.map(async ({ at, isDone }) => ({ at, isDone: await isDone })));

  const while60s = done.filter(({ at }) => at >= goneAt && at < backAt);
  const attemptsPerOperation = nobody.attempts.length / while60s.length;
  const lastAttemptS = (Math.max(...nobody.attempts) - goneAt) / 1_000;
  const backAfterS =
    (Math.min(...done.filter(({ at, isDone }) => at > backAt && isDone).map(({ at }) => at)) - backAt) / 1_000;
  const failedLater = done.filter(({ at, isDone }) => at > backAt + 5_000 && !isDone).length;
  console.table({ operations: while60s.length, attemptsPerOperation, lastAttemptS, backAfterS, failedLater });
  expect(attemptsPerOperation).toBeLessThanOrEqual(1.2);
  expect(lastAttemptS).toBeLessThan(2);
  expect(backAfterS).toBeLessThan(5);
  expect(failedLater).toBe(0);
});
