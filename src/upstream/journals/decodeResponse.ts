import type { Journal } from '../../domain/journal.ts';
import type { BatchItem } from '../../domain/newJournal.ts';
import { JsonArrayReader } from '../../domain/JsonArrayReader.ts';
import { readJson } from '../../domain/readJson.ts';
import { isUnreadable } from '../../domain/unreadableJournal.ts';
import type { ListedJournal, UnreadableJournal } from '../../domain/unreadableJournal.ts';
import { ContractBrokenError } from '../../errors/faults.ts';

import type { BodySink, WireResponse } from '../transport/exchange.ts';
import { requestIdOf } from '../transport/readErrorBody.ts';
import type { UpstreamCall } from '../transport/UpstreamConnection.ts';
import { decodeBatchItem, decodeJournal, decodeListedJournal, hasNumbersToRead } from './decodeJournal.ts';

type Warn = Parameters<UpstreamCall<unknown>['decode']>[1];

/** Decodes a response that consists of one journal. @throws ContractBrokenError */
export function decodeJournalResponse(response: WireResponse): Journal {
  return decodeBody(response, decodeJournal);
}

/** Decodes a list. Single journals may be unreadable. @throws ContractBrokenError if the list itself is unreadable */
export function decodeListResponse(response: WireResponse, warn: Warn): ListedJournal[] {
  const listed = decodeBody(response, (body) => arrayOf(body).map(decodeListedJournal));
  warn(listed.filter(isUnreadable));
  return listed;
}

/** Takes the journals of a list, one after the other. */
export type TakeJournal = (journal: ListedJournal) => void;

/**
 * Decodes a list while it arrives. Each call has a decoder of its own. Each attempt of the call begins with `open`,
 * which discards what the previous attempt has decoded.
 */
export class ListDecoder {
  readonly #begin: () => TakeJournal;
  #reader = new JsonArrayReader(() => undefined);
  #failure: Error | null = null;
  #count = 0;
  #unreadable: UnreadableJournal[] = [];

  constructor(begin: () => TakeJournal) {
    this.#begin = begin;
  }

  readonly open = (): BodySink => {
    const unreadable: UnreadableJournal[] = [];
    const take = this.#begin();
    const reader = new JsonArrayReader((element) => {
      const journal = decodeListedJournal(element);
      this.#count += 1;
      if (isUnreadable(journal)) unreadable.push(journal);
      take(journal);
    }, hasNumbersToRead);
    [this.#reader, this.#failure, this.#count, this.#unreadable] = [reader, null, 0, unreadable];
    return (piece) => {
      try {
        if (this.#failure === null) reader.write(piece);
      } catch (error) {
        this.#failure = error instanceof Error ? error : new Error(String(error));
      }
    };
  };

  /** Returns the number of journals. @throws ContractBrokenError when the list itself can't be read */
  readonly end = (response: WireResponse, warn: Warn): number => {
    warn(this.#unreadable);
    return decodeWith(response, () => {
      if (this.#failure !== null) throw this.#failure;
      const other = this.#reader.end();
      if (other) arrayOf(other.instead);
      return this.#count;
    });
  };
}

/**
 * Returns a decoder for the items of a batch.
 *
 * @throws ContractBrokenError if the body cannot be read, or has fewer journals than entries: the outcome of the
 *   missing entries is unknown
 */
export function decodeBatchOf(entryCount: number): UpstreamCall<BatchItem[]>['decode'] {
  return (response, warn) => {
    const items = decodeBody(response, (body) => arrayOf(body).map(decodeBatchItem));
    warn(items.flatMap(({ unreadable }) => unreadable ?? []));
    if (items.length >= entryCount) return items.map(({ journal, errorMessage }) => ({ journal, errorMessage }));
    throw new ContractBrokenError(`expected ${entryCount} journals, found ${items.length}`);
  };
}

/** Parses and decodes the JSON body of a response. @throws ContractBrokenError with the API's request id */
function decodeBody<Result>(response: WireResponse, decode: (body: unknown) => Result): Result {
  return decodeWith(response, () => decode(readJson(response.body, hasNumbersToRead)));
}

/** @throws ContractBrokenError with the API's request id */
function decodeWith<Result>(response: WireResponse, decode: () => Result): Result {
  const requestId = requestIdOf(response);
  if (response.unreadable !== undefined) throw new ContractBrokenError(response.unreadable, { requestId });
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof ContractBrokenError) {
      throw new ContractBrokenError(cause.message, { requestId, cause, journal: cause.journal });
    }
    if (!(cause instanceof SyntaxError)) throw cause;
    // The parser's message would repeat the data, and the error is logged.
    throw new ContractBrokenError(`expected JSON, found ${response.body.length} other characters`, { requestId });
  }
}

/**
 * Returns the array. `null` counts as an empty list, since services written in Go print an empty list as `null`.
 *
 * @throws ContractBrokenError for anything else
 */
function arrayOf(body: unknown): unknown[] {
  if (body === null) return [];
  if (Array.isArray(body)) return body;
  throw new ContractBrokenError(`expected an array of journals, found ${typeof body}`);
}
