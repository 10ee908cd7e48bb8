import type { Journal } from '../domain/journal.ts';
import type { BatchItem, NewBatch, NewJournal, NewReverseBatch } from '../domain/newJournal.ts';
import { asUuid } from '../domain/uuid.ts';

import { arrayOf, decodeBody } from './decodeBody.ts';
import { decodeBatchItem, decodeJournal } from './decodeJournal.ts';
import { encodeBatch, encodeJournal, encodeReverseBatch } from './encodeJournal.ts';
import { AnswerLost, NeverSent } from './exchange.ts';
import type { WireAnswer } from './exchange.ts';
import {
  CredentialsRefusedError,
  DeleteOutcomeUnknownError,
  OutcomeUnknownError,
  UpstreamUnavailableError,
} from './faults.ts';
import type { Fault } from './faults.ts';
import { listingQuery, maxListed } from './journalListing.ts';
import type { JournalListing } from './journalListing.ts';
import { readErrorBody, requestIdOf } from './readErrorBody.ts';
import { rateLimited, readFault } from './readFault.ts';
import { batchRefusals, createRefusals, deleteRefusals, refusalOf, reverseBatchRefusals } from './refusalOf.ts';
import type { Asked } from './refusalOf.ts';
import type { UpstreamCall, UpstreamConnection } from './UpstreamConnection.ts';

export interface JournalList {
  journals: Journal[];
  /** False when there may be more than `limit`, or when the API said that there are too many to list. */
  complete: boolean;
}

/** The Journals API, one method per endpoint; each says what its statuses mean. Answers are decoded here, once. */
export class JournalsClient {
  readonly #connection: UpstreamConnection;
  #credentialsProbe: Promise<boolean> | null = null;

  constructor(connection: UpstreamConnection) {
    this.#connection = connection;
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
    const path = `/v1/journals/${uuid}`;
    const call: UpstreamCall = { endpoint: 'getJournal', method: 'GET', path, mayBe401: true };
    const { renewals } = this.#connection;
    let answer = await this.#read(call, signal);
    // An unknown id may answer 401 too; a listing tells it from a token that has ended, and has it renewed.
    if (answer.status === 401 && (await this.#credentialsHold())) {
      if (this.#connection.renewals === renewals) return null;
      answer = await this.#read(call, signal);
      if (answer.status === 401) return null;
    }
    if (answer.status === 200) return this.#decode(call, answer, decodeJournal);
    // A page was written by something in front of the API: a wrong address must not look like missing journals.
    if (answer.status === 404 && !readErrorBody(answer).isPage) return null;
    throw readFault(answer);
  }

  /**
   * `GET /v1/journals`.
   *
   * @throws Fault
   */
  async list(listing: JournalListing, signal?: AbortSignal): Promise<JournalList> {
    const query = listingQuery(listing);
    const call: UpstreamCall = { endpoint: 'listJournals', method: 'GET', path: '/v1/journals', query };
    const answer = await this.#read(call, signal);
    if (answer.status === 422 && saysTooMany(answer)) return { journals: [], complete: false };
    if (answer.status !== 200) throw readFault(answer);
    const journals = this.#decode(call, answer, (body) => arrayOf(body).map(decodeJournal));
    return { journals, complete: journals.length < listing.limit || listing.limit >= maxListed };
  }

  /**
   * `POST /v1/journals`, once.
   *
   * @throws Refusal | RateLimitedError | UpstreamUnavailableError | OutcomeUnknownError
   */
  create(journal: NewJournal, idempotencyKey: string): Promise<Journal> {
    const side = journal.jnlc ?? journal.jnls;
    const asked: Asked = {
      entryType: journal.jnlc ? 'JNLC' : 'JNLS',
      accountIds: [side.fromAccount, side.toAccount],
      idempotencyKey,
    };
    const call = post('createJournal', '/v1/journals', encodeJournal(journal), idempotencyKey);
    return this.#create(call, createRefusals, asked, decodeJournal);
  }

  /** `POST /v1/journals/batch`, once. @throws as `create` */
  createBatch(batch: NewBatch, idempotencyKey: string): Promise<BatchItem[]> {
    const accountIds = [batch.fromAccount, ...batch.entries.map((entry) => entry.toAccount)];
    const asked: Asked = { entryType: 'JNLC', accountIds, idempotencyKey };
    const call = post('createBatchJournal', '/v1/journals/batch', encodeBatch(batch), idempotencyKey);
    return this.#create(call, batchRefusals, asked, (body) => arrayOf(body).map(decodeBatchItem));
  }

  /**
   * `POST /v1/journals/reverse_batch`, once, without a key: the API knows none here.
   * The key is the gateway's own and only named in `OutcomeUnknownError`. @throws as `create`
   */
  createReverseBatch(batch: NewReverseBatch, idempotencyKey: string): Promise<BatchItem[]> {
    const accountIds = [batch.toAccount, ...batch.entries.map((entry) => entry.fromAccount)];
    const asked: Asked = { entryType: 'JNLC', accountIds, idempotencyKey };
    const call = post('createReverseBatchJournal', '/v1/journals/reverse_batch', encodeReverseBatch(batch));
    return this.#create(call, reverseBatchRefusals, asked, (body) => arrayOf(body).map(decodeBatchItem));
  }

  /**
   * `DELETE /v1/journals/{id}`, once. The caller has checked that the id is a UUID.
   *
   * @throws Refusal | RateLimitedError | UpstreamUnavailableError | DeleteOutcomeUnknownError
   */
  async delete(id: string): Promise<void> {
    const answer = await this.#write(
      { endpoint: 'deleteJournal', method: 'DELETE', path: `/v1/journals/${id}` },
      (message, details) => new DeleteOutcomeUnknownError(message, id, { ...details, retryAt: soon() }),
    );
    if (answer.status < 300) return;
    throw refusalOf(deleteRefusals, answer.status, readErrorBody(answer), { journalId: id });
  }

  async #create<Result>(
    call: UpstreamCall,
    refusals: Parameters<typeof refusalOf<Asked>>[0],
    asked: Asked,
    decode: (body: unknown) => Result,
  ): Promise<Result> {
    // Repeating teaches something only where the API takes a key.
    const retryAt = () => (call.idempotencyKey === undefined ? null : soon());
    const unknown: UnknownOutcome = (message, details) =>
      new OutcomeUnknownError(message, asked.idempotencyKey, { ...details, retryAt: retryAt() });
    const answer = await this.#write(call, unknown);
    if (answer.status >= 300) throw refusalOf(refusals, answer.status, readErrorBody(answer), asked);
    try {
      return decodeBody(answer, decode);
    } catch (cause) {
      // It says 2xx, so something was done; what, can't be read.
      const words = cause instanceof Error ? cause.message : String(cause);
      this.#connection.report(call, answer, words);
      throw unknown(`the answer can't be read: ${words}`, { requestId: requestIdOf(answer), cause });
    }
  }

  /** Sends a write and sorts out every answer that proves neither success nor refusal. */
  async #write(call: UpstreamCall, unknown: UnknownOutcome): Promise<WireAnswer> {
    const answer = await this.#connection.write(call).catch((cause: unknown) => {
      if (cause instanceof NeverSent) {
        throw new UpstreamUnavailableError(`nothing was sent: ${cause.message}`, { cause });
      }
      if (!(cause instanceof AnswerLost)) throw cause;
      throw unknown(`the answer was lost: ${cause.message}`, { requestId: cause.requestId, cause });
    });
    if (answer.status === 429) throw rateLimited(answer);
    if (isUndecided(answer.status)) {
      const { said, ...details } = readErrorBody(answer);
      throw unknown(said, details);
    }
    return answer;
  }

  async #read(call: UpstreamCall, signal: AbortSignal | undefined): Promise<WireAnswer> {
    return this.#connection.read(call, signal).catch((cause: unknown) => {
      if (cause instanceof NeverSent && cause.cause instanceof CredentialsRefusedError) throw cause.cause;
      if (!(cause instanceof NeverSent || cause instanceof AnswerLost)) throw cause;
      const requestId = cause instanceof AnswerLost ? cause.requestId : null;
      throw new UpstreamUnavailableError(`the Journals API gave no answer: ${cause.message}`, { requestId, cause });
    });
  }

  /** Reads an answer, and writes down one that can't be read. @throws ContractBrokenError */
  #decode<Result>(call: UpstreamCall, answer: WireAnswer, decode: (body: unknown) => Result): Result {
    try {
      return decodeBody(answer, decode);
    } catch (error) {
      this.#connection.report(call, answer, error instanceof Error ? error.message : String(error));
      throw error;
    }
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

type UnknownOutcome = (message: string, details: { requestId?: string | null; cause?: unknown }) => Fault;

/**
 * A 5xx may come after the commit, a redirect or a 408 from something in between,
 * and a 409 from a twin that is still under way: none of them says that nothing was done.
 */
function isUndecided(status: number): boolean {
  return status >= 500 || (status >= 300 && status < 400) || status === 408 || status === 409;
}

/** 422 to a listing means that too many match; one that speaks of something else is no such answer. */
function saysTooMany(answer: WireAnswer): boolean {
  return /many|more than|exceed|limit|narrow|reduce|range|records|\d{4,}|without a message$/i.test(
    readErrorBody(answer).message,
  );
}

function post(endpoint: string, path: string, body: object, idempotencyKey?: string): UpstreamCall {
  const call: UpstreamCall = { endpoint, method: 'POST', path, body: JSON.stringify(body) };
  return idempotencyKey === undefined ? call : { ...call, idempotencyKey };
}

/** When a lost answer is worth asking about again. */
function soon(): string {
  return new Date(Date.now() + 1_000).toISOString();
}
