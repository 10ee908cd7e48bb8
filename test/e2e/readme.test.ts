import { readFileSync } from 'node:fs';

import { getOperationAST, OperationTypeNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';

import * as accounts from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { startBoth } from '../kit/startGateway.ts';
import { subscribe } from '../kit/subscribe.ts';

interface Example {
  document: string;
  /** The only result of a query or mutation, or the results of a subscription, one for each event. */
  answers: unknown[];
}

/** Returns the README's documents and their results. */
function readExamples(): Record<'creation' | 'refusal' | 'query' | 'wait' | 'totals' | 'subscription', Example> {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const blocks = [...readme.matchAll(/```graphql\n([^`]*)```\s+```json\n([^`]*)```/g)];
  const [creation, refusal, query, wait, totals, subscription] = blocks.map(
    ([, document = '', answer = '']): Example => {
      const isSubscription = getOperationAST(parse(document))?.operation === OperationTypeNode.SUBSCRIPTION;
      const texts = isSubscription ? answer.trim().split('\n') : [answer];
      return { document, answers: texts.map((text) => JSON.parse(text) as unknown) };
    },
  );
  if (!creation || !refusal || !query || !wait || !totals || !subscription) {
    throw new Error('the README lacks one of its six examples');
  }
  return { creation, refusal, query, wait, totals, subscription };
}

const seeded = new Set<unknown>(Object.values(accounts).flat());

/** Replaces generated ids and cursors, which differ in each run. Everything else must be as printed. */
function generalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(generalised);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => {
      if (name === 'cursor') return [name, expect.stringMatching(/^WyJlMyIs/)];
      if (name === 'id' && !seeded.has(child)) return [name, expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-/)];
      return [name, generalised(child)];
    }),
  );
}

describe("the README's examples", () => {
  it('return the printed results', async () => {
    const { creation, refusal, query, wait, totals, subscription } = readExamples();
    const { gateway } = await startBoth({ jnlcFlow: 'v2', settleDelayMs: 25 });
    const events = await subscribe('SSE', gateway.url, subscription.document);

    const created = await ask<{ createJournal: { journal: { id: string } } }>(gateway.url, creation.document);
    expect(created).toEqual(generalised(creation.answers[0]));
    const received = await events.take(subscription.answers.length);
    expect(received.map((data) => ({ data }))).toEqual(subscription.answers.map(generalised));
    expect(await ask(gateway.url, refusal.document)).toEqual(generalised(refusal.answers[0]));
    expect(await ask(gateway.url, query.document)).toEqual(generalised(query.answers[0]));
    const { id } = created.data?.createJournal.journal ?? {};
    expect(await ask(gateway.url, wait.document, { id })).toEqual(wait.answers[0]);
    expect(await ask(gateway.url, totals.document)).toEqual(totals.answers[0]);
  });

  it('create the journal only once if the mutation is repeated', async () => {
    const { creation } = readExamples();
    const { gateway } = await startBoth({ jnlcFlow: 'v2' });

    const [first, second] = [await ask(gateway.url, creation.document), await ask(gateway.url, creation.document)];

    expect(second).toEqual(first);
  });
});
