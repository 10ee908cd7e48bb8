import type { ServerResponse } from 'node:http';

import { describe, expect, it } from 'vitest';

import { richCustomers, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { Gate } from '../kit/Gate.ts';
import { startGateway } from '../kit/startGateway.ts';
import { statusEventLine } from '../kit/statusEventLine.ts';
import { json, quietStream, StubUpstream } from '../kit/StubUpstream.ts';
import { subscribe } from '../kit/subscribe.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

import { repeatUntilSettled } from './kit/repeatUntilSettled.ts';

const [payer] = richCustomers;
const variables = {
  input: { toAccount: sweep, entries: [{ fromAccount: payer, amount: '10' }] },
  idempotencyKey: 'key',
};
/** The journal of the events of `statusEventLine`. */
const made = wireJNLC({ id: 'ddd26344-86af-4ba7-ae6a-bcec63129808', from_account: payer, to_account: sweep });

/** Starts a gateway in front of an API that executes reverse batches and loses every response. */
async function startLossy(replay: (response: ServerResponse, begunAt: string) => void) {
  let begunAt = '';
  let feed: ServerResponse | null = null;
  const stub = await StubUpstream.start(
    (seen, response) => {
      if (seen.method === 'GET') return json(200, seen.url.includes('?') ? [] : made)(seen, response);
      begunAt = new Date(Date.now() + 1).toISOString();
      response.destroy();
    },
    (seen, response) => {
      quietStream(seen, response);
      if (seen.url.includes('until=')) replay(response, begunAt);
      else feed = response;
    },
  );
  const { url } = await startGateway(
    stub.url,
    {},
    { outcomes: { settleMs: 300 }, events: { replays: { streams: 1 } } },
  );
  const tell = (line: string) => feed?.write(line);
  return { url, tell };
}

describe('a completed reverse batch whose answer was lost', () => {
  it('is never reported as not done when the Event API pauses during a replay', async () => {
    const earlier = statusEventLine(new Date().toISOString(), 'earlier').replace(
      '"status_from":""',
      '"status_from":"x"',
    );
    const { url, tell } = await startLossy((response, begunAt) => {
      response.write(earlier);
      setTimeout(() => response.end(statusEventLine(begunAt, 'its own')), 400);
    });
    const live = await subscribe('SSE', url, 'subscription { journalStatusChanged { id } }');
    // Every replay starts with all earlier events.
    tell(earlier);
    await live.take(1);

    expect(await repeatUntilSettled(url, variables)).toMatchObject({ __typename: 'CreateReverseBatchJournalSuccess' });
  });

  it('is found while resuming clients use all replay streams', async () => {
    const gate = new Gate();
    const { url } = await startLossy((response, begunAt) => {
      if (begunAt === '') void gate.pass();
      else response.end(statusEventLine(begunAt, 'its own'));
    });
    const resuming = ask(url, '{ journalStatusEvents(since: "2020-01-01T00:00:00Z") { nodes { id } } }');
    await gate.reached;

    expect(await repeatUntilSettled(url, variables)).toMatchObject({ __typename: 'CreateReverseBatchJournalSuccess' });
    await resuming;
  });
});
