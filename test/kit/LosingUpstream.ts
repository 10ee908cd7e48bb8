import { randomUUID } from 'node:crypto';

import type { WireCreateReverseBatch, WireJournal, WireReverseBatchEntry } from '../../src/upstream/wire/apiBodies.ts';

import { json, quietStream, StubUpstream, text } from './StubUpstream.ts';
import { wireJNLC } from './wireJournals.ts';

/** Returns the journal that the API stores for an entry, or null for none. */
export type StoreEntry = (entry: WireReverseBatchEntry, batch: WireCreateReverseBatch) => Partial<WireJournal> | null;

/** An API whose responses to reverse batches are all lost. The test decides which journals the API stores. */
export class LosingUpstream {
  readonly #journals = new Map<string, { journal: WireJournal; at: string }>();
  #url = '';

  static async start(store: StoreEntry): Promise<LosingUpstream> {
    const api = new LosingUpstream();
    const stub = await StubUpstream.start(
      (seen, response) => {
        if (seen.method === 'POST') {
          const batch = JSON.parse(seen.body) as WireCreateReverseBatch;
          for (const entry of batch.entries) {
            const stored = store(entry, batch);
            if (stored) api.add({ ...asSent(entry, batch), ...stored });
          }
          // The gateway treats an unreadable response as a lost one, but does not open the circuit breaker.
          return text(200, 'lost')(seen, response);
        }
        const found = api.#journals.get(seen.url.split('/').at(-1) ?? '');
        return json(200, found?.journal ?? [])(seen, response);
      },
      (seen, response) => {
        quietStream(seen, response);
        if (seen.url.includes('until=')) response.end([...api.#journals.values()].map(firstEvent).join(''));
      },
    );
    api.#url = stub.url;
    return api;
  }

  get url(): string {
    return this.#url;
  }

  get size(): number {
    return this.#journals.size;
  }

  /** Adds a journal that was created without an idempotency key. */
  add(changes: Partial<WireJournal>): void {
    const id = randomUUID();
    this.#journals.set(id, { journal: { ...wireJNLC(), ...changes, id }, at: new Date(Date.now() + 1).toISOString() });
  }
}

function asSent(entry: WireReverseBatchEntry, batch: WireCreateReverseBatch): Partial<WireJournal> {
  return {
    from_account: entry.from_account,
    to_account: batch.to_account,
    net_amount: entry.amount,
    description: entry.description ?? '',
    currency: batch.currency ?? null,
  };
}

let events = 0;

function firstEvent({ journal, at }: { journal: WireJournal; at: string }): string {
  const event = {
    at,
    event_id: `event-${(events += 1)}`,
    entry_type: journal.entry_type,
    journal_id: journal.id,
    status_from: '',
    status_to: 'queued',
    description: journal.description,
  };
  return `data: ${JSON.stringify(event)}\n\n`;
}
