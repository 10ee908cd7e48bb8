import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { mutate } from '../kit/mutate.ts';
import { doors, operate } from '../kit/operate.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { startWatched } from '../kit/startWatched.ts';
import { json, StubUpstream, text } from '../kit/StubUpstream.ts';
import { subscribe } from '../kit/subscribe.ts';

function operations(operation: string, kind: string, outcome: string): string {
  return `gateway_operations_total{operation="${operation}",kind="${kind}",outcome="${outcome}"}`;
}

const creation = { input: { jnlc: { fromAccount: sweep, toAccount: customer, amount: '1' } } };

describe('metrics of operations', () => {
  it('count the operations of every transport by root field, kind and outcome', async () => {
    const sandbox = await startSandbox();
    const { url, metric } = await startWatched(sandbox.url);
    const queries: [string, string][] = [
      ['query Mine { journals { nodes { id } } }', operations('journals', 'query', 'OK')],
      [
        '{ a: journals { nodes { id } } ... { ...B } } fragment B on Query { b: journals(first: 1) { nodes { id } } }',
        operations('journals', 'query', 'OK'),
      ],
      ['{ journals { nodes { id } } account(id: "x") { id } }', operations('several', 'query', 'OK')],
      ['{ __typename }', operations('introspection', 'query', 'OK')],
      ['{ journals(first: 5000) { nodes { id } } }', operations('journals', 'query', 'BAD_USER_INPUT')],
      ['{ journals {', operations('unknown', 'unknown', 'GRAPHQL_PARSE_FAILED')],
      ['{ nonsense }', operations('unknown', 'unknown', 'GRAPHQL_VALIDATION_FAILED')],
    ];

    for (const door of doors) for (const [query] of queries) await operate(door, url, null, query);

    const expected = new Map<string, number>();
    for (const [, name] of queries) expected.set(name, (expected.get(name) ?? 0) + doors.length);
    for (const [name, count] of expected) expect([name, await metric(name)]).toEqual([name, count]);
    expect(await metric('gateway_operation_seconds_count{operation="journals",kind="query"}')).toBe(3 * doors.length);
    expect(await metric('gateway_running')).toBe(0);
  });

  it('name the refusal that a mutation returned, even if the client did not select its type', async () => {
    const sandbox = await startSandbox();
    const { url, metric } = await startWatched(sandbox.url);

    await mutate(url, 'createJournal', creation);
    await ask(
      url,
      `mutation { createJournal(input: { jnls: { fromAccount: "${sweep}", toAccount: "${customer}", symbol: "AAPL", qty: "1000000" } }) { ... on CreateJournalSuccess { idempotencyKey } } }`,
    );

    expect(await metric(operations('createJournal', 'mutation', 'OK'))).toBe(1);
    expect(await metric(operations('createJournal', 'mutation', 'InsufficientAssetsError'))).toBe(1);
  });

  it('have no label that comes from a client', async () => {
    const sandbox = await startSandbox();
    const { url, adminUrl } = await startWatched(sandbox.url);

    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        Promise.all([
          ask(url, `query Made_up_${index} { alias_${index}: __typename }`),
          ask(url, `query Made_up_${index} { invented_${index} }`),
        ]),
      ),
    );

    const page = await (await fetch(`${adminUrl}/metrics`)).text();
    expect(page).not.toMatch(/Made_up|alias_|invented_/);
    expect(page.split('\n').filter((line) => line.startsWith('gateway_operations_total{'))).toHaveLength(2);
  });

  it('are separate for each gateway of a process', async () => {
    const sandbox = await startSandbox();
    const [first, second] = [await startWatched(sandbox.url), await startWatched(sandbox.url)];

    await ask(first.url, '{ __typename }');

    const name = operations('introspection', 'query', 'OK');
    expect([await first.metric(name), await second.metric(name)]).toEqual([1, undefined]);
  });
});

describe('metrics of requests to the API', () => {
  it('count each attempt by endpoint, status and outcome, and retries separately', async () => {
    let calls = 0;
    const stub = await StubUpstream.start((seen, response) => {
      calls += 1;
      return (calls === 1 ? text(503, 'down') : json(200, []))(seen, response);
    });
    const { url, metric } = await startWatched(stub.url);

    await ask(url, '{ journals { nodes { id } } }');

    const attempts = 'gateway_upstream_calls_total{endpoint="listJournals"';
    expect(await metric(`${attempts},status="5xx",outcome="unknown"}`)).toBe(1);
    expect(await metric(`${attempts},status="2xx",outcome="done"}`)).toBe(1);
    expect(await metric('gateway_upstream_retries_total{endpoint="listJournals"}')).toBe(1);
    expect(await metric('gateway_upstream_call_seconds_count{endpoint="listJournals"}')).toBe(2);
    expect(await metric('gateway_upstream_retries_left')).toBe(4);
    expect(await metric('gateway_upstream_sockets{state="connected"}')).toBe(1);
    expect(await metric('gateway_upstream_requests{state="running"}')).toBe(0);
    expect(await metric('gateway_upstream_rate_limit_left')).toBeUndefined();
  });

  it('show how many requests the rate limit still allows, if the API sends it', async () => {
    const reset = String(Math.ceil(Date.now() / 1_000) + 60);
    const limit = { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '42', 'x-ratelimit-reset': reset };
    const stub = await StubUpstream.start(json(200, [], limit));
    const { url, metric } = await startWatched(stub.url);

    await ask(url, '{ journals { nodes { id } } }');

    expect(await metric('gateway_upstream_rate_limit_left')).toBe(42);
    expect(await metric('gateway_upstream_rate_limit_pause_seconds')).toBe(0);
  });

  it('count reverse batches of unknown outcome', async () => {
    const sandbox = await startSandbox();
    const { url, metric } = await startWatched(sandbox.url);
    await control(sandbox, 'PUT', 'faults', {
      faults: [{ kind: 'answer', status: 503, operations: ['createReverseBatch'] }],
    });

    await mutate(url, 'createReverseBatchJournal', {
      input: { toAccount: sweep, entries: [{ fromAccount: customer, amount: '1' }] },
    });

    expect(await metric('gateway_reverse_batches{state="open"}')).toBe(1);
    expect(await metric('gateway_reverse_batches{state="ambiguous"}')).toBe(0);
  });
});

describe('metrics of the feed', () => {
  it('count events, subscribers and reconnects, and show the delay of the last event', async () => {
    const sandbox = await startSandbox();
    const { url, metric } = await startWatched(sandbox.url);
    expect(await metric('gateway_feed_lag_seconds')).toBeUndefined();
    const subscription = await subscribe('WebSocket', url, 'subscription { journalStatusChanged { statusTo } }');
    expect(await metric('gateway_subscribers')).toBe(1);

    await mutate(url, 'createJournal', creation);
    await subscription.take(3);

    expect(await metric('gateway_feed_open')).toBe(1);
    expect(await metric('gateway_feed_events_total')).toBe(3);
    expect(await metric('gateway_feed_lag_seconds')).toBeLessThan(5);
    expect(await metric('gateway_feed_reconnects_total')).toBe(0);
    expect(await metric(operations('journalStatusChanged', 'subscription', 'OK'))).toBe(1);
  });
});

describe('metrics of the process', () => {
  it('include the event loop, the heap and the memory', async () => {
    const sandbox = await startSandbox();
    const { metric } = await startWatched(sandbox.url);

    expect(await metric('nodejs_heap_size_used_bytes')).toBeGreaterThan(0);
    expect(await metric('nodejs_eventloop_lag_p99_seconds')).toBeDefined();
    expect(await metric('process_resident_memory_bytes')).toBeGreaterThan(0);
  });
});
