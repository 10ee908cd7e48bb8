import type { IncomingMessage } from 'node:http';

import type { Authenticator } from '../../auth/Authenticator.ts';
import type { Log } from '../../log.ts';

import { isAllowedOrigin, isForeignPage } from '../connections/originChecks.ts';
import { publicError } from '../../engine/errors/publicError.ts';
import type { HttpResponse } from './HttpResponse.ts';
import type { Caller, RunDocument } from './runDocument.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
import { sendErrors } from './sendErrors.ts';

/** Answers requests for a path besides GraphQL. */
export type Endpoint = (request: IncomingMessage, response: HttpResponse) => unknown;

/** What endpoints need to run operations of their clients. */
export interface EndpointParts {
  authenticator: Authenticator;
  runDocument: RunDocument;
  /** Origins whose pages may send requests, in addition to the gateway's own. */
  corsOrigins: readonly string[];
  log: Log;
}

export interface EndpointOptions {
  methods: readonly string[];
  /** @throws what a client may see; it is sent if the response has not begun */
  serve: (caller: Caller) => Promise<void>;
}

/** Checks the method, the origin and the credential of a request before it is served. */
export function createEndpoint({ authenticator, corsOrigins, log }: EndpointParts, options: EndpointOptions): Endpoint {
  return async (req, res) => {
    try {
      if (!options.methods.includes(req.method ?? '')) {
        res.setHeader('allow', options.methods.join(', '));
        throw codedGraphQLError('BAD_REQUEST', `expected ${options.methods.join(' or ')}`, { http: { status: 405 } });
      }
      if (isFromForeignPage(req, corsOrigins)) {
        const message = 'a page of another origin may not send this request';
        throw codedGraphQLError('PREFLIGHT_REQUIRED', message, { http: { status: 403 } });
      }
      const session = await authenticator.authenticate(req.headers.authorization ?? null);
      await options.serve({ req, res, session, signal: whenGone(res) });
    } catch (error) {
      if (res.headersSent) res.destroy();
      else sendErrors(res, [publicError(error, log)]);
    }
  };
}

/** Browsers send `Sec-Fetch-Site` with every request, and `Origin` with those that may change something. */
function isFromForeignPage(req: IncomingMessage, corsOrigins: readonly string[]): boolean {
  const { origin, 'sec-fetch-site': site = 'none' } = req.headers;
  if (isForeignPage(req, corsOrigins)) return true;
  return site !== 'none' && site !== 'same-origin' && !isAllowedOrigin(origin, corsOrigins);
}

/** Aborted when the client disconnects before the response has been sent. */
function whenGone(res: HttpResponse): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  return gone.signal;
}
