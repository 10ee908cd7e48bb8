import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { customer, sweep } from '../kit/accounts.ts';
import { closeLater } from '../kit/closeLater.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

const query = `mutation ($amount: Decimal!) {
  createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: $amount } }) { __typename }
}`;

/** Sends the amount as this JSON text and returns the text of the response. */
type Send = (url: string, amount: string) => Promise<string>;

const byJson: Send = async (url, amount) => {
  const body = `{"query":${JSON.stringify(query)},"variables":{"amount":${amount}}}`;
  return (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text();
};

const byForm: Send = async (url, amount) => {
  const body = new URLSearchParams({ query, variables: `{"amount":${amount}}` });
  return (await fetch(url, { method: 'POST', body, headers: { 'graphql-require-preflight': '1' } })).text();
};

const bySocket: Send = async (url, amount) => {
  const raw = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
  closeLater(() => raw.terminate());
  return new Promise((resolve) => {
    raw.on('open', () => raw.send('{"type":"connection_init"}'));
    raw.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      if (text.includes('connection_ack')) {
        const payload = `{"query":${JSON.stringify(query)},"variables":{"amount":${amount}}}`;
        raw.send(`{"id":"1","type":"subscribe","payload":${payload}}`);
      } else resolve(text);
    });
  });
};

describe.each([
  ['a JSON body', byJson],
  ['a form', byForm],
  ['a WebSocket message', bySocket],
])('an amount in %s', (_where, send) => {
  it.each([
    '4503599627370497.5',
    '1.00000000000000001',
    '9007199254740993',
    '12345678901234567890',
    '1.5',
    '10.0',
    '1e1',
    '1e400',
    '-0.0',
  ])('that is %s, not an exact integer, is refused before anything is sent', async (amount) => {
    const stub = await StubUpstream.start(json(500, {}));
    const { url } = await startGateway(stub.url);

    const answer = await send(url, amount);

    expect(answer).toContain('BAD_USER_INPUT');
    expect(answer).toContain('expected a decimal in a string');
    expect(stub.calls).toEqual([]);
  });

  it.each([
    ['10', '10'],
    ['9007199254740991', '9007199254740991'],
    ['"12345678901234567890.123456789"', '12345678901234567890.123456789'],
    ['"1\\u0030"', '10'],
  ])('that is %s is sent as %s', async (amount, sent) => {
    const stub = await StubUpstream.start(json(403, {}));
    const { url } = await startGateway(stub.url);

    await send(url, amount);

    expect((JSON.parse(stub.calls[0]?.body ?? '{}') as { amount?: string }).amount).toBe(sent);
  });
});

const first = 'query ($n: Int) { journals(first: $n) { nodes { id } } }';

/** Functions that send variables unchanged and return the text of the response. */
const ways: Record<string, (url: string, query: string, variables: string) => Promise<string>> = {
  'a JSON body': async (url, query, variables) => {
    const body = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
    return (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text();
  },
  'a form': async (url, query, variables) => {
    const body = new URLSearchParams({ query, variables });
    return (await fetch(url, { method: 'POST', body, headers: { 'graphql-require-preflight': '1' } })).text();
  },
  'a GET': async (url, query, variables) => {
    const fields = new URLSearchParams({ query, variables }).toString();
    return (await fetch(`${url}?${fields}`, { headers: { 'graphql-require-preflight': '1' } })).text();
  },
  'a WebSocket message': async (url, query, variables) => {
    const socket = await RawSocket.ready(url);
    socket.send(`{"id":"1","type":"subscribe","payload":{"query":${JSON.stringify(query)},"variables":${variables}}}`);
    return JSON.stringify(await socket.next());
  },
};

describe.each(Object.entries(ways))('a number in the variables of %s', (_where, send) => {
  it.each(['10.0', '1e1', '-0.0', '12345678901234567890', '1e400'])(
    'is in the error as it was sent: %s',
    async (number) => {
      const stub = await StubUpstream.start(json(200, []));
      const { url } = await startGateway(stub.url);

      const answer = await send(url, first, `{"n":${number}}`);

      expect(answer).toContain(`got invalid value ${number}; Int cannot represent`);
      expect(stub.calls).toEqual([]);
    },
  );

  it('is not taken for an object without fields', async () => {
    const stub = await StubUpstream.start(json(200, []));
    const { url } = await startGateway(stub.url);
    const query = 'query ($f: JournalFilter) { journals(filter: $f) { nodes { id } } }';

    const answer = await send(url, query, '{"f":10.0}');

    expect(answer).toContain('got invalid value 10.0; Field \\"10.0\\" is not defined by type \\"JournalFilter\\"');
    expect(stub.calls).toEqual([]);
  });

  it('is accepted if it is an integer', async () => {
    const stub = await StubUpstream.start(json(200, []));
    const { url } = await startGateway(stub.url);

    expect(await send(url, first, '{ "n" : 10 }')).toContain('"nodes":[]');
  });
});

describe('a number', () => {
  it.each(['1.5', '10.0', '10'])(
    'that is sent as the variables, %s, is refused, because it is not an object',
    async (number) => {
      const { url } = await startGateway((await StubUpstream.start(json(200, []))).url);

      const answer = await ways['a JSON body']?.(url, '{ __typename }', number);

      expect(answer).toContain('Expected \\"variables\\" param to be empty or an object, but given number');
    },
  );

  it('in a ping is returned in the pong', async () => {
    const { url } = await startGateway((await StubUpstream.start(json(200, []))).url);
    const socket = await RawSocket.ready(url);

    socket.send('{"type":"ping","payload":{"at":10.0}}');

    expect(await socket.next()).toEqual({ type: 'pong', payload: { at: 10 } });
  });
});
