import type { OperationBegin } from './OperationObserver.ts';
import type { TransportContext } from '../live/TransportContext.ts';

type TraceContext = Pick<OperationBegin, 'traceparent' | 'tracestate'>;

/**
 * The W3C trace context that came with an operation: in its headers, or, since a message on a socket has none, in the
 * operation's `extensions`.
 */
export function traceContextOf({ req, params }: TransportContext): TraceContext {
  const extensions: Record<string, unknown> = params?.extensions ?? {};
  const read = (name: string) => text(req?.headers[name]) ?? text(extensions[name]);
  return { traceparent: read('traceparent'), tracestate: read('tracestate') };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
