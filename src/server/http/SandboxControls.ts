import type { IncomingMessage } from 'node:http';

import { request as send } from 'undici';

import type { Authenticator } from '../../auth/Authenticator.ts';
import { AuthenticationUnavailableError, UnauthenticatedError } from '../../errors/authErrors.ts';
import { messageOf } from '../../errors/messageOf.ts';
import { isForeignPage } from '../connections/originChecks.ts';
import type { Endpoint } from './Endpoint.ts';

const prefix = '/sandbox/control/';
/** What a page may do; the sandbox's own port has more. */
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
export class SandboxControls {
  readonly #sandboxUrl: string;
  readonly #authenticator: Authenticator;

  constructor(sandboxUrl: string, authenticator: Authenticator) {
    this.#sandboxUrl = sandboxUrl;
    this.#authenticator = authenticator;
  }

  /** Finds what passes a request to a control. */
  find(path: string, { method = '' }: IncomingMessage): Endpoint | undefined {
    const control = path.startsWith(prefix) ? path.slice(prefix.length) : null;
    if (control === null || !controls.has(`${method} ${control}`)) return undefined;
    return async (request, response) => {
      const { status, body } = await this.#answer(request, control).catch((error: unknown) =>
        refusal(502, messageOf(error)),
      );
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    };
  }

  async #answer(request: IncomingMessage, control: string): Promise<Answer> {
    const refused = refuseForeign(request) ?? (await this.#refuseUnauthorized(request));
    if (refused) return refused;
    const body = request.method === 'GET' ? null : await readBody(request);
    if (body && body.length > maxBodyBytes) return refusal(413, `expected at most ${maxBodyBytes} bytes`);
    const { statusCode: status, body: answer } = await send(`${this.#sandboxUrl}/sandbox/${control}`, {
      method:
        request.method === 'GET' || request.method === 'PUT' || request.method === 'DELETE' ? request.method : 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status, body: await answer.text() };
  }

  async #refuseUnauthorized({ headers }: IncomingMessage): Promise<Answer | null> {
    try {
      const { principal } = await this.#authenticator.authenticate(headers.authorization ?? null);
      if (principal.scopes.has('journals:write')) return null;
      return refusal(403, 'the controls of the sandbox need the scope journals:write');
    } catch (error) {
      if (error instanceof UnauthenticatedError) return refusal(401, error.message);
      if (error instanceof AuthenticationUnavailableError) return refusal(503, error.message);
      throw error;
    }
  }
}

/** A page of another site can't set the header without a preflight request, which is not answered. */
function refuseForeign(request: IncomingMessage): Answer | null {
  if (request.headers['graphql-require-preflight'] === undefined) {
    return refusal(403, 'expected the header graphql-require-preflight');
  }
  return isForeignPage(request, []) ? refusal(403, 'expected a page of the gateway itself') : null;
}

/** At most one chunk more than the limit. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBodyBytes) break;
  }
  return Buffer.concat(chunks);
}

function refusal(status: number, message: string): Answer {
  return { status, body: JSON.stringify({ message }) };
}
