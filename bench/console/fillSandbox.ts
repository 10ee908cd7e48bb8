import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import type { Sandbox } from '../../src/sandbox/createSandbox.ts';

const dayMs = 86_400_000;
const firm = '8f8c8cee-2591-4f83-be12-82c659b5e748';
const customer = 'd7017fd9-60dd-425b-a09a-63ff59368b62';
const headers = { authorization: `Basic ${btoa('sandbox:sandbox')}`, 'content-type': 'application/json' };

/** Starts a sandbox with a batch of 1,000 executed journals on each of the last days. */
export async function fillSandbox(days: number): Promise<Sandbox> {
  const startedMs = Date.now();
  const clock = () => startedMs - days * dayMs + performance.now();
  const options = { keyId: 'sandbox', secretKey: 'sandbox', settleDelayMs: 0, clock };
  const sandbox = await createSandbox(options);
  for (let day = 0; day < days; day += 1) {
    const entries = Array.from({ length: 1_000 }, (_, index) => entryOf(index));
    await post(sandbox, '/v1/journals/batch', { entry_type: 'JNLC', from_account: firm, entries });
    await post(sandbox, '/sandbox/clock', { advanceMs: dayMs });
  }
  return sandbox;
}

/** Creates one journal, which causes two events. */
export async function createJournal(sandbox: Sandbox): Promise<void> {
  await post(sandbox, '/v1/journals', {
    entry_type: 'JNLC',
    from_account: firm,
    to_account: customer,
    amount: '0.01',
  });
}

/** The amounts are small, because the firm has only 50,000 USD for all entries. */
function entryOf(index: number) {
  return { to_account: customer, amount: `0.0${1 + (index % 9)}`, description: `row ${index + 1}` };
}

async function post(sandbox: Sandbox, path: string, body: object): Promise<void> {
  const response = await fetch(`${sandbox.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}
