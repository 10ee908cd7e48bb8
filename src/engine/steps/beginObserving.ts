import type { EngineParts } from '../operation/EngineParts.ts';
import type { OperationWatch } from '../observe/OperationObserver.ts';
import type { Operation } from '../operation/Operation.ts';

const none: readonly OperationWatch[] = [];

export function beginObserving(operation: Operation, { observers }: EngineParts): void {
  operation.watches = none;
  for (const observer of observers) {
    if (!observer.began) continue;
    const { requestId, traceparent, tracestate } = operation.request;
    const { extensions } = operation.parameters;
    const begin = {
      requestId,
      traceparent: traceparent ?? asText(extensions?.['traceparent']),
      tracestate: tracestate ?? asText(extensions?.['tracestate']),
    };
    operation.watches = [...operation.watches, observer.began(begin)];
  }
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
