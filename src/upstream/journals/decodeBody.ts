import { readJson } from '../../domain/readJson.ts';

import type { WireAnswer } from '../transport/exchange.ts';
import { ContractBrokenError } from '../../errors/faults.ts';
import { requestIdOf } from '../transport/readErrorBody.ts';

/**
 * Reads an answer's JSON with a decoder.
 *
 * @throws ContractBrokenError with the API's request id
 */
export function decodeBody<Result>(answer: WireAnswer, decode: (body: unknown) => Result): Result {
  if (answer.unreadable !== undefined) {
    throw new ContractBrokenError(answer.unreadable, { requestId: requestIdOf(answer) });
  }
  let body: unknown;
  try {
    body = readJson(answer.body);
  } catch {
    // The parser's own words would repeat what stands there, and come with the error into a log.
    throw new ContractBrokenError(`expected JSON, found ${answer.body.length} other characters`, {
      requestId: requestIdOf(answer),
    });
  }
  try {
    return decode(body);
  } catch (cause) {
    if (!(cause instanceof ContractBrokenError)) throw cause;
    throw new ContractBrokenError(cause.message, { requestId: requestIdOf(answer), cause, journal: cause.journal });
  }
}

/** A service written in Go prints an empty list as `null`. @throws ContractBrokenError for what is no array */
export function arrayOf(body: unknown): unknown[] {
  if (body === null) return [];
  if (Array.isArray(body)) return body;
  throw new ContractBrokenError(`expected an array of journals, found ${typeof body}`);
}
