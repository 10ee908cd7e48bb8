import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { startBoth } from '../kit/startGateway.ts';
import { subscribe } from '../kit/subscribe.ts';

interface Changed {
  journalStatusChanged: { journalId: string; statusFrom: string | null; statusTo: string; cursor: string };
}

const changed = 'subscription { journalStatusChanged { journalId statusFrom statusTo cursor } }';

async function create(url: string): Promise<string> {
  const { data } = await ask<{ createJournal: { journal: { id: string } } }>(
    url,
    `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }) {
      ... on CreateJournalSuccess { journal { id } } } }`,
  );
  return data?.createJournal.journal.id ?? '';
}

describe.each(['WebSocket', 'SSE'] as const)('journalStatusChanged over %s', (transport) => {
  it.each([
    ['v2', [null, 'EXECUTED', 'ACTIVITY_CREATED']],
    ['classic', [null, 'QUEUED', 'SENT_TO_CLEARING', 'EXECUTED']],
  ] as const)('sends every status of a new journal of the %s flow in order', async (jnlcFlow, statuses) => {
    const { gateway } = await startBoth({ jnlcFlow });
    const events = await subscribe<Changed>(transport, gateway.url, changed);

    const id = await create(gateway.url);

    const seen = (await events.take(statuses.length - 1)).map(
      ({ journalStatusChanged: { journalId, statusFrom, statusTo } }) => [journalId, statusFrom, statusTo],
    );
    expect(seen).toEqual(statuses.slice(1).map((statusTo, index) => [id, statuses[index], statusTo]));
  });
});
