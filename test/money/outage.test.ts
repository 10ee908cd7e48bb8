import { expect, it } from 'vitest';

import { startBoth, startSandbox } from '../kit/startGateway.ts';
import { outages } from './kit/outages.ts';
import { SteadyLoad } from './kit/SteadyLoad.ts';

it.each(Object.entries(outages))(
  'the gateway soon stops calling an upstream that %s, and resumes when it is back',
  async (_kind, startOutage) => {
    const { gateway, sandbox } = await startBoth();
    const { port } = sandbox;
    const load = new SteadyLoad(gateway.url, 50);
    await load.answered(({ __typename }) => __typename === 'CreateJournalSuccess');

    await sandbox.close();
    const outage = await startOutage(port);
    const before = load.operations.length;
    await load.answered(({ message }) => message?.includes('keeps failing') === true);
    for (let refused = 0; refused < 50; refused += 1) await load.answered(() => true);
    const operations = load.operations.length - before;
    const attempts = outage.attempts.length;
    outage.end();
    await startSandbox({ port });
    const back = await load.answered(({ __typename }) => __typename === 'CreateJournalSuccess');

    expect(attempts / operations).toBeLessThan(1.2);
    expect(back.result).not.toBeNull();
  },
);
