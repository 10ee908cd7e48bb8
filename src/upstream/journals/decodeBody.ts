import { readJson } from '../../domain/readJson.ts';

import type { WireResponse } from '../transport/exchange.ts';
import { ContractBrokenError } from '../../errors/faults.ts';
import { requestIdOf } from '../transport/readErrorBody.ts';

/**
 * Parses and decodes the JSON body of a response.
 *
 * @throws ContractBrokenError with the API's request id
 */
export function decodeBody<Result>(response: WireResponse, decode: (body: unknown) => Result): Result {
  if (response.unreadable !== undefined) {
    throw new ContractBrokenError(response.unreadable, { requestId: requestIdOf(response) });
  }
  let body: unknown;
  try {
    body = readJson(response.body);
  } catch {
    // The parser's message would repeat the data, and the error is logged.
    throw new ContractBrokenError(`expected JSON, found ${response.body.length} other characters`, {
      requestId: requestIdOf(response),
    });
  }
  try {
    return decode(body);
  } catch (cause) {
    if (!(cause instanceof ContractBrokenError)) throw cause;
    throw new ContractBrokenError(cause.message, { requestId: requestIdOf(response), cause, journal: cause.journal });
  }
}

/** `null` is an empty list, as services written in Go print it. @throws ContractBrokenError for anything else */
export function arrayOf(body: unknown): unknown[] {
  if (body === null) return [];
  if (Array.isArray(body)) return body;
  throw new ContractBrokenError(`expected an array of journals, found ${typeof body}`);
}
