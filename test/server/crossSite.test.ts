import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { customer, sweep } from '../kit/accounts.ts';
import { closeLater } from '../kit/leftovers.ts';
import { startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

const query = `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }) { __typename } }`;

async function start() {
  const stub = await StubUpstream.start(json(403, {}));
  return { stub, url: (await startGateway(stub.url)).url };
}

describe('a page of another site', () => {
  it.each([
    ['a form', new URLSearchParams({ query }), {}, 403],
    ['a multipart form', multipart(), {}, 415],
    ['text', JSON.stringify({ query }), { 'content-type': 'text/plain' }, 415],
  ])('can post %s, which is refused before anything is sent', async (_what, body, headers, status) => {
    const { stub, url } = await start();

    const answer = await fetch(url, { method: 'POST', body, headers: { origin: 'https://evil.example', ...headers } });

    expect(answer.status).toBe(status);
    expect(stub.calls).toEqual([]);
  });

  it('gets no answer to the question that its browser asks before it posts JSON', async () => {
    const { url } = await start();

    const answer = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });

    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('can open no socket, where one of its own host and a program can', async () => {
    const { url } = await start();
    const opened = (headers: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws', { headers });
        closeLater(() => socket.terminate());
        socket.once('open', () => resolve('open'));
        socket.once('error', ({ message }) => resolve(message));
      });

    expect(await opened({ origin: 'https://evil.example' })).toContain('403');
    expect(await opened({ origin: 'null' })).toContain('403');
    expect(await opened({ origin: new URL(url).origin })).toBe('open');
    expect(await opened({})).toBe('open');
  });
});

describe('a form', () => {
  it('with a header that no page can set unasked is taken', async () => {
    const { stub, url } = await start();

    const body = new URLSearchParams({ query });
    const answer = await fetch(url, { method: 'POST', body, headers: { 'graphql-require-preflight': 'yes' } });

    expect(answer.status).toBe(200);
    expect(stub.calls).toHaveLength(1);
  });
});

function multipart(): FormData {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query }));
  return form;
}
