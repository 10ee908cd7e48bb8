import { Refusal } from '../domain/Refusal.ts';

/** A whole answer, ready to send; the server adds the headers that every answer has. */
export interface Answer {
  status: number;
  /** Absent for 204 and for the bare 401. */
  body?: string;
  /** Default `application/json`. */
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
}

export function json(value: unknown, status = 200): Answer {
  return { status, body: JSON.stringify(value) };
}

/** The documented error body: a code and a message. */
export function refused(refusal: Refusal): Answer {
  return json({ code: refusal.code, message: refusal.message }, refusal.status);
}

export function methodNotAllowed(allowed: readonly string[]): Answer {
  return { ...refused(new Refusal(405, 'method not allowed')), headers: { Allow: allowed.join(', ') } };
}

export const notFound = () => refused(new Refusal(404, 'endpoint not found'));
