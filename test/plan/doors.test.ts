import { parse, validate } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';

import { schema } from '../../src/schema/schema.ts';

import { createJournals } from '../kit/createJournals.ts';
import { sharedGateway } from '../kit/sharedGateway.ts';

import { Draw } from './kit/Draw.ts';
import { draftOperation } from './kit/OperationDraft.ts';
import type { Draft } from './kit/OperationDraft.ts';

const gateway = sharedGateway();
const headers = { accept: 'application/graphql-response+json', 'content-type': 'application/json' };

/** Sends an ordinary POST, which the gateway handles without Yoga. */
async function post({ text, variables }: Draft): Promise<string> {
  const body = JSON.stringify({ query: text, variables });
  const response = await fetch(gateway.url, { method: 'POST', headers, body });
  return `${response.status} ${await response.text()}`;
}

/** Sends a GET, which Yoga handles. */
async function get({ text, variables }: Draft): Promise<string> {
  const query = new URLSearchParams({ query: text, variables: JSON.stringify(variables) });
  const response = await fetch(`${gateway.url}?${query.toString()}`, {
    headers: { accept: headers.accept, 'graphql-require-preflight': '1' },
  });
  return `${response.status} ${await response.text()}`;
}

function isValid({ text }: Draft): boolean {
  return validate(schema, parse(text)).length === 0;
}

const fields = (count: number, field: string) => Array.from({ length: count }, (_, at) => `f${at}: ${field}`).join(' ');
const refused: Draft[] = [
  { text: `{ ${fields(60, '__typename')} }`, variables: {} },
  { text: `{ ${'journals { nodes { toAccount { '.repeat(8)} id ${'} } } '.repeat(8)} }`, variables: {} },
  {
    text: '{ journals(first: 500) { nodes { id fromAccount { journals(first: 500) { nodes { id } } } } } }',
    variables: {},
  },
  { text: 'query ($id: ID!) { journal(id: $id) { id } }', variables: { id: null } },
  { text: 'query ($first: Int) { journals(first: $first) { nodes { id } } }', variables: { first: 501 } },
  { text: '{ journal(id: 1 }', variables: {} },
];

describe('an operation', () => {
  let drafts: Draft[] = [];
  beforeAll(async () => {
    const [id = ''] = await createJournals(gateway.url, 12);
    drafts = Array.from({ length: 300 }, (_, seed) => draftOperation(schema, new Draw(seed + 1), 'query')).map(
      // Half of the ids in drafts are the id of an existing journal.
      (draft) => JSON.parse(JSON.stringify(draft).replaceAll('6d2cba43', id)) as Draft,
    );
  });

  it('has the same response when its document is compiled, and when it is sent by GET', async () => {
    let compared = 0;
    for (const draft of [...drafts.filter(isValid), ...refused]) {
      // The three requests are executed by graphql-js, by the compiled code, and by the compiled code through Yoga.
      const first = await post(draft);

      expect(await post(draft), draft.text).toBe(first);
      expect(await get(draft), draft.text).toBe(first);
      compared += 1;
    }

    expect(compared).toBeGreaterThan(60);
  });
});
