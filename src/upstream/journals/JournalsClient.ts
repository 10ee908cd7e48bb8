import { LRUCache } from 'lru-cache';

import { cancellationOf } from '../../errors/cancellation.ts';
import type { Journal } from '../../domain/journal.ts';
import type { BatchItem, NewBatch, NewJournal, NewReverseBatch } from '../../domain/newJournal.ts';
import type { Refusal } from '../../errors/refusals.ts';
import { isUnreadable } from '../../domain/unreadableJournal.ts';
import type { UnreadableJournal } from '../../domain/unreadableJournal.ts';
import { asUuid } from '../../domain/uuid.ts';
import { lruCache } from '../../lruCache.ts';

import { arrayOf, decodeBody } from './decodeBody.ts';
import { decodeBatchItem, decodeJournal, decodeListedJournal } from './decodeJournal.ts';
import { encodeBatch, encodeJournal, encodeReverseBatch } from './encodeJournal.ts';
import type { NotSentError, WireAnswer } from '../transport/exchange.ts';
import {
  ContractBrokenError,
  CredentialsRefusedError,
  DeleteOutcomeUnknownError,
  Fault,
  OutcomeUnknownError,
  UpstreamUnavailableError,
} from '../../errors/faults.ts';
import type { FaultDetails } from '../../errors/faults.ts';
import { listingQuery, maxListed } from './journalListing.ts';
import type { JournalListing } from './journalListing.ts';
import type { Done, Outcome, Refused } from '../transport/Outcome.ts';
import { readErrorBody, requestIdOf } from '../transport/readErrorBody.ts';
import { rateLimited, readFault } from './readFault.ts';
import { batchRefusals, createRefusals, deleteRefusals, refusalOf, reverseBatchRefusals } from './refusalOf.ts';
import type { Asked } from './refusalOf.ts';
import type { UpstreamCall, UpstreamConnection } from '../transport/UpstreamConnection.ts';

export interface JournalList {
  journals: Journal[];
  /** Those that are listed and can't be read; absent when there are none. */
  unreadable?: UnreadableJournal[];
  /** False when there may be more than `limit`, or when the API said that there are too many to list. */
  complete: boolean;
}

/** The Journals API, one method per endpoint; each says what its statuses mean. Answers are decoded here, once. */
export class JournalsClient {
  readonly #connection: UpstreamConnection;
  /** Journals that a delete of unknown outcome was about: the next one may find its work done. */
  readonly #lostDeletes = new LRUCache<string, true>(lruCache(10_000));
  /** Keys under which an attempt was lost a short while ago. */
  readonly #lostKeys = new LRUCache<string, true>({ ...lruCache(100_000), ttl: underWayMs });
  #writes = 0;
  #credentialsProbe: Promise<boolean> | null = null;

  constructor(connection: UpstreamConnection) {
    this.#connection = connection;
  }

  /** How many writes have ended, in whatever way: what was read before may be over. */
  get writes(): number {
    return this.#writes;
  }

  /**
   * `GET /v1/journals/{id}`: null when the API doesn't know the id.
   * What is no UUID is unknown without a call: it never becomes part of a path.
   *
   * @throws Fault
   */
  async get(id: string, signal?: AbortSignal): Promise<Journal | null> {
    const uuid = asUuid(id);
    if (uuid === null) return null;
    const call: UpstreamCall<Journal> = {
      endpoint: 'getJournal',
      method: 'GET',
      path: `/v1/journals/${uuid}`,
      mayBe401: true,
      decode: (answer) => decodeBody(answer, decodeJournal),
    };
    const { renewals } = this.#connection;
    let answer = await this.#read(call, signal);
    // An unknown id may answer 401 too; a listing tells it from a token that has ended, and has it renewed.
    if (isStatus(answer, 401) && (await this.#credentialsHold())) {
      if (this.#connection.renewals === renewals) return null;
      answer = await this.#read(call, signal);
      if (isStatus(answer, 401)) return null;
    }
    if (answer.kind === 'done') return answer.result;
    // A page was written by something in front of the API: a wrong address must not look like missing journals.
    if (isStatus(answer, 404) && !readErrorBody(answer.answer).isPage) return null;
    throw readFault(answer.answer, this.#connection.retryAt);
  }

  /**
   * `GET /v1/journals`.
   *
   * @throws Fault
   */
  async list(listing: JournalListing, signal?: AbortSignal): Promise<JournalList> {
    const answer = await this.#read(
      {
        endpoint: 'listJournals',
        method: 'GET',
        path: '/v1/journals',
        query: listingQuery(listing),
        decode: (wire, warn) => {
          const listed = decodeBody(wire, (body) => arrayOf(body).map(decodeListedJournal));
          warn(listed.filter(isUnreadable));
          return listed;
        },
      },
      signal,
    );
    if (isStatus(answer, 422) && saysTooMany(answer.answer)) return { journals: [], complete: false };
    if (answer.kind === 'refused') throw readFault(answer.answer, this.#connection.retryAt);
    const listed = answer.result;
    const unreadable = listed.filter(isUnreadable);
    return {
      journals: listed.filter((journal): journal is Journal => !isUnreadable(journal)),
      // A list that was cut is full of what can't be read, too.
      complete: listed.length < listing.limit || listing.limit >= maxListed,
      ...(unreadable.length > 0 && { unreadable }),
    };
  }

  /**
   * `POST /v1/journals`. While its outcome is unknown it is sent again, the same bytes under the same key.
   *
   * @param idempotencyKey the caller's, which errors name
   * @param sentKey what the API is sent for it
   * @throws Refusal | RateLimitedError | UpstreamUnavailableError | OutcomeUnknownError
   */
  create(journal: NewJournal, idempotencyKey: string, sentKey = idempotencyKey): Promise<Journal> {
    const side = journal.jnlc ?? journal.jnls;
    const asked: Asked = {
      entryType: journal.jnlc ? 'JNLC' : 'JNLS',
      accountIds: [side.fromAccount, side.toAccount],
      idempotencyKey,
    };
    const decode = (answer: WireAnswer) => decodeBody(answer, decodeJournal);
    const call = post('createJournal', '/v1/journals', encodeJournal(journal), decode);
    return this.#create({ ...call, idempotencyKey: sentKey }, createRefusals, asked);
  }

  /** `POST /v1/journals/batch`, as `create`. @throws as `create` */
  createBatch(batch: NewBatch, idempotencyKey: string, sentKey = idempotencyKey): Promise<BatchItem[]> {
    const accountIds = [batch.fromAccount, ...batch.entries.map((entry) => entry.toAccount)];
    const asked: Asked = { entryType: 'JNLC', accountIds, idempotencyKey };
    const call = post('createBatchJournal', '/v1/journals/batch', encodeBatch(batch), decodeItemsOf(batch));
    return this.#create({ ...call, idempotencyKey: sentKey }, batchRefusals, asked);
  }

  /**
   * `POST /v1/journals/reverse_batch`, begun once, without a key: the API knows none here.
   * The key is the gateway's own and only named in errors. @throws as `create`
   */
  createReverseBatch(batch: NewReverseBatch, idempotencyKey: string): Promise<BatchItem[]> {
    const accountIds = [batch.toAccount, ...batch.entries.map((entry) => entry.fromAccount)];
    const asked: Asked = { entryType: 'JNLC', accountIds, idempotencyKey };
    const body = encodeReverseBatch(batch);
    const call = post('createReverseBatchJournal', '/v1/journals/reverse_batch', body, decodeItemsOf(batch));
    return this.#create(call, reverseBatchRefusals, asked);
  }

  /**
   * `DELETE /v1/journals/{id}`, again while its outcome is unknown. The caller has checked that the id is a UUID.
   *
   * @throws Refusal | RateLimitedError | UpstreamUnavailableError | DeleteOutcomeUnknownError
   */
  async delete(id: string): Promise<void> {
    const unknown: UnknownOutcome = (message, details) => new DeleteOutcomeUnknownError(message, id, details);
    const path = `/v1/journals/${id}`;
    const outcome = await this.#write({ endpoint: 'deleteJournal', method: 'DELETE', path, decode: nothing });
    // Kept until it is settled: the reading that settles it may fail, and then the next delete finds the work done.
    if (outcome.kind === 'unknown' || (outcome.kind === 'refused' && outcome.isRepeat)) this.#lostDeletes.set(id, true);
    const mayBeOurs = outcome.kind === 'refused' && this.#lostDeletes.has(id);
    if (!mayBeOurs || !(await this.#isDeleted(id, outcome.answer, unknown))) {
      this.#settled(outcome, unknown, (answer) =>
        refusalOf(deleteRefusals, answer.status, readErrorBody(answer), { journalId: id }),
      );
    }
    this.#lostDeletes.delete(id);
  }

  async #create<Result>(
    call: UpstreamCall<Result>,
    refusals: Parameters<typeof refusalOf<Asked>>[0],
    asked: Asked,
  ): Promise<Result> {
    // Repeating teaches something only where the API takes a key.
    const { idempotencyKey: sentKey } = call;
    const { idempotencyKey } = asked;
    // The API's words may name the key that it was sent.
    const worded = (text: string) => (sentKey === undefined ? text : text.replaceAll(sentKey, () => idempotencyKey));
    const unknown: UnknownOutcome = (message, details) =>
      new OutcomeUnknownError(worded(message), idempotencyKey, sentKey ? details : { ...details, retryAt: null });
    const outcome = await this.#write({ ...call, givenKey: idempotencyKey });
    if (sentKey !== undefined) this.#believe(sentKey, outcome, unknown);
    return this.#settled(outcome, unknown, (answer) => {
      const words = readErrorBody(answer);
      return refusalOf(refusals, answer.status, { ...words, message: worded(words.message) }, asked);
    });
  }

  /**
   * A refusal under a key of which an attempt was lost isn't believed for a while: the API, or something before it, may
   * still be at work on that attempt. Later it is: what the API has done under a key it answers with the first answer.
   */
  #believe(sentKey: string, outcome: Outcome<unknown>, unknown: UnknownOutcome): void {
    const isNews = outcome.kind === 'unknown' || (outcome.kind === 'refused' && outcome.isRepeat);
    if (isNews) this.#lostKeys.set(sentKey, true);
    if (outcome.kind === 'done') this.#lostKeys.delete(sentKey);
    if (outcome.kind !== 'refused' || outcome.answer.status === 429 || !this.#lostKeys.has(sentKey)) return;
    const { said, requestId, upstreamCode } = readErrorBody(outcome.answer);
    const message = `an earlier attempt was lost and may still be under way; the API says now: ${said}`;
    throw unknown(message, { requestId, upstreamCode, retryAt: this.#connection.retryAt });
  }

  async #write<Result>(call: UpstreamCall<Result>): Promise<Outcome<Result>> {
    try {
      return await this.#connection.send(call);
    } finally {
      this.#writes += 1;
    }
  }

  /** The result of a write that is done; every other outcome is thrown. */
  #settled<Result>(
    outcome: Outcome<Result>,
    unknown: UnknownOutcome,
    refusal: (answer: WireAnswer) => Refusal,
  ): Result {
    switch (outcome.kind) {
      case 'done':
        return outcome.result;
      case 'neverSent':
        throw unsent(outcome.error);
      case 'refused':
        if (outcome.answer.status === 429) throw rateLimited(outcome.answer, this.#connection.retryAt);
        throw refusal(outcome.answer);
      case 'unknown':
        throw unknown(outcome.message, { ...outcome, retryAt: this.#connection.retryAt });
    }
  }

  /**
   * A repeated delete that finds no journal, or none that is pending, may have found its own work. A journal that is
   * gone or canceled is what was asked for.
   */
  async #isDeleted(id: string, refused: WireAnswer, unknown: UnknownOutcome): Promise<boolean> {
    if (refused.status !== 404 && refused.status !== 422) return false;
    const journal = await this.get(id).catch((cause: unknown) => {
      const message = `the answer was lost, and the journal can't be read: ${String(cause)}`;
      throw unknown(message, { requestId: requestIdOf(refused), retryAt: this.#connection.retryAt, cause });
    });
    return journal === null || journal.status === 'canceled' || journal.status === 'deleted';
  }

  /** What a read came to: its result, or a refusal that may mean something. @throws Fault | DeadlineExceededError | AbandonedError */
  async #read<Result>(call: UpstreamCall<Result>, signal: AbortSignal | undefined): Promise<Done<Result> | Refused> {
    const outcome = await this.#connection.send(call, signal);
    if (signal?.aborted) throw cancellationOf(signal);
    if (outcome.kind === 'done' || outcome.kind === 'refused') return outcome;
    if (outcome.kind === 'neverSent') throw unsent(outcome.error);
    if (outcome.cause instanceof ContractBrokenError) throw outcome.cause;
    if (outcome.answer) throw readFault(outcome.answer, this.#connection.retryAt);
    const { requestId, cause } = outcome;
    throw new UpstreamUnavailableError(outcome.message, { requestId, cause });
  }

  /** One probe at a time, however many reads ask. @throws the probe's own fault where it proves neither */
  #credentialsHold(): Promise<boolean> {
    this.#credentialsProbe ??= this.list({ limit: 1 })
      .then(
        () => true,
        (fault: unknown) => {
          if (fault instanceof CredentialsRefusedError) return false;
          throw fault;
        },
      )
      .finally(() => (this.#credentialsProbe = null));
    return this.#credentialsProbe;
  }
}

/** For so long a lost request may still be under way somewhere, in ms. */
const underWayMs = 60_000;

type UnknownOutcome = (message: string, details: FaultDetails) => Fault;

/** Nothing was sent: for a reason of this side's own, which says until when, or since the API can't be reached. */
function unsent(error: NotSentError): Fault {
  if (error.cause instanceof Fault) return error.cause;
  return new UpstreamUnavailableError(`nothing was sent: ${error.message}`, { cause: error });
}

function isStatus(outcome: Done<unknown> | Refused, status: number): outcome is Refused {
  return outcome.kind === 'refused' && outcome.answer.status === status;
}

/** 422 to a listing means that too many match; one that speaks of something else is no such answer. */
function saysTooMany(answer: WireAnswer): boolean {
  return /many|more than|exceed|limit|narrow|reduce|range|records|\d{4,}|without a message$/i.test(
    readErrorBody(answer).message,
  );
}

function post<Result>(
  endpoint: string,
  path: string,
  body: object,
  decode: UpstreamCall<Result>['decode'],
): UpstreamCall<Result> {
  return { endpoint, method: 'POST', path, body: JSON.stringify(body), decode };
}

/** Whoever hears of fewer journals than there were entries doesn't know what became of the rest. */
function decodeItemsOf({ entries }: NewBatch | NewReverseBatch): UpstreamCall<BatchItem[]>['decode'] {
  return (answer, warn) => {
    const items = decodeBody(answer, (body) => arrayOf(body).map(decodeBatchItem));
    warn(items.flatMap(({ unreadable }) => unreadable ?? []));
    if (items.length >= entries.length) return items.map(({ journal, errorMessage }) => ({ journal, errorMessage }));
    throw new ContractBrokenError(`expected ${entries.length} journals, found ${items.length}`);
  };
}

function nothing(): void {
  // A delete's answer has no body that matters.
}
