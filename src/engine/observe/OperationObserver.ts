/** What is known about an operation before its document is read. */
export interface OperationBegin {
  requestId: string;
  /** W3C trace context that the client sent. */
  traceparent: string | undefined;
  tracestate: string | undefined;
}

/**
 * How an operation ended: schema names, codes and times. Only `name` and perhaps `requestId` are text from the client.
 */
export interface OperationEnd {
  requestId: string;
  kind: 'query' | 'mutation' | 'subscription' | 'unknown';
  /** The distinct root fields; empty if the document is not valid. */
  fields: readonly string[];
  /** The name of the operation in the document. */
  name: string | null;
  /** Name of the principal. */
  principal: string;
  /** `OK`, the code of the first error, or the type name of the first refusal. */
  outcome: string;
  /** `X-Request-ID` of the API call that failed, if there was one. */
  upstreamRequestId: string | null;
  /** From the start of the operation to its result, or until a subscription was established. */
  ms: number;
}

/** Observes one operation. */
export interface OperationWatch {
  /** Wraps the execution, so that calls made in it can be attributed to the operation. */
  run<Result>(execute: () => Result): Result;
  ended(end: OperationEnd): void;
}

/** Is notified of every operation on every transport. Logs, metrics and traces are observers. */
export interface OperationObserver {
  /** For observers that follow an operation from its beginning. */
  began?(begin: OperationBegin): OperationWatch;
  ended?(end: OperationEnd): void;
}
