import { spellingOf } from '../../domain/JsonNumber.ts';
import { readJson } from '../../domain/readJson.ts';
import type { UpstreamErrorDetails } from '../../errors/refusals.ts';

import type { WireAnswer } from './exchange.ts';

export interface ErrorBody extends UpstreamErrorDetails {
  /** The words with the status before them. */
  said: string;
  /** Written by something in front of the API, markup or a router's own 404, so that its status isn't the API's. */
  isPage: boolean;
}

/**
 * Reads an error answer of any shape that the API and what stands before it produce:
 * `{"code":…,"message":"…"}`, the same within `{"error":…}`, a message without code, a bare JSON string, plain text, HTML
 * or XML, nothing.
 * The words are kept: one code covers many reasons.
 */
export function readErrorBody(answer: WireAnswer): ErrorBody {
  // It takes a byte order mark away, too.
  const body = answer.body.trim();
  const isPage = /^(?:<(?:\?xml|!doctype|!--|html|head|body)|404 page not found)/i.test(body);
  const { message, code } = isPage ? { message: titleOf(body), code: null } : readWords(answer.unreadable ?? body);
  const silent = `HTTP ${answer.status} without a message`;
  const words = repeatsPersonalData.test(message) ? '' : message.slice(0, maxMessageLength);
  return {
    message: words === '' ? silent : words,
    said: words === '' ? silent : `HTTP ${answer.status}: ${words}`,
    requestId: requestIdOf(answer),
    upstreamCode: code,
    isPage,
  };
}

/** `X-Request-ID`: support asks for it, and it can't be looked up later. */
export function requestIdOf(answer: WireAnswer): string | null {
  return answer.headers['x-request-id'] ?? null;
}

const maxMessageLength = 2_000; // characters

/** JSON with Travel Rule data in it, whole or broken: nothing to hand on, and least of all to a log. */
const repeatsPersonalData = /"(?:transmitter|originator)_\w*\\?"\s*:/;

function readWords(body: string): { message: string; code: number | null } {
  const parsed = parseJson(body);
  if (typeof parsed === 'string') return { message: parsed, code: null };
  if (typeof parsed !== 'object' || parsed === null) return { message: body, code: null };
  const { error: inner, ...outer } = parsed as ErrorFields;
  const fields: ErrorFields = typeof inner === 'object' ? { ...outer, ...inner } : { ...outer, error: inner };
  const { code, message, error, ...others } = fields;
  const words = [message, error].find((value): value is string => typeof value === 'string' && value !== '');
  // What has anything else in it says something, if not in words.
  const isSilent = (value: unknown) => value === undefined || value === null || value === '';
  const isWordless = isSilent(message) && isSilent(error) && Object.keys(others).length === 0;
  return { message: words ?? (isWordless ? '' : body), code: asCode(code) };
}

interface ErrorFields {
  code?: unknown;
  message?: unknown;
  error?: unknown;
}

/** GraphQL's `Int` has 32 bits; the API's codes fit, and what doesn't stays in the message only. */
function asCode(code: unknown): number | null {
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

/** What a page calls itself. Of XML, what S3 and its like say. */
function titleOf(page: string): string {
  if (!page.startsWith('<')) return page.slice(0, 80);
  return /<(?:title|message)[^<>]*>([^<]*)</i.exec(page)?.[1]?.trim() || 'an HTML page';
}
