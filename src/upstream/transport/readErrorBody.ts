import { readJson, spellingOf } from '../../domain/readJson.ts';
import type { UpstreamErrorDetails } from '../../errors/refusals.ts';

import type { WireResponse } from './exchange.ts';

export interface ErrorBody extends UpstreamErrorDetails {
  /** The status and the message. */
  summary: string;
  /** True for markup and for the 404 of a router: a proxy wrote the response, so the status is not the API's. */
  isPage: boolean;
}

const maxMessageLength = 2_000; // characters

/** Finds Travel Rule data in JSON, even if the JSON is invalid. A message with such data is not shown or logged. */
const personalData = /"(?:transmitter|originator)_\w*\\?"\s*:/;

/**
 * Reads an error response in any form that the API and the proxies in front of it produce: `{"code":…,"message":"…"}`,
 * the same inside `{"error":…}`, a message without a code, a bare JSON string, plain text, HTML, XML or nothing.
 * The message is returned in addition to the code, since the API uses one code for many reasons.
 */
export function readErrorBody(response: WireResponse): ErrorBody {
  // `trim` removes a byte order mark, too.
  const body = response.body.trim();
  const isPage = /^(?:<(?:\?xml|!doctype|!--|html|head|body)|404 page not found)/i.test(body);
  const found = isPage ? { message: titleOf(body), code: null } : readFields(response.unreadable ?? body);
  const status = `HTTP ${response.status}`;
  const message = personalData.test(found.message) ? '' : found.message.slice(0, maxMessageLength);
  return {
    message: message || `${status} without a message`,
    summary: message === '' ? `${status} without a message` : `${status}: ${message}`,
    requestId: requestIdOf(response),
    upstreamCode: found.code,
    isPage,
  };
}

/** Returns the `X-Request-ID`: Alpaca's support asks for this ID, and the API has no way to look it up later. */
export function requestIdOf(response: Pick<WireResponse, 'headers'>): string | null {
  return response.headers['x-request-id'] ?? null;
}

function readFields(body: string): { message: string; code: number | null } {
  const parsed = parseJson(body);
  if (typeof parsed === 'string') return { message: parsed, code: null };
  if (typeof parsed !== 'object' || parsed === null) return { message: body, code: null };
  const { error: inner, ...outer } = parsed as ErrorFields;
  const fields: ErrorFields = typeof inner === 'object' ? { ...outer, ...inner } : { ...outer, error: inner };
  const { code, message, error, ...others } = fields;
  const text = [message, error].find((value): value is string => typeof value === 'string' && value !== '');
  // If a body has other fields but no message, the whole body becomes the message.
  const isEmpty = (value: unknown) => value === undefined || value === null || value === '';
  const hasNoMessage = isEmpty(message) && isEmpty(error) && Object.keys(others).length === 0;
  return { message: text ?? (hasNoMessage ? '' : body), code: readCode(code) };
}

interface ErrorFields {
  code?: unknown;
  message?: unknown;
  error?: unknown;
}

/** Returns an integer code that fits into GraphQL's 32-bit `Int`, as the API's codes do; null for anything else. */
function readCode(code: unknown): number | null {
  const digits = spellingOf(code) ?? code;
  const value = typeof digits === 'string' && /^-?\d+$/.test(digits) ? Number(digits) : null;
  return value !== null && Math.abs(value) < 2 ** 31 ? value : null;
}

function parseJson(body: string): unknown {
  try {
    return readJson(body);
  } catch {
    return undefined;
  }
}

/** The title of an HTML page, or the message of an XML error such as those of S3. */
function titleOf(page: string): string {
  if (!page.startsWith('<')) return page.slice(0, 80);
  return /<(?:title|message)[^<>]*>([^<]*)</i.exec(page)?.[1]?.trim() || 'an HTML page';
}
