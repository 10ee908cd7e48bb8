/** What is known of an operation before it is read. */
export interface OperationBegin {
  requestId: string;
  /** Who asks. */
  principal: string | null;
  /** W3C trace context, as the client sent it. */
  traceparent: string | undefined;
  tracestate: string | undefined;
}

/** How an operation ended: names of the schema, codes and times. Nothing else that a client wrote but its own name for it. */
export interface OperationEnd {
  kind: 'query' | 'mutation' | 'subscription' | 'unknown';
  /** The root fields that it selects, each once; none where the document doesn't hold. All of them are the schema's. */
  fields: readonly string[];
  /** What the client calls it. */
  name: string | null;
  principal: string | null;
  /** `OK`, the code of its first error, or the type of the first refusal that it answered with. */
  outcome: string;
  /** The API's `X-Request-ID`, where something failed that had one. */
  upstreamRequestId: string | null;
  /** From its document to its result; of a subscription, until it stood. */
  ms: number;
}

export interface OperationWatch {
  /** Runs the execution: what is called in it is called for this operation. */
  run?: <Result>(execute: () => Result) => Result;
  ended(end: OperationEnd): void;
}

/** Hears of every operation, whatever transport it came by. Logs, metrics and traces are made of this. */
export interface OperationObserver {
  began(begin: OperationBegin): OperationWatch;
}
