import type { GraphQLError } from 'graphql';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Session } from '../../auth/Session.ts';
import { Answer, isResults } from '../../engine/answers/Answer.ts';
import { publicError } from '../../engine/errors/publicError.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import type { DoorParts } from '../requests/DoorParts.ts';
import { isAllowedOrigin, isForeignPage } from '../requests/originChecks.ts';
import { HttpClient } from './HttpClient.ts';
import type { HttpResponse } from './HttpResponse.ts';
import { responseHead } from './sendOutcome.ts';

/** Handles requests for a path other than GraphQL's. */
export type Endpoint = (request: IncomingMessage, response: HttpResponse) => unknown;

/** A query or mutation that an endpoint runs for its client. */
export interface InnerOperation {
  query: string;
  variables: Record<string, unknown>;
  operationName?: string | undefined;
}

/** An authenticated request to an endpoint. */
export interface Caller {
  req: IncomingMessage;
  res: HttpResponse;
  session: Session;
  /** Aborted when the response closes: when the client has disconnected, or after the response has been sent. */
  signal: AbortSignal;
  /** Runs an operation with all steps of the engine, so that the same limits apply as on every other transport. */
  run: (operation: InnerOperation) => Promise<Answer>;
}

/**
 * Creates an endpoint that checks the method, the origin and the credential of a request before it serves it.
 *
 * @param serve serves the request; if it throws before the response has begun, the error is sent in its public form
 */
export function createEndpoint(
  { engine, authenticator, limits, log }: DoorParts,
  method: 'GET' | 'POST',
  serve: (caller: Caller) => Promise<void>,
): Endpoint {
  return async (req, res) => {
    try {
      if (req.method !== method) {
        res.setHeader('allow', method);
        throw codedGraphQLError('BAD_REQUEST', `expected ${method}`, { http: { status: 405 } });
      }
      if (isFromForeignPage(req, limits.corsOrigins)) {
        const message = 'a page of another origin may not send this request';
        throw codedGraphQLError('PREFLIGHT_REQUIRED', message, { http: { status: 403 } });
      }
      const session = await authenticator.authenticate(req.headers.authorization ?? null);
      const run = async (operation: InnerOperation) => {
        const answer = await engine.run(new HttpClient(req, res, limits.pingMs).requestOf(operation, session));
        if (isResults(answer)) throw new TypeError('an endpoint cannot run subscriptions');
        return answer;
      };
      await serve({ req, res, session, signal: whenGone(res), run });
    } catch (error) {
      if (res.headersSent) res.destroy();
      else sendErrors(res, [publicError(error, log)]);
    }
  };
}

/**
 * Browsers send `Origin` with requests by scripts of other origins and with requests that may change something. Links of
 * other pages cause a GET without `Origin`, which `Sec-Fetch-Site` reveals.
 */
function isFromForeignPage(req: IncomingMessage, corsOrigins: readonly string[]): boolean {
  const { origin, 'sec-fetch-site': site = 'none' } = req.headers;
  if (isForeignPage(req, corsOrigins)) return true;
  return site !== 'none' && site !== 'same-origin' && !isAllowedOrigin(origin, corsOrigins);
}

/** Returns a signal that is aborted when the response closes. */
function whenGone(res: HttpResponse): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  return gone.signal;
}

/** HTTP statuses by error code, for errors that set no status themselves. All other codes get 500. */
const statuses: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  FORBIDDEN: 403,
  TOO_MANY_JOURNALS: 422,
  UPSTREAM_UNAVAILABLE: 503,
  RATE_LIMITED: 503,
  UPSTREAM_CREDENTIALS_REFUSED: 502,
  UPSTREAM_REFUSED: 502,
  UPSTREAM_CONTRACT_BROKEN: 502,
  DEADLINE_EXCEEDED: 504,
};

/** Responds to a request with errors only, in the form of a GraphQL response. */
export function sendErrors(response: ServerResponse, errors: readonly GraphQLError[]): void {
  const { status, headers } = responseHead(errors, false);
  const { text } = new Answer(null, errors);
  response.writeHead(status === 200 ? (statuses[String(errors[0]?.extensions['code'])] ?? 500) : status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
