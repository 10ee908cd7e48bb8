import type { UnreadableJournal } from '../../domain/unreadableJournal.ts';
import { messageOf } from '../../errors/messageOf.ts';
import type { Log } from '../../log.ts';

import type { WireResponse } from './exchange.ts';
import type { Outcome } from './Outcome.ts';
import { requestIdOf } from './readErrorBody.ts';

/** The parts of a call that identify it in the log. */
export interface LoggedCall {
  endpoint: string;
  /** The key that the API receives. */
  idempotencyKey?: string;
  /** The key that the caller gave. `idempotencyKey` may be derived from this key. */
  givenKey?: string;
}

/** Logs failed calls and unreadable journals, but no data of a request or a response. */
export class CallLog {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Logs one line per response, since often many journals are unreadable for the same reason. */
  unreadable({ endpoint }: LoggedCall, response: WireResponse, journals: readonly UnreadableJournal[]): void {
    const [first] = journals;
    if (!first) return;
    const { id: journalId, problem } = first;
    const facts = { endpoint, upstreamRequestId: requestIdOf(response), count: journals.length, journalId, problem };
    this.#log.error(facts, 'journals in a response cannot be read');
  }

  /** Logs a failed attempt. Most refusals are logged at debug, since the caller gets them as errors. */
  failure(call: LoggedCall, outcome: Outcome<unknown>, attempt: number): void {
    if (outcome.kind === 'done') return;
    const { endpoint, idempotencyKey: sentKey, givenKey: idempotencyKey = sentKey } = call;
    const keys = sentKey === idempotencyKey ? { idempotencyKey } : { idempotencyKey, sentKey };
    const fields = { endpoint, outcome: outcome.kind, attempt, ...keys };
    if (outcome.kind === 'neverSent') {
      // Without the stack: during an outage, there is a line for every call.
      this.#log.warn({ ...fields, problem: messageOf(outcome.error) }, 'upstream call was not sent');
    } else if (outcome.kind === 'unknown') {
      const { requestId: upstreamRequestId, upstreamCode, response } = outcome;
      const isError = response !== null && response.status >= 300;
      const level = response && !isError ? 'error' : 'warn';
      // The message of an error response is not logged, since it may repeat data of the request.
      const problem = isError ? undefined : outcome.message;
      const details = { upstreamRequestId, upstreamCode, status: response?.status, problem };
      this.#log[level]({ ...fields, ...details }, 'upstream call failed');
    } else {
      const { status } = outcome.response;
      const level = status === 401 || status === 429 ? 'warn' : 'debug';
      this.#log[level]({ ...fields, status, upstreamRequestId: requestIdOf(outcome.response) }, 'upstream refused');
    }
  }
}
