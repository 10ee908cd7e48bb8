import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/readConfig.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { Collector } from '../kit/Collector.ts';
import { plantedIn, transmitter } from '../kit/planted.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { serveBinary } from '../kit/startBinary.ts';
import { startWatched } from '../kit/startWatched.ts';
import { json, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${spanId}-01`;

/** Starts a gateway with traces in front of an upstream that gives this response. */
async function startTraced(answer: Answer) {
  const [collector, stub] = [await Collector.start(), await StubUpstream.start(answer)];
  const tracing = { url: `${collector.url}/v1/traces`, serviceName: 'journals-test' };
  const { gateway, url, lines } = await startWatched(stub.url, { tracing });
  return { collector, stub, gateway, url, lines };
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const lists = '{ journals { nodes { id } } }';

describe('traces', () => {
  it("continue the client's trace up to the API, with a span for the operation and a child span for each attempt", async () => {
    let calls = 0;
    const { collector, stub, gateway, url } = await startTraced((seen, response) => {
      calls += 1;
      return (calls === 1 ? text(503, 'down', { 'x-request-id': 'up-1' }) : json(200, []))(seen, response);
    });

    await post(
      url,
      { query: `query Status ${lists}` },
      { traceparent, tracestate: 'vendor=1', 'x-request-id': 'req-1' },
    );
    await gateway.close();

    const [operation] = collector.named('query journals');
    const attempts = collector.named('upstream listJournals');
    expect(operation).toMatchObject({
      traceId,
      parentSpanId: spanId,
      attributes: {
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Status',
        'gateway.outcome': 'OK',
        'gateway.request_id': 'req-1',
      },
    });
    expect(attempts).toMatchObject([
      {
        traceId,
        parentSpanId: operation?.spanId,
        attributes: {
          'http.request.method': 'GET',
          'http.request.resend_count': 0,
          'http.response.status_code': 503,
          'gateway.outcome': 'unknown',
          'gateway.upstream_request_id': 'up-1',
        },
      },
      {
        traceId,
        parentSpanId: operation?.spanId,
        attributes: { 'http.request.resend_count': 1, 'gateway.outcome': 'done' },
      },
    ]);
    expect(stub.calls.map(({ headers }) => [headers['traceparent'], headers['tracestate']])).toEqual(
      attempts.map(({ spanId: id }) => [`00-${traceId}-${id}-01`, 'vendor=1']),
    );
    expect([...collector.services]).toEqual(['journals-test']);
  });

  it('continue the trace in the extensions of an operation over WebSocket', async () => {
    const { collector, gateway, url } = await startTraced(json(200, []));
    const socket = await RawSocket.ready(url);

    socket.send({ id: '1', type: 'subscribe', payload: { query: lists, extensions: { traceparent } } });
    await socket.take(2);
    await gateway.close();

    const [operation] = collector.named('query journals');
    expect(operation).toMatchObject({ traceId, parentSpanId: spanId });
    expect(collector.named('upstream listJournals')).toMatchObject([{ traceId, parentSpanId: operation?.spanId }]);
  });

  it('start a new trace if the client sends none or an invalid one', async () => {
    const { collector, gateway, url } = await startTraced(json(200, []));

    await post(url, { query: lists });
    await post(url, { query: lists }, { traceparent: 'nonsense' });
    await gateway.close();

    const operations = collector.named('query journals');
    expect(operations).toHaveLength(2);
    expect(new Set(operations.map((span) => span.traceId)).size).toBe(2);
    expect(operations.map(({ parentSpanId }) => parentSpanId ?? '')).toEqual(['', '']);
  });

  it('contain no credential, Travel Rule data, variable, literal or id', async () => {
    const wire = wireJNLC({ transmitter_name: transmitter.transmitterName });
    const { collector, gateway, url } = await startTraced(json(200, wire));

    const mutation = 'mutation ($input: CreateJournalInput!) { createJournal(input: $input) { __typename } }';
    const jnlc = {
      fromAccount: sweep,
      toAccount: customer,
      amount: '31337.77',
      description: 'planted-words',
      ...transmitter,
    };
    await post(
      url,
      { query: mutation, variables: { input: { jnlc } } },
      { authorization: 'Bearer planted-token-of-a-client' },
    );
    await post(url, { query: `{ journal(id: "${wire.id}") { ... on JNLC { transmitterName } } }` });
    await post(url, { query: '{ planted_field }' });
    await gateway.close();

    expect(collector.spans.length).toBeGreaterThan(3);
    expect(plantedIn(collector.text)).toEqual([]);
    expect(collector.text).not.toMatch(/planted|31337/);
    for (const id of [sweep, customer, wire.id]) expect(collector.text).not.toContain(id);
  });

  it('delay nothing if the collector is unavailable, which is logged', async () => {
    const stub = await StubUpstream.start(json(200, []));
    const tracing = { url: 'http://127.0.0.1:9/v1/traces', serviceName: 'journals-test' };
    const { gateway, url, lines } = await startWatched(stub.url, { tracing });

    expect((await post(url, { query: lists })).status).toBe(200);
    await gateway.close();

    expect(lines.map(({ msg }) => msg)).toContain('traces could not be exported');
  });
});

describe('variables that the OpenTelemetry SDK reads itself', () => {
  async function runTraced(environment: Record<string, string>): Promise<Collector> {
    const collector = await Collector.start();
    const { binary, url } = await serveBinary(undefined, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      ...environment,
    });
    await post(url, { query: lists });
    binary.kill('SIGTERM');
    expect(await binary.exit).toMatchObject({ code: 0, stderr: '' });
    return collector;
  }

  it('set the headers and the batch size of exports', async () => {
    const collector = await runTraced({
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=journals',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1',
    });

    expect(collector.named('query journals')).toHaveLength(1);
    expect(collector.headers.length).toBeGreaterThan(1);
    expect(collector.headers.map((headers) => headers['x-team'])).toEqual(collector.headers.map(() => 'journals'));
  });

  it('set the sampler', async () => {
    expect((await runTraced({ OTEL_TRACES_SAMPLER: 'always_off' })).spans).toEqual([]);
  });
});

describe('the configuration of traces', () => {
  const read = (environment: Record<string, string>) => readConfig(environment, { sandbox: true }).tracing;

  it.each<[Record<string, string>, unknown]>([
    [{}, null],
    [{ OTEL_SERVICE_NAME: 'a' }, null],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' },
      { url: 'http://c:4318/v1/traces', serviceName: 'journals-gateway' },
    ],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/x',
        OTEL_SERVICE_NAME: 'a',
      },
      { url: 'http://t/x', serviceName: 'a' },
    ],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, { url: 'http://localhost:4318/v1/traces', serviceName: 'journals-gateway' }],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, null],
    [{ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, null],
  ])('is read from the environment %j as %j', (environment, tracing) => {
    expect(read(environment)).toEqual(tracing);
  });

  it('is refused if the exporter or the protocol is not supported', () => {
    expect(() => read({ OTEL_TRACES_EXPORTER: 'zipkin' })).toThrow('expected otlp or none, found "zipkin"');
    expect(() => read({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toThrow('expected http/json, found "grpc"');
  });
});
