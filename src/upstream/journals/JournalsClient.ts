import type { CancelSignal } from '../../concurrency/Cancellation.ts';
import type { Journal } from '../../domain/journal.ts';
import type { BatchItem, NewBatch, NewJournal, NewReverseBatch } from '../../domain/newJournal.ts';
import { isUnreadable } from '../../domain/unreadableJournal.ts';
import type { UnreadableJournal } from '../../domain/unreadableJournal.ts';
import { asUuid } from '../../domain/uuid.ts';
import { cancellationOf } from '../../errors/cancellation.ts';
import {
  ContractBrokenError,
  CredentialsRefusedError,
  DeleteOutcomeUnknownError,
  OutcomeUnknownError,
  UpstreamUnavailableError,
} from '../../errors/faults.ts';
import type { Fault, FaultDetails } from '../../errors/faults.ts';
import type { Refusal } from '../../errors/refusals.ts';
import type { RedisConnection } from '../../redis/RedisConnection.ts';

import type { WireResponse } from '../transport/exchange.ts';
import type { Done, Outcome, Refused } from '../transport/Outcome.ts';
import { readErrorBody, requestIdOf } from '../transport/readErrorBody.ts';
import type { UpstreamCall, UpstreamConnection } from '../transport/UpstreamConnection.ts';
import { decodeBatchOf, decodeJournalResponse, decodeListResponse, ListDecoder } from './decodeResponse.ts';
import type { TakeJournal } from './decodeResponse.ts';
import { encodeBatch, encodeJournal, encodeReverseBatch } from './encodeJournal.ts';
import { listingPath, maxListed } from './journalListing.ts';
import type { JournalListing } from './journalListing.ts';
import { LostCalls } from './LostCalls.ts';
import {
  batchRefusals,
  createRefusals,
  deleteRefusals,
  isAboutTooMany,
  notSent,
  rateLimited,
  readFault,
  refusalOf,
  reverseBatchRefusals,
} from './responseErrors.ts';
import type { RequestFacts } from './responseErrors.ts';

export interface JournalList {
  journals: Journal[];
  /** Listed journals that cannot be decoded; absent when there are none. */
  unreadable?: UnreadableJournal[];
  /** False when more than `limit` journals may match, or when the API responded that too many match. */
  complete: boolean;
}

/** The client of the Journals API. Each method calls one endpoint, decodes the response and maps statuses to errors. */
export class JournalsClient {
  readonly #connection: UpstreamConnection;
  /** Ids of journals whose delete has an unknown outcome: the next delete may find the journal deleted. */
  readonly #lostDeletes: LostCalls;
  /** Idempotency keys of recently lost attempts. */
  readonly #lostKeys: LostCalls;
  #writes = 0;
  #credentialsCheck: Promise<boolean> | null = null;

  /** @param redis shares lost calls with other gateways; null if the gateway runs alone */
  constructor(connection: UpstreamConnection, redis: RedisConnection | null = null) {
    this.#connection = connection;
    this.#lostDeletes = new LostCalls({ name: 'delete', max: 10_000, keptMs: lostDeleteMs, redis });
    this.#lostKeys = new LostCalls({ name: 'key', max: 100_000, keptMs: inProgressMs, redis });
  }

  /** How many writes have ended, whatever their outcome. A change means that earlier reads may be stale. */
  get writes(): number {
    return this.#writes;
  }

  /**
   * `GET /v1/journals/{id}`. Returns null if the API does not know the id. If the id is not a UUID, it never becomes
   * part of a path: the result is null without a call.
   *
   * @throws Fault
   */
  async get(id: string, signal?: CancelSignal): Promise<Journal | null> {
    const uuid = asUuid(id);
    if (uuid === null) return null;
    const call: UpstreamCall<Journal> = {
      endpoint: 'getJournal',
      method: 'GET',
      path: `/v1/journals/${uuid}`,
      mayBe401: true,
      decode: decodeJournalResponse,
    };
    const { renewals } = this.#connection;
    let outcome = await this.#read(call, signal);
    // The API may respond with 401 to an unknown id as well. Listing journals shows whether the token has expired, and
    // if so, renews it.
    if (isRefusedWith(outcome, 401) && (await this.#credentialsHold())) {
      if (this.#connection.renewals === renewals) return null;
      outcome = await this.#read(call, signal);
      if (isRefusedWith(outcome, 401)) return null;
    }
    if (outcome.kind === 'done') return outcome.result;
    // An HTML page comes from a proxy: a wrong base URL must not look like missing journals.
    if (isRefusedWith(outcome, 404) && !readErrorBody(outcome.response).isPage) return null;
    throw readFault(outcome.response, this.#connection.retryAt);
  }

  /**
   * `GET /v1/journals`.
   *
   * @throws Fault
   */
  async list(listing: JournalListing, signal?: CancelSignal): Promise<JournalList> {
    const outcome = await this.#read({ ...listCall(listing), decode: decodeListResponse }, signal);
    if (isRefusedWith(outcome, 422) && isAboutTooMany(outcome.response)) return { journals: [], complete: false };
    if (outcome.kind === 'refused') throw readFault(outcome.response, this.#connection.retryAt);
    const listed = outcome.result;
    const [journals, unreadable]: [Journal[], UnreadableJournal[]] = [[], []];
    for (const journal of listed) {
      if (isUnreadable(journal)) unreadable.push(journal);
      else journals.push(journal);
    }
    // Unreadable journals count towards the limit as well.
    const complete = listed.length < listing.limit || listing.limit >= maxListed;
    return unreadable.length === 0 ? { journals, complete } : { journals, complete, unreadable };
  }

  /**
   * Like `list`, but passes on each journal while the response arrives, so that the list is never in memory.
   *
   * @param begin called when a response begins; returns the function that takes its journals. Called again if a
   *   response is cut off and the request is sent again: the journals taken before must then be discarded
   * @throws Fault
   */
  async listEach(
    listing: JournalListing,
    begin: () => TakeJournal,
    signal?: CancelSignal,
  ): Promise<Pick<JournalList, 'complete'>> {
    const decoder = new ListDecoder(begin);
    const call = { ...listCall(listing), openBody: decoder.open, decode: decoder.end, deadlineMs: longListMs };
    const outcome = await this.#read(call, signal);
    if (isRefusedWith(outcome, 422) && isAboutTooMany(outcome.response)) return { complete: false };
    if (outcome.kind === 'refused') throw readFault(outcome.response, this.#connection.retryAt);
    return { complete: outcome.result < listing.limit || listing.limit >= maxListed };
  }

  /**
   * `POST /v1/journals`. While the outcome is unknown, the call is retried with the same bytes and key.
   *
   * @param idempotencyKey the caller's key, for errors
   * @param sentKey the key that the API receives
   * @throws Refusal | RateLimitedError | UpstreamUnavailableError | CredentialsRefusedError | OutcomeUnknownError
   */
  create(journal: NewJournal, idempotencyKey: string, sentKey = idempotencyKey): Promise<Journal> {
    const side = journal.jnlc ?? journal.jnls;
    const facts: RequestFacts = {
      entryType: journal.jnlc ? 'JNLC' : 'JNLS',
      accountIds: [side.fromAccount, side.toAccount],
      idempotencyKey,
    };
    const keys = { givenKey: idempotencyKey, idempotencyKey: sentKey };
    const call = post('createJournal', '/v1/journals', encodeJournal(journal), decodeJournalResponse, keys);
    return this.#create(call, createRefusals, facts);
  }

  /** `POST /v1/journals/batch`. Retries and errors are those of `create`. */
  createBatch(batch: NewBatch, idempotencyKey: string, sentKey = idempotencyKey): Promise<BatchItem[]> {
    const accountIds = [batch.fromAccount, ...batch.entries.map((entry) => entry.toAccount)];
    const facts: RequestFacts = { entryType: 'JNLC', accountIds, idempotencyKey };
    const keys = { givenKey: idempotencyKey, idempotencyKey: sentKey };
    const decode = decodeBatchOf(batch.entries.length);
    const call = post('createBatchJournal', '/v1/journals/batch', encodeBatch(batch), decode, keys);
    return this.#create(call, batchRefusals, facts);
  }

  /**
   * `POST /v1/journals/reverse_batch`. Never sent again once begun, since the API takes no idempotency key here.
   *
   * @param idempotencyKey a key that only the gateway knows, for errors
   * @param beginBy the latest time at which the request may begin, by `performance.now()`
   * @throws the same errors as `create`
   */
  createReverseBatch(batch: NewReverseBatch, idempotencyKey: string, beginBy?: number): Promise<BatchItem[]> {
    const accountIds = [batch.toAccount, ...batch.entries.map((entry) => entry.fromAccount)];
    const facts: RequestFacts = { entryType: 'JNLC', accountIds, idempotencyKey };
    const body = encodeReverseBatch(batch);
    const decode = decodeBatchOf(batch.entries.length);
    const keys = { givenKey: idempotencyKey };
    const call = post('createReverseBatchJournal', '/v1/journals/reverse_batch', body, decode, keys);
    return this.#create({ ...call, beginBy }, reverseBatchRefusals, facts);
  }

  /**
   * `DELETE /v1/journals/{id}`. Retried while the outcome is unknown. The caller must have checked that the id is a
   * UUID.
   *
   * @throws Refusal | RateLimitedError | UpstreamUnavailableError | CredentialsRefusedError | DeleteOutcomeUnknownError
   */
  async delete(id: string): Promise<void> {
    const unknown: UnknownOutcome = (message, details) => new DeleteOutcomeUnknownError(message, id, details);
    const path = `/v1/journals/${id}`;
    const outcome = await this.#write({ endpoint: 'deleteJournal', method: 'DELETE', path, decode: () => undefined });
    // Kept until a delete succeeds or a read shows that the journal is gone: the next delete may find it deleted already.
    if (isLost(outcome)) await this.#lostDeletes.add(id);
    const mayBeOurs = outcome.kind === 'refused' && (await this.#lostDeletes.has(id));
    if (!mayBeOurs || !(await this.#isDeleted(id, outcome.response, unknown))) {
      this.#resultOf(outcome, unknown, (response) =>
        refusalOf(deleteRefusals, response.status, readErrorBody(response), { journalId: id }),
      );
    }
    this.#lostDeletes.delete(id);
  }

  async #create<Result>(
    call: UpstreamCall<Result>,
    refusals: Parameters<typeof refusalOf<RequestFacts>>[0],
    facts: RequestFacts,
  ): Promise<Result> {
    const { idempotencyKey: sentKey } = call;
    const { idempotencyKey } = facts;
    const outcome = await this.#write(call);
    if (outcome.kind === 'done') {
      if (sentKey !== undefined) this.#lostKeys.delete(sentKey);
      return outcome.result;
    }
    // The API's message may contain the key that it received.
    const withOwnKey = (text: string) =>
      sentKey === undefined ? text : text.replaceAll(sentKey, () => idempotencyKey);
    // If no key was sent to the API, a retry cannot settle the outcome.
    const unknown: UnknownOutcome = (message, details) =>
      new OutcomeUnknownError(withOwnKey(message), idempotencyKey, sentKey ? details : { ...details, retryAt: null });
    if (sentKey !== undefined) await this.#rejectUntrustedRefusal(sentKey, outcome, unknown);
    return this.#resultOf(outcome, unknown, (response) => {
      const details = readErrorBody(response);
      return refusalOf(refusals, response.status, { ...details, message: withOwnKey(details.message) }, facts);
    });
  }

  /**
   * Throws `OutcomeUnknownError` for a refusal that proves nothing: a lost attempt with the same key may still be in
   * progress at the API or a proxy. Once no attempt can be in progress, a refusal proves that nothing was done: if an
   * attempt had succeeded, the API would repeat its successful response to the key.
   */
  async #rejectUntrustedRefusal(sentKey: string, outcome: Outcome<unknown>, unknown: UnknownOutcome): Promise<void> {
    if (isLost(outcome)) await this.#lostKeys.add(sentKey);
    if (outcome.kind !== 'refused' || outcome.response.status === 429 || !(await this.#lostKeys.has(sentKey))) return;
    const { summary, requestId, upstreamCode } = readErrorBody(outcome.response);
    const message = `an earlier attempt was lost and may still be in progress; the API now answers: ${summary}`;
    throw unknown(message, { requestId, upstreamCode, retryAt: this.#connection.retryAt });
  }

  async #write<Result>(call: UpstreamCall<Result>): Promise<Outcome<Result>> {
    try {
      return await this.#connection.send(call);
    } finally {
      this.#writes += 1;
    }
  }

  /** Returns the result of a write that was done; throws for every other outcome. */
  #resultOf<Result>(
    outcome: Outcome<Result>,
    unknown: UnknownOutcome,
    refusal: (response: WireResponse) => Refusal,
  ): Result {
    switch (outcome.kind) {
      case 'done':
        return outcome.result;
      case 'neverSent':
        throw notSent(outcome.error);
      case 'refused':
        if (outcome.response.status === 429) throw rateLimited(outcome.response, this.#connection.retryAt);
        throw refusal(outcome.response);
      case 'unknown':
        throw unknown(outcome.message, { ...outcome, retryAt: this.#connection.retryAt });
    }
  }

  /**
   * Whether a retried delete was refused because an earlier attempt had succeeded. The delete has succeeded if the
   * journal no longer exists, or is deleted or canceled.
   */
  async #isDeleted(id: string, refused: WireResponse, unknown: UnknownOutcome): Promise<boolean> {
    if (refused.status !== 404 && refused.status !== 422) return false;
    const journal = await this.get(id).catch((cause: unknown) => {
      const message = `the response was lost, and the journal cannot be read: ${String(cause)}`;
      throw unknown(message, { requestId: requestIdOf(refused), retryAt: this.#connection.retryAt, cause });
    });
    return journal === null || journal.status === 'canceled' || journal.status === 'deleted';
  }

  /**
   * Returns the result of a read, or a refusal that the endpoint may document.
   *
   * @throws Fault | DeadlineExceededError | AbandonedError
   */
  async #read<Result>(call: UpstreamCall<Result>, signal: CancelSignal | undefined): Promise<Done<Result> | Refused> {
    const outcome = await this.#connection.send(call, signal);
    if (signal?.aborted) throw cancellationOf(signal);
    if (outcome.kind === 'done' || outcome.kind === 'refused') return outcome;
    if (outcome.kind === 'neverSent') throw notSent(outcome.error);
    if (outcome.cause instanceof ContractBrokenError) throw outcome.cause;
    if (outcome.response) throw readFault(outcome.response, this.#connection.retryAt);
    const { requestId, cause } = outcome;
    throw new UpstreamUnavailableError(outcome.message, { requestId, cause });
  }

  /**
   * Whether the API accepts the credentials, according to a list call that concurrent reads share.
   *
   * @throws Fault if the list fails for a different reason
   */
  #credentialsHold(): Promise<boolean> {
    this.#credentialsCheck ??= this.list({ limit: 1 })
      .then(
        () => true,
        (fault: unknown) => {
          if (fault instanceof CredentialsRefusedError) return false;
          throw fault;
        },
      )
      .finally(() => (this.#credentialsCheck = null));
    return this.#credentialsCheck;
  }
}

/** Deadline of a list that is decoded while it arrives, in ms: a list of 100,000 journals takes seconds. */
const longListMs = 60_000;

/** How long a lost request may still be in progress, in ms. */
const inProgressMs = 60_000;
/** How long clients may take to repeat a delete whose response was lost, in ms. */
const lostDeleteMs = 86_400_000;

type UnknownOutcome = (message: string, details: FaultDetails) => Fault;

/** Whether an attempt was lost, so that the journal may exist or be deleted whatever the response to a retry says. */
function isLost(outcome: Outcome<unknown>): boolean {
  return outcome.kind === 'unknown' || (outcome.kind === 'refused' && outcome.isAfterLost);
}

function isRefusedWith(outcome: Done<unknown> | Refused, status: number): outcome is Refused {
  return outcome.kind === 'refused' && outcome.response.status === status;
}

function listCall(listing: JournalListing) {
  return { endpoint: 'listJournals', method: 'GET', path: listingPath(listing) } as const;
}

function post<Result>(
  endpoint: string,
  path: string,
  body: object,
  decode: UpstreamCall<Result>['decode'],
  { givenKey, idempotencyKey }: { givenKey: string; idempotencyKey?: string },
): UpstreamCall<Result> {
  const call = { endpoint, method: 'POST', path, body: JSON.stringify(body), decode, givenKey } as const;
  return idempotencyKey === undefined ? call : { ...call, idempotencyKey };
}
