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
import { shuffled } from '../values/seededRandom.ts';
import type { GroupCommit } from '../store/GroupCommit.ts';
import type { Store } from '../store/Store.ts';

export interface JournalRoutesParts {
  store: Store;
  commit: GroupCommit;
  service: JournalService;
  settings: Settings;
  /** Shuffles batch answers. */
  batchRandom: (() => number) | undefined;
}

/** `POST /v1/journals` and its two batch forms, `GET` and `DELETE /v1/journals/{id}`. */
export class JournalRoutes {
  readonly #parts: JournalRoutesParts;

  constructor(parts: JournalRoutesParts) {
    this.#parts = parts;
  }

  create(request: ApiRequest): Promise<Answer> {
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

  /** As documented, it accepts no idempotency key: a repeated request moves the money again. */
  async createReverseBatch(request: ApiRequest): Promise<Answer> {
    const drafts = readReverseBatch(readObject(request.body), this.#parts.settings);
    return json(await this.#parts.commit.run(() => this.#createItems(drafts, 'reverse')));
  }

  get(request: ApiRequest): Answer {
    const journal = isUuid(request.id) ? this.#parts.store.journals.find(request.id.toLowerCase()) : undefined;
    if (!journal) throw journalNotFound(request.id);
    return json(formatJournal(journal, this.#parts.settings.answerShape));
  }

  async delete(request: ApiRequest): Promise<Answer> {
    await this.#parts.commit.run(() => this.#parts.service.delete(request.id.toLowerCase()));
    return { status: 204 };
  }

  /** Repeats the first answer for the same key and body, byte for byte. Refusals are not stored. */
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
    const { service, batchRandom, settings } = this.#parts;
    const journals = service.create(drafts, kind, key);
    const items = journals.map((journal) => formatBatchJournal(journal, settings.answerShape, kind));
    return batchRandom ? shuffled(items, batchRandom) : items;
  }
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
