import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { openJournalsClient } from '../kit/openJournalsClient.ts';
import { apiSecret } from '../kit/planted.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { serveBinary } from '../kit/startBinary.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { askMetric, askReady } from '../kit/startWatched.ts';

const creation = `mutation ($input: CreateJournalInput!, $key: String!) {
  createJournal(input: $input, idempotencyKey: $key) { __typename } }`;

type Answer = FormattedExecutionResult<{ createJournal: { __typename: string } }>;

/** The outcome of each mutation by its description. */
type Outcomes = Map<string, 'done' | 'refused' | 'no connection'>;

type Send = (variables: Record<string, unknown>) => Promise<Answer>;

/** Creates one journal after another until a create is refused. */
async function work(name: string, send: Send, outcomes: Outcomes): Promise<void> {
  for (let index = 0; ; index += 1) {
    const description = `${name}-${index}`;
    const jnlc = { fromAccount: sweep, toAccount: customer, amount: '0.01', description };
    const answer = await send({ input: { jnlc }, key: description }).catch(() => null);
    outcomes.set(description, verdictOf(answer));
    if (outcomes.get(description) !== 'done') return;
  }
}

function verdictOf(answer: Answer | null): 'done' | 'refused' | 'no connection' {
  if (!answer) return 'no connection';
  if (answer.data?.createJournal.__typename === 'CreateJournalSuccess') return 'done';
  expect(answer.errors).toMatchObject([{ extensions: { code: 'SHUTTING_DOWN' } }]);
  return 'refused';
}

/** A WebSocket client that sends one mutation at a time. */
async function overSocket(url: string): Promise<Send> {
  const socket = await RawSocket.ready(url);
  let sent = 0;
  return async (variables) => {
    sent += 1;
    socket.subscribe(String(sent), creation, variables);
    const message = await Promise.race([socket.next(), socket.closed]);
    if ('code' in message) throw new Error(`closed with ${message.code}`);
    if (message.type === 'error') return { errors: message.payload as GraphQLFormattedError[] };
    await socket.next();
    return message.payload as Answer;
  };
}

describe('SIGTERM under load', () => {
  it('reports not ready first, then refuses new operations, completes the accepted ones and exits with 0', async () => {
    const sandbox = await startSandbox();
    await control(sandbox, 'PUT', 'faults', {
      faults: [{ kind: 'latency', when: 'after', ms: 40, operations: ['createJournal'] }],
    });
    const { binary, url, adminUrl } = await serveBinary(['--port', '0'], {
      APCA_BROKER_BASE_URL: sandbox.url,
      APCA_BROKER_KEY_ID: 'sandbox',
      APCA_BROKER_SECRET_KEY: apiSecret,
      SHUTDOWN_DELAY_SECONDS: '1',
      SHUTDOWN_GRACE_SECONDS: '600',
    });
    const outcomes: Outcomes = new Map();
    const overHttp: Send = (variables) => ask(url, creation, variables);
    const workers = [
      ...Array.from({ length: 8 }, (_, index) => work(`http-${index}`, overHttp, outcomes)),
      ...Array.from({ length: 4 }, async (_, index) => work(`socket-${index}`, await overSocket(url), outcomes)),
    ];
    while (outcomes.size < 50) await control(sandbox, 'GET', 'stats');
    expect(await askReady(adminUrl)).toMatchObject({ status: 200, body: { ready: true, phase: 'serving' } });

    binary.kill('SIGTERM');

    // The other process receives the signal some time later.
    let ready = await askReady(adminUrl);
    while (ready.status === 200) ready = await askReady(adminUrl);
    const countBefore = outcomes.size;
    expect(ready.body).toMatchObject({
      ready: false,
      phase: 'draining',
      checks: { upstream: { ok: true }, feed: { ok: true } },
    });
    expect(await askMetric(adminUrl, 'gateway_draining')).toBe(1);
    expect((await fetch(`${adminUrl}/health`)).status).toBe(200);
    expect(await ask(url, '{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    await Promise.all(workers);
    const exit = await binary.exit;

    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(outcomes.size).toBeGreaterThan(countBefore);
    const { journals } = await openJournalsClient(sandbox.url).list({ limit: 100_000 });
    const done = [...outcomes].filter(([, verdict]) => verdict === 'done').map(([description]) => description);
    expect(journals.map(({ description }) => description).sort()).toEqual(done.sort());
  });
});
