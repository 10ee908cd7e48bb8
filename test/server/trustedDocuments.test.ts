import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';

const known = `query Mine($id: ID!) { account(id: $id) { id } }`;
const id = createHash('sha256').update(known).digest('hex');
const unknown = '{ __typename }';
const mine = { data: { account: { id: sweep } } };

async function fileWith(manifest: unknown): Promise<string> {
  const file = join(await temporaryFolder(), 'manifest.json');
  await writeFile(file, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  return file;
}

async function start(only: boolean, manifest: unknown = { [id]: known }): Promise<{ url: string }> {
  const sandbox = await startSandbox();
  return startGateway(sandbox.url, {}, { documents: { file: await fileWith(manifest), only } });
}

/** Functions that send the members of a request, over HTTP or over a WebSocket, and return the result. */
const ways = {
  HTTP: async (url: string, members: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(members) });
    return (await answer.json()) as unknown;
  },
  GET: async (url: string, members: object) => {
    const parameters = Object.entries(members).map(([name, value]) => [name, text(value)]);
    const query = new URLSearchParams(parameters).toString();
    const answer = await fetch(`${url}?${query}`, { headers: { 'graphql-require-preflight': 'yes' } });
    return (await answer.json()) as unknown;
  },
  WebSocket: async (url: string, members: object) => {
    const socket = await RawSocket.ready(url);
    socket.send({ id: '1', type: 'subscribe', payload: { query: '', ...members } });
    const { type, payload } = await socket.next();
    return type === 'error' ? { errors: payload } : payload;
  },
};

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const hashed = { extensions: { persistedQuery: { version: 1, sha256Hash: id } } };

describe.each(Object.entries(ways))('a trusted document over %s', (_way, send) => {
  const variables = { id: sweep };

  it.each([
    ["Apollo's extension", hashed],
    ['documentId', { documentId: id }],
    ['documentId with the name of its hash', { documentId: `sha256:${id}` }],
  ])('is executed when its id is sent as %s', async (_how, said) => {
    const { url } = await start(true);

    expect(await send(url, { ...said, variables })).toEqual(mine);
  });

  it('is executed when its text is sent', async () => {
    const { url } = await start(true);

    expect(await send(url, { query: known, variables })).toEqual(mine);
  });

  it('takes precedence over a text that is sent with its id', async () => {
    const { url } = await start(false);

    expect(await send(url, { ...hashed, query: unknown, variables })).toEqual(mine);
  });

  it('with an unknown id is refused with the message that Apollo expects', async () => {
    const { url } = await start(false);

    expect(await send(url, { documentId: 'other' })).toMatchObject({
      errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
  });

  it('is the only kind that is executed when so configured', async () => {
    const { url } = await start(true);

    const refused = { errors: [{ extensions: { code: 'PERSISTED_QUERY_ONLY' } }] };
    expect(await send(url, { query: unknown })).toMatchObject(refused);
    expect(await send(url, { query: unknown, documentId: 'other' })).toMatchObject(refused);
  });

  it('does not exclude other documents by default', async () => {
    const { url } = await start(false);

    expect(await send(url, { query: unknown })).toEqual({ data: { __typename: 'Query' } });
  });
});

describe('the file of trusted documents', () => {
  it("may be Apollo's", async () => {
    const operations = [{ id, name: 'Mine', type: 'query', body: known }];
    const { url } = await start(true, { format: 'apollo-persisted-query-manifest', version: 1, operations });

    expect(await ask(url, known, { id: sweep })).toEqual(mine);
  });

  it.each([
    ['not JSON', '{', 'not JSON'],
    ['an array', [known], 'expected { id: document, … }'],
    [
      'a manifest with a document that is invalid for the schema',
      { a: '{ nothing }' },
      'a: Cannot query field "nothing" on type "Query".',
    ],
    ['a manifest with a document that cannot be parsed', { a: '{' }, 'a: Syntax Error'],
  ])('that is %s prevents the startup and is reported', async (_what, manifest, problem) => {
    await expect(start(true, manifest)).rejects.toThrow(problem);
  });
});
