import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { freePort } from '../kit/freePort.ts';
import { isChromiumLeftOut, leftOut, openPage } from '../kit/openPage.ts';
import { apiSecret } from '../kit/planted.ts';
import { serveHere } from '../kit/serveHere.ts';
import { serveBinary } from '../kit/startBinary.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { shownJournals, untilCounts, untilLive } from './kit/board.ts';

const credentials = { APCA_BROKER_KEY_ID: 'sandbox', APCA_BROKER_SECRET_KEY: apiSecret };

/** Creates a journal at the API itself. @returns its id */
async function createAtApi(sandboxUrl: string, amount: string): Promise<string> {
  const response = await fetch(`${sandboxUrl}/v1/journals`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`sandbox:${apiSecret}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ entry_type: 'JNLC', from_account: sweep, to_account: customer, amount }),
  });
  const { id } = (await response.json()) as { id: string };
  return id;
}

describe.skipIf(isChromiumLeftOut)(`the console${leftOut}`, () => {
  it('catches up after the gateway was killed and started again, with nothing lost or doubled', async () => {
    const sandbox = await startSandbox({ jnlcFlow: 'v2' });
    const port = String(await freePort());
    const environment = { CONSOLE: 'on', APCA_BROKER_BASE_URL: sandbox.url, ...credentials };
    const first = await serveBinary(['--port', port], environment);
    const created: string[] = [];
    const create = async (amount: string) => created.push(await createAtApi(sandbox.url, amount));
    await create('1');
    await create('60');
    const { page } = await openPage(`http://127.0.0.1:${port}/`);
    await untilLive(page);
    await untilCounts(page, { ACTIVITY_CREATED: 1, PENDING: 1 });

    first.binary.kill('SIGKILL');
    await first.binary.exit;
    await page.locator('[data-state="behind"]').waitFor();
    for (let amount = 2; amount <= 12; amount += 1) await create(String(amount));
    await serveHere(environment, { port });
    await untilLive(page);
    await create('13');

    await untilCounts(page, { QUEUED: 0, EXECUTED: 0, ACTIVITY_CREATED: 13, PENDING: 1 });
    expect(await shownJournals(page)).toEqual(created.toReversed());
  });
});
