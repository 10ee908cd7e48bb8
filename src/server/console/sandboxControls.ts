import type { IncomingMessage } from 'node:http';

import { GraphQLError } from 'graphql';

import type { Authenticator } from '../../auth/Authenticator.ts';
import { AuthenticationUnavailableError, UnauthenticatedError } from '../../errors/authErrors.ts';
import { AbandonedError } from '../../errors/cancellation.ts';
import { messageOf } from '../../errors/messageOf.ts';
import { isForeignPage } from '../requests/originChecks.ts';
import type { Route } from '../http/HttpServer.ts';
import { readBody } from '../http/readBody.ts';

const prefix = '/sandbox/control/';
/** The controls that a page may use; the sandbox's own port offers more. */
const controls = new Set([
  'GET clock',
  'POST clock',
  'POST end-of-day',
  'GET faults',
  'PUT faults',
  'DELETE faults',
  'POST streams',
]);
const maxBodyBytes = 65_536;
const timeoutMs = 30_000;

interface Answer {
  status: number;
  body: string;
}

/** Passes requests of the console to the controls of the embedded sandbox, whose own port a page may not call. */
export function sandboxControls(sandboxUrl: string, authenticator: Authenticator): Route {
  const answer = async (request: IncomingMessage, control: string): Promise<Answer> =>
    refuseForeign(request) ??
    (await refuseUnauthorized(request, authenticator)) ??
    (await pass(request, `${sandboxUrl}/sandbox/${control}`));
  return {
    find: (path, { method = '' }) => {
      const control = path.startsWith(prefix) ? path.slice(prefix.length) : '';
      if (!controls.has(`${method} ${control}`)) return undefined;
      return async (request, response) => {
        const { status, body } = await answer(request, control).catch((error: unknown) =>
          // `readBody` throws a `GraphQLError` for a body that is too large.
          refusal(error instanceof GraphQLError ? 413 : 502, messageOf(error)),
        );
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      };
    },
  };
}

async function pass(request: IncomingMessage, url: string): Promise<Answer> {
  const { method = 'GET' } = request;
  const body = method === 'GET' ? undefined : await readBody(request, maxBodyBytes);
  if (body === null) throw new AbandonedError();
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body?.toString('utf8') ?? null,
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: answer.status, body: await answer.text() };
}

/** A page of another site could set the header only after a preflight request, which would be refused. */
function refuseForeign(request: IncomingMessage): Answer | null {
  if (request.headers['graphql-require-preflight'] === undefined) {
    return refusal(403, 'expected the header graphql-require-preflight');
  }
  return isForeignPage(request, []) ? refusal(403, 'expected a page of the gateway itself') : null;
}

async function refuseUnauthorized({ headers }: IncomingMessage, authenticator: Authenticator): Promise<Answer | null> {
  try {
    const { principal } = await authenticator.authenticate(headers.authorization ?? null);
    if (principal.scopes.has('journals:write')) return null;
    return refusal(403, 'the controls of the sandbox need the scope journals:write');
  } catch (error) {
    if (error instanceof UnauthenticatedError) return refusal(401, error.message);
    if (error instanceof AuthenticationUnavailableError) return refusal(503, error.message);
    throw error;
  }
}

function refusal(status: number, message: string): Answer {
  return { status, body: JSON.stringify({ message }) };
}
