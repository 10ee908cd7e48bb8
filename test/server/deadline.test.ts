import { describe, expect, it } from 'vitest';

import type { CancelSignal } from '../../src/concurrency/Cancellation.ts';
import { cancellationOf } from '../../src/errors/cancellation.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { Gate } from '../kit/Gate.ts';
import { doors, operate } from '../kit/operate.ts';
import { startGateway } from '../kit/startGateway.ts';
import { StubUpstream } from '../kit/StubUpstream.ts';
import { Source } from '../kit/Source.ts';
import { startServer } from '../kit/startServer.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const slow = 'de305d54-75b4-431b-adb2-eb6b9e546014';
const fast = 'a45e22be-ebec-42af-87ff-7ac3162df556';
/** Much longer than any answer of the stub takes, even on a busy machine. */
const limits = { deadlineMs: 1_000 };

/**
 * Starts an API that never responds to reads of one journal or of the history, and responds to everything else at once.
 */
async function startStalled() {
  const cut = new Gate();
  const stub = await StubUpstream.start(
    ({ url }, response) => {
      if (url.includes(slow)) {
        response.once('close', () => void cut.pass());
        return;
      }
      response.setHeader('content-type', 'application/json').end(JSON.stringify(wireJNLC({ id: fast })));
    },
    (_request, response) =>
      void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': welcome\n\n'),
  );
  const { url } = await startGateway(stub.url, {}, { limits });
  return { url, cut };
}

describe('a query that exceeds the deadline', () => {
  it.each(doors)(
    'returns the fields that are done, errors for the others, and aborts its calls, over %s',
    async (door) => {
      const { url, cut } = await startStalled();

      const query = `{ slow: journal(id: "${slow}") { id } fast: journal(id: "${fast}") { id } }`;
      const { data, errors } = await operate(door, url, null, query);
      await cut.reached;

      expect(data).toEqual({ slow: null, fast: { id: fast } });
      expect(errors).toMatchObject([{ path: ['slow'], extensions: { code: 'DEADLINE_EXCEEDED' } }]);
    },
  );

  it('does not report an aborted replay as complete', async () => {
    const { url } = await startStalled();

    const { data, errors } = await ask(url, '{ journalStatusEvents(since: "2020-01-01T00:00:00Z") { nodes { id } } }');

    expect(data).toEqual({ journalStatusEvents: null });
    expect(errors).toMatchObject([{ extensions: { code: 'DEADLINE_EXCEEDED' } }]);
  });
});

describe('a mutation that exceeds the deadline', () => {
  it('is completed and reported, and the next mutation of its document is not started', async () => {
    const gate = new Gate();
    const stub = await StubUpstream.start(async ({ method, body }, response) => {
      if (method === 'GET') return;
      await gate.pass();
      const { amount } = JSON.parse(body) as { amount: string };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(wireJNLC({ net_amount: amount })));
    });
    const { url } = await startGateway(stub.url, {}, { limits });
    const create = (amount: string) => `createJournal(idempotencyKey: "k${amount}", input: { jnlc: {
      fromAccount: "${sweep}", toAccount: "${customer}", amount: "${amount}" } }) {
      ... on CreateJournalSuccess { journal { ... on JNLC { netAmount } } } }`;

    const answer = ask(url, `mutation { first: ${create('1')} second: ${create('2')} }`);
    await gate.reached;
    // The deadline of this query ends after that of the first mutation.
    expect(codesOf(await ask(url, `{ journal(id: "${slow}") { id } }`))).toEqual(['DEADLINE_EXCEEDED']);
    gate.open();
    const { data, errors } = await answer;

    expect(data).toEqual({ first: { journal: { netAmount: '1' } }, second: null });
    expect(errors).toMatchObject([{ path: ['second'], extensions: { code: 'DEADLINE_EXCEEDED' } }]);
    expect(errors?.[0]?.message).toContain('not started, nothing was done');
    expect(stub.calls.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});

describe('a subscription', () => {
  it('has no deadline', async () => {
    const source = new Source();
    const work = (signal: CancelSignal | undefined) =>
      new Promise<string>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(cancellationOf(signal)));
      });
    const server = await startServer({ ticks: () => source, work }, { deadlineMs: 20 });
    const first = operate('SSE', server.url, null, 'subscription { ticks }');
    await source.read;
    expect(codesOf(await ask(server.url, '{ work }'))).toEqual(['DEADLINE_EXCEEDED']);

    source.push('still there');

    expect((await first).data).toEqual({ ticks: 'still there' });
  });
});

function codesOf({ errors = [] }: Awaited<ReturnType<typeof ask>>): unknown[] {
  return errors.map(({ extensions }) => extensions?.['code']);
}
