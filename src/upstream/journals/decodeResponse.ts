import type { Journal } from '../../domain/journal.ts';
import type { BatchItem } from '../../domain/newJournal.ts';
import { readJson } from '../../domain/readJson.ts';
import { isUnreadable } from '../../domain/unreadableJournal.ts';
import type { ListedJournal } from '../../domain/unreadableJournal.ts';
import { ContractBrokenError } from '../../errors/faults.ts';

import type { WireResponse } from '../transport/exchange.ts';
import { requestIdOf } from '../transport/readErrorBody.ts';
import type { UpstreamCall } from '../transport/UpstreamConnection.ts';
import { decodeBatchItem, decodeJournal, decodeListedJournal } from './decodeJournal.ts';

type Warn = Parameters<UpstreamCall<unknown>['decode']>[1];

/** The response of an endpoint that answers with one journal. @throws ContractBrokenError */
export function decodeJournalResponse(response: WireResponse): Journal {
  return decodeBody(response, decodeJournal);
}

/** A list, in which some journals may be unreadable. @throws ContractBrokenError when the list itself is */
export function decodeListResponse(response: WireResponse, warn: Warn): ListedJournal[] {
  const listed = decodeBody(response, (body) => arrayOf(body).map(decodeListedJournal));
  warn(listed.filter(isUnreadable));
  return listed;
}

/**
 * Decodes the items of a batch.
 *
 * @throws ContractBrokenError also with fewer journals than entries: the outcome of the others is unknown
 */
export function decodeBatchOf(entryCount: number): UpstreamCall<BatchItem[]>['decode'] {
  return (response, warn) => {
    const items = decodeBody(response, (body) => arrayOf(body).map(decodeBatchItem));
    warn(items.flatMap(({ unreadable }) => unreadable ?? []));
    if (items.length >= entryCount) return items.map(({ journal, errorMessage }) => ({ journal, errorMessage }));
    throw new ContractBrokenError(`expected ${entryCount} journals, found ${items.length}`);
  };
}

/**
 * Parses and decodes the JSON body of a response.
 *
 * @throws ContractBrokenError with the API's request id
 */
function decodeBody<Result>(response: WireResponse, decode: (body: unknown) => Result): Result {
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
function arrayOf(body: unknown): unknown[] {
  if (body === null) return [];
  if (Array.isArray(body)) return body;
  throw new ContractBrokenError(`expected an array of journals, found ${typeof body}`);
}
