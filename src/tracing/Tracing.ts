import { AsyncLocalStorage } from 'node:async_hooks';

import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context, Span, TextMapGetter, TextMapSetter, Tracer } from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

import { messageOf } from '../errors/messageOf.ts';
import type { Log } from '../log.ts';
import type {
  OperationBegin,
  OperationEnd,
  OperationObserver,
  OperationWatch,
} from '../engine/observe/OperationObserver.ts';
import type {
  UpstreamAttempt,
  UpstreamEnd,
  UpstreamObserver,
  UpstreamWatch,
} from '../upstream/transport/UpstreamObserver.ts';

export interface TracingOptions {
  /** The URL to which spans are sent, as OTLP in JSON. */
  url: string;
  serviceName: string;
  log: Log;
}

/**
 * How long sending a batch of spans may take before the batch is dropped, in ms. A shutdown waits only for the last
 * batch.
 */
const exportMs = 2_000;

/**
 * Creates a span for each operation, with a child span for each attempt of a request to the API. Spans contain no more
 * than log lines may: no documents, no variables and no paths, since paths contain ids.
 *
 * This module is loaded only if traces are configured, because `AsyncLocalStorage` slows down every promise a little.
 */
export class Tracing {
  readonly #provider: NodeTracerProvider;
  readonly #tracer: Tracer;
  readonly #logFailure: (error: unknown) => void;
  readonly #current = new AsyncLocalStorage<Context>();
  readonly operations: OperationObserver = { began: (begin) => this.#operation(begin) };
  readonly upstream: UpstreamObserver = { began: (attempt) => this.#call(attempt) };

  constructor({ url, serviceName, log }: TracingOptions) {
    this.#provider = new NodeTracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName }),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url, timeoutMillis: exportMs }))],
    });
    this.#tracer = this.#provider.getTracer('journals-gateway');
    this.#logFailure = (error) => {
      log.warn({ problem: messageOf(error) }, 'traces could not be exported');
    };
    setGlobalErrorHandler(this.#logFailure);
  }

  /** Sends the remaining spans. */
  async close(): Promise<void> {
    await this.#provider.shutdown().catch(this.#logFailure);
  }

  #operation(begin: OperationBegin): OperationWatch {
    const parent = propagator.extract(ROOT_CONTEXT, begin, getter);
    const span = this.#tracer.startSpan('operation', { kind: SpanKind.SERVER }, parent);
    const context = trace.setSpan(parent, span);
    return { run: (execute) => this.#current.run(context, execute), ended: (end) => endOperation(span, begin, end) };
  }

  #call({ endpoint, method, number }: UpstreamAttempt): UpstreamWatch {
    // While the circuit breaker is open, a probe is sent every second. Probes belong to no operation.
    if (endpoint === 'probe') return { ended: () => undefined };
    const parent = this.#current.getStore() ?? ROOT_CONTEXT;
    const attributes = { 'http.request.method': method, 'http.request.resend_count': number - 1 };
    const span = this.#tracer.startSpan(`upstream ${endpoint}`, { kind: SpanKind.CLIENT, attributes }, parent);
    const headers: Record<string, string> = {};
    propagator.inject(trace.setSpan(parent, span), headers, setter);
    return { headers, ended: (end) => endCall(span, end) };
  }
}

const propagator = new W3CTraceContextPropagator();

const getter: TextMapGetter<OperationBegin> = {
  keys: () => ['traceparent', 'tracestate'],
  get: (begin, name) => (name === 'traceparent' || name === 'tracestate' ? begin[name] : undefined),
};

const setter: TextMapSetter<Record<string, string>> = {
  set: (headers, name, value) => {
    headers[name] = value;
  },
};

function endOperation(span: Span, { requestId }: OperationBegin, { kind, fields, name, outcome }: OperationEnd): void {
  span.updateName([kind, ...fields].join(' '));
  span.setAttributes({ 'graphql.operation.type': kind, 'gateway.outcome': outcome, 'gateway.request_id': requestId });
  if (name !== null) span.setAttribute('graphql.operation.name', name);
  if (outcome !== 'OK') span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
  span.end();
}

function endCall(span: Span, { outcome, status, requestId }: UpstreamEnd): void {
  span.setAttribute('gateway.outcome', outcome);
  if (status !== null) span.setAttribute('http.response.status_code', status);
  if (requestId !== null) span.setAttribute('gateway.upstream_request_id', requestId);
  if (outcome !== 'done') span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
  span.end();
}
