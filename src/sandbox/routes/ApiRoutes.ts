import { createHash } from 'node:crypto';

import { type JsonObject, canonicalJson } from '../values/exactJson.ts';
import { formatBatchJournal, formatJournal } from '../format/formatJournal.ts';
import { type Answer, json } from '../api/Answer.ts';
import { type ApiRequest, idempotencyKeyOf } from '../api/ApiRequest.ts';
import type { JournalService } from '../ledger/JournalService.ts';
import { Refusal, journalNotFound } from '../api/Refusal.ts';
import { isUuid, readObject } from '../rules/bodyFields.ts';
import { type JournalDraft, readBatch, readCreate, readReverseBatch } from '../rules/readJournalRequests.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import { seededRandom, shuffled } from '../values/seededRandom.ts';
import type { GroupCommit } from '../store/GroupCommit.ts';
import type { Store } from '../store/Store.ts';
import type { Credentials } from '../admission/Credentials.ts';
import type { Operation } from '../api/matchOperation.ts';
import { getAccount, listAccounts } from './accounts.ts';
import { listJournals } from './listJournals.ts';

type Route = (request: ApiRequest) => Answer | Promise<Answer>;
type Routes = Readonly<Record<Exclude<Operation, 'eventsV1' | 'eventsV2'>, Route>>;

/** Random numbers to shuffle the items of responses with. Undefined if they keep their order. */
type Random = (() => number) | undefined;

export interface ApiRoutesParts {
  store: Store;
  commit: GroupCommit;
  service: JournalService;
  credentials: Credentials;
  settings: Settings;
}

/** Handles the requests for each operation, except for the event streams. */
export class ApiRoutes implements Routes {
  readonly #parts: ApiRoutesParts;
  readonly #batchRandom: Random;
  readonly #listRandom: Random;

  constructor(parts: ApiRoutesParts) {
    this.#parts = parts;
    this.#batchRandom = randomOf(parts.settings.batchOrderSeed);
    this.#listRandom = randomOf(parts.settings.listOrderSeed);
  }

  createJournal(request: ApiRequest): Promise<Answer> {
    const body = readObject(request.body);
    const draft = readCreate(body, this.#parts.settings);
    return this.#runOnce(request, body, (key) => {
      const [journal] = this.#parts.service.create([draft], 'single', key);
      if (!journal) throw new Error('create returned no journal');
      return formatJournal(journal, this.#parts.settings.answerShape);
    });
  }

  createBatch(request: ApiRequest): Promise<Answer> {
    const body = readObject(request.body);
    const drafts = readBatch(body, this.#parts.settings);
    return this.#runOnce(request, body, (key) => this.#createItems(drafts, 'batch', key));
  }

  /** As documented, a reverse batch accepts no idempotency key: a repeated request moves the money again. */
  async createReverseBatch(request: ApiRequest): Promise<Answer> {
    const drafts = readReverseBatch(readObject(request.body), this.#parts.settings);
    return json(await this.#parts.commit.run(() => this.#createItems(drafts, 'reverse')));
  }

  getJournal(request: ApiRequest): Answer {
    const journal = isUuid(request.id) ? this.#parts.store.journals.find(request.id.toLowerCase()) : undefined;
    if (!journal) throw journalNotFound(request.id);
    return json(formatJournal(journal, this.#parts.settings.answerShape));
  }

  async deleteJournal(request: ApiRequest): Promise<Answer> {
    await this.#parts.commit.run(() => this.#parts.service.delete(request.id.toLowerCase()));
    return { status: 204 };
  }

  listJournals(request: ApiRequest): Promise<Answer> {
    const { store, settings } = this.#parts;
    return listJournals(request, { journals: store.journals, settings, listRandom: this.#listRandom });
  }

  listAccounts(): Answer {
    return listAccounts(this.#parts.store.accounts, this.#parts.settings);
  }

  getAccount({ id }: ApiRequest): Answer {
    return getAccount(id, this.#parts.store.accounts, this.#parts.settings);
  }

  token({ body }: ApiRequest): Answer {
    return this.#parts.credentials.grant(body);
  }

  /**
   * Runs `work` in a transaction and responds with its result. A repeated key with the same body gets the first
   * response again, byte for byte. Refusals are not stored.
   */
  async #runOnce(request: ApiRequest, body: JsonObject, work: (key?: string) => unknown): Promise<Answer> {
    const { commit, store } = this.#parts;
    const key = idempotencyKeyOf(request.operation, request.headers);
    if (key === undefined) return { status: 200, body: await commit.run(() => JSON.stringify(work())) };
    const fingerprint = fingerprintOf(request.operation, body);
    const answer = await commit.run(() => {
      const first = store.idempotency.find(key);
      if (first && first.fingerprint !== fingerprint) throw keyConflict();
      if (first) return first.answer;
      const created = JSON.stringify(work(key));
      store.idempotency.insert({ key, fingerprint, answer: created });
      return created;
    });
    return { status: 200, body: answer };
  }

  #createItems(drafts: readonly JournalDraft[], kind: 'batch' | 'reverse', key?: string): object[] {
    const { service, settings } = this.#parts;
    const journals = service.create(drafts, kind, key);
    const items = journals.map((journal) => formatBatchJournal(journal, settings.answerShape, kind));
    return this.#batchRandom ? shuffled(items, this.#batchRandom) : items;
  }
}

function randomOf(seed: number | undefined): Random {
  return seed === undefined ? undefined : seededRandom(seed);
}

function fingerprintOf(operation: string, body: JsonObject): string {
  return createHash('sha256')
    .update(`${operation} ${canonicalJson(body)}`)
    .digest('base64url');
}

/** The API's literal message. */
function keyConflict(): Refusal {
  return new Refusal(422, 'idempotency key reused with a different request body');
}
