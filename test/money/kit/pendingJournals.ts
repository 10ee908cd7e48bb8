import type { Sandbox } from '../../../src/sandbox/createSandbox.ts';
import { customer, sweep } from '../../kit/accounts.ts';
import { openJournalsClient } from '../../kit/openJournalsClient.ts';

const batchSize = 500;

/** Creates journals that stay pending, without the gateway. Returns their ids. */
export async function pendingJournals(sandbox: Sandbox, count: number): Promise<string[]> {
  const client = openJournalsClient(sandbox.url);
  const ids: string[] = [];
  while (ids.length < count) {
    const entries = Array.from({ length: Math.min(batchSize, count - ids.length) }, () => ({
      toAccount: customer,
      amount: '0.01',
      description: '/fixtures/status=pending/fixtures/',
    }));
    const items = await client.createBatch({ fromAccount: sweep, entries }, `pending-${ids.length}`);
    ids.push(...items.map(({ journal }) => journal.id));
  }
  return ids;
}
