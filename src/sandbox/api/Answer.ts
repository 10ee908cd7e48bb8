import { Refusal } from './Refusal.ts';

/** A complete response, without the headers that every response has. */
export interface Answer {
  status: number;
  /** Absent in a 204, and in the 401 for an invalid bearer token. */
  body?: string;
  /** Default `application/json`. */
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
}

export function json(value: unknown, status = 200): Answer {
  return { status, body: JSON.stringify(value) };
}

/** Returns the response for a refusal, with the documented error body: a code and a message. */
export function refusalAnswer(refusal: Refusal): Answer {
  return json({ code: refusal.code, message: refusal.message }, refusal.status);
}

export function methodNotAllowed(allowed: readonly string[]): Answer {
  return { ...refusalAnswer(new Refusal(405, 'method not allowed')), headers: { Allow: allowed.join(', ') } };
}

export const notFound = () => refusalAnswer(new Refusal(404, 'endpoint not found'));
