import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { control } from '../kit/control.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { audit } from './kit/audit.ts';
import { doWork } from './kit/doWork.ts';
import { KilledGateway } from './kit/KilledGateway.ts';
import { makeWork } from './kit/Work.ts';
import type { Kind } from './kit/Work.ts';

const uses = 20;

describe('a gateway killed with kill -9', () => {
  it.each<Kind>(['create', 'reverseBatch'])(
    `during ${uses} uses of one key of %s creates the journals once and returns them to every use`,
    async (kind) => {
      const folder = await temporaryFolder();
      const sandbox = await startSandbox();
      const gateway = await KilledGateway.start(sandbox, { OUTCOMES_FILE: join(folder, 'outcomes.db') });
      // When the gateway is killed, some calls are in flight: processed by the API, but without a response yet.
      await control(sandbox, 'PUT', 'faults', { faults: [{ kind: 'latency', ms: 400, when: 'after', count: 10 }] });
      const works = makeWork(kind, 1).flatMap((work) => Array.from({ length: uses }, () => work));

      const working = doWork(works, { url: () => gateway.url, concurrency: 10, patienceMs: 200, maxAsked: 100 });
      await firstWrite(sandbox.url);
      await gateway.killAndRestart();
      const verdicts = await working;

      const found = await audit(sandbox, verdicts);
      expect(found).toMatchObject({ asked: uses, done: uses, wrong: [] });
      expect(found.journals).toBe(works[0]?.descriptions.length);
    },
  );
});

/** Resolves when the sandbox has begun to process a write. */
async function firstWrite(sandboxUrl: string): Promise<void> {
  for (let count = 0; count === 0;) {
    await setTimeout(10);
    const stats = await fetch(`${sandboxUrl}/sandbox/stats`);
    count = ((await stats.json()) as { journals: { total: number } }).journals.total;
  }
}
