import { createHash } from 'node:crypto';

import { type JsonObject, canonicalJson } from '../domain/exactJson.ts';
import { formatBatchJournal, formatJournal } from '../format/formatJournal.ts';
import { type Answer, json } from '../exchange/Answer.ts';
import type { ApiRequest } from '../exchange/ApiRequest.ts';
import { keyOf } from '../exchange/gate.ts';
import type { JournalDesk } from '../ledger/JournalDesk.ts';
import { Refusal, journalNotFound } from '../domain/Refusal.ts';
import { isUuid, readObject } from '../rules/bodyFields.ts';
import type { JournalDraft } from '../rules/JournalDraft.ts';
import { readBatch, readCreate, readReverseBatch } from '../rules/readJournalRequests.ts';
import type { Settings } from '../domain/SandboxOptions.ts';
import { shuffled } from '../domain/seededRandom.ts';
import type { GroupCommit } from '../store/GroupCommit.ts';
import type { Store } from '../store/Store.ts';

export interface JournalRoutesParts {
  store: Store;
  commit: GroupCommit;
  desk: JournalDesk;
  settings: Settings;
  /** Draws the order of batch answers. */
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
    return this.#once(request, body, (key) => {
      const [journal] = this.#parts.desk.create([draft], 'single', key);
      if (!journal) throw new Error('a create without a journal');
      return formatJournal(journal, this.#parts.settings.answerShape);
    });
  }

  createBatch(request: ApiRequest): Promise<Answer> {
    const body = readObject(request.body);
    const drafts = readBatch(body, this.#parts.settings);
    return this.#once(request, body, (key) => this.#createAll(drafts, 'batch', key));
  }

  /** Knows no idempotency key, as documented: a repeat moves the money again. */
  async createReverseBatch(request: ApiRequest): Promise<Answer> {
    const drafts = readReverseBatch(readObject(request.body), this.#parts.settings);
    return json(await this.#parts.commit.run(() => this.#createAll(drafts, 'reverse')));
  }

  get(request: ApiRequest): Answer {
    const journal = isUuid(request.id) ? this.#parts.store.journals.find(request.id.toLowerCase()) : undefined;
    if (!journal) throw journalNotFound(request.id);
    return json(formatJournal(journal, this.#parts.settings.answerShape));
  }

  async delete(request: ApiRequest): Promise<Answer> {
    await this.#parts.commit.run(() => this.#parts.desk.delete(request.id.toLowerCase()));
    return { status: 204 };
  }

  /** Under a key, the same body gets the first answer again, byte for byte; refusals are not remembered. */
  async #once(request: ApiRequest, body: JsonObject, work: (key?: string) => unknown): Promise<Answer> {
    const { commit, store } = this.#parts;
    const key = keyOf(request.operation, request.headers);
    if (key === undefined) return { status: 200, body: await commit.run(() => JSON.stringify(work())) };
    const fingerprint = fingerprintOf(request.operation, body);
    const answer = await commit.run(() => {
      const first = store.idempotency.find(key);
      if (first && first.fingerprint !== fingerprint) throw keyConflict();
      if (first) return first.answer;
      const made = JSON.stringify(work(key));
      store.idempotency.insert({ key, fingerprint, answer: made });
      return made;
    });
    return { status: 200, body: answer };
  }

  #createAll(drafts: readonly JournalDraft[], kind: 'batch' | 'reverse', key?: string): object[] {
    const { desk, batchRandom, settings } = this.#parts;
    const journals = desk.create(drafts, kind, key);
    const items = journals.map((journal) => formatBatchJournal(journal, settings.answerShape, kind));
    return batchRandom ? shuffled(items, batchRandom) : items;
  }
}

function fingerprintOf(operation: string, body: JsonObject): string {
  return createHash('sha256')
    .update(`${operation} ${canonicalJson(body)}`)
    .digest('base64url');
}

/** In the API's own words. */
function keyConflict(): Refusal {
  return new Refusal(422, 'idempotency key reused with a different request body');
}
