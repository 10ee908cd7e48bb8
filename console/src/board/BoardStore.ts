import type { Client } from '@urql/core';
import type { ResultOf } from 'gql.tada';

import { messageOf } from '../format/messageOf.ts';
import type { Journal, JournalStatus } from '../graphql/journalFields.ts';
import { boardQuery, pageQuery, statusesQuery } from '../graphql/reads.ts';
import type { StatusEvent } from '../graphql/reads.ts';
import { Listeners } from '../live/Listeners.ts';
import type { EventReceiver } from '../live/LiveEvents.ts';
import { matches, toJournalFilter } from './filter.ts';
import type { BoardFilter } from './filter.ts';
import { JournalRows } from './JournalRows.ts';
import { StatusCounts } from './StatusCounts.ts';

const firstPageSize = 100;
const pageSize = 500;
/** Older journals are neither counted nor shown, so that the memory of a board that is open for days stays bounded. */
const maxJournals = 50_000;
/** Changes are rendered at most once in this time, in ms. */
const paintMs = 200;
/** How long to wait, in ms, before the board is read again because an event came without its journal. */
const rereadMs = 2_000;

type JournalPage = NonNullable<ResultOf<typeof pageQuery>['journals']>;

/** The journals that match the board's filter, read page by page and kept current by events. */
export class BoardStore implements EventReceiver {
  readonly #client: Client;
  readonly #listeners = new Listeners();
  #filter: BoardFilter | null = null;
  rows = new JournalRows();
  counts = new StatusCounts(maxJournals);
  counting: 'running' | 'complete' | 'failed' = 'running';
  isLoading = true;
  hasMore = false;
  /** Whether older journals are left out because there are too many. */
  isCut = false;
  unreadable = 0;
  error: string | null = null;
  /** Incremented whenever anything that the board shows has changed. */
  version = 0;
  #endCursor: string | null = null;
  /** The number of loads so far. The responses to earlier loads are ignored. */
  #load = 0;
  /** The number of reads in progress. */
  #reads = 0;
  /** The newest status of each journal that had an event during a read: the response may be older than the event. */
  readonly #heard = new Map<string, JournalStatus>();
  #paint: ReturnType<typeof setTimeout> | undefined;
  #reread: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  readonly subscribe = this.#listeners.subscribe;
  readonly getVersion = (): number => this.version;

  /** Reads the first page. @returns the cursor after which events continue it @throws Error if it can't be read */
  async load(filter: BoardFilter): Promise<string | null> {
    const load = ++this.#load;
    this.#filter = filter;
    this.isLoading = true;
    this.error = null;
    this.#changed();
    const variables = { filter: toJournalFilter(filter), first: firstPageSize };
    return this.#reading(async () => {
      const { data, error } = await this.#client.query(boardQuery, variables);
      if (load !== this.#load) return data?.journalStatusCursor ?? null;
      this.isLoading = false;
      if (!data?.journals) return this.#failed(error);
      this.rows = new JournalRows();
      this.counts = new StatusCounts(maxJournals);
      this.isCut = false;
      this.unreadable = 0;
      this.#addPage(data.journals);
      const isWhole = filter.status.length === 0 && !this.hasMore;
      this.counting = isWhole ? 'complete' : 'running';
      if (!isWhole) void this.#countAll(load, filter);
      return data.journalStatusCursor;
    });
  }

  async reload(): Promise<string | null> {
    return this.#filter === null ? null : this.load(this.#filter);
  }

  async loadMore(): Promise<void> {
    if (this.isLoading || !this.hasMore || this.isCut || this.#filter === null) return;
    const load = this.#load;
    this.isLoading = true;
    this.error = null;
    this.#changed();
    const variables = { filter: toJournalFilter(this.#filter), first: pageSize, after: this.#endCursor };
    await this.#reading(async () => {
      const { data, error } = await this.#client.query(pageQuery, variables);
      if (load !== this.#load) return;
      this.isLoading = false;
      if (data?.journals) this.#addPage(data.journals);
      else this.error = messageOf(error);
      this.#changed();
    });
  }

  receive(event: StatusEvent): void {
    const { journalId: id, statusTo: status } = event;
    if (this.#reads > 0) this.#heard.set(id, status);
    if (this.#filter === null) return;
    const journal = event.journal ?? this.rows.get(id);
    if (!journal) {
      if (this.counts.statusOf(id) !== undefined) this.counts.set(id, status);
      else this.#rereadSoon();
    } else if (matches(journal, this.#filter)) {
      this.counts.set(id, status);
      this.#putRow({ ...journal, status, rawStatus: event.rawStatusTo });
    }
    this.#changed();
  }

  /** Shows the result of a mutation without waiting for its event. */
  show(journal: Journal): void {
    if (this.#filter === null || !matches(journal, this.#filter) || this.counts.statusOf(journal.id)) return;
    this.counts.set(journal.id, journal.status);
    this.#putRow(journal);
    this.#changed();
  }

  #putRow(journal: Journal): void {
    const wanted = this.#filter?.status ?? [];
    if (wanted.length > 0 && !wanted.includes(journal.status)) this.rows.remove(journal.id);
    else if (!(this.hasMore || this.isCut) || !this.rows.isBelowAll(journal)) this.rows.put(journal);
    if (this.rows.length <= maxJournals) return;
    this.rows.removeLast();
    this.isCut = true;
  }

  #addPage(page: JournalPage): void {
    for (const journal of page.nodes) {
      const status = this.#heard.get(journal.id) ?? journal.status;
      this.counts.setListed(journal.id, status);
      this.hasMore = false;
      this.#putRow({ ...journal, status });
    }
    this.hasMore = page.pageInfo.hasNextPage;
    this.#endCursor = page.pageInfo.endCursor;
    this.unreadable += page.unreadable.length;
    this.#changed();
  }

  /** Counts all journals that match the filter, whatever their status. */
  async #countAll(load: number, filter: BoardFilter): Promise<void> {
    const variables = { filter: toJournalFilter({ ...filter, status: [] }) };
    let after: string | null = null;
    do {
      after = await this.#reading(async () => {
        const { data } = await this.#client.query(statusesQuery, { ...variables, after });
        if (load !== this.#load) return null;
        for (const { id, status } of data?.journals?.nodes ?? [])
          this.counts.setListed(id, this.#heard.get(id) ?? status);
        const { hasNextPage = false, endCursor = null } = data?.journals?.pageInfo ?? {};
        if (!data?.journals) this.counting = 'failed';
        else if (!hasNextPage || this.counts.isCut) this.counting = 'complete';
        this.#changed();
        return hasNextPage && this.counting === 'running' ? endCursor : null;
      });
    } while (after !== null);
  }

  /** Runs a read, during which the statuses of events are remembered. */
  async #reading<Result>(read: () => Promise<Result>): Promise<Result> {
    this.#reads += 1;
    try {
      return await read();
    } finally {
      this.#reads -= 1;
      if (this.#reads === 0) this.#heard.clear();
    }
  }

  #failed(error: unknown): never {
    this.error = messageOf(error);
    this.#changed();
    throw new Error(this.error);
  }

  #rereadSoon(): void {
    this.#reread ??= setTimeout(() => {
      this.#reread = undefined;
      this.reload().catch(() => undefined);
    }, rereadMs);
  }

  #changed(): void {
    this.version += 1;
    this.#paint ??= setTimeout(() => {
      this.#paint = undefined;
      this.#listeners.notify();
    }, paintMs);
  }
}
