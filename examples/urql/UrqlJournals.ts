import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import type { ExecutionResult } from '@urql/core';

import type { JournalRow, JournalsClient, Payment, PaymentResult, SubscribeOnce } from '../JournalsClient.ts';
import { openSocket } from '../openSocket.ts';
import type { Position } from '../openSocket.ts';
import { CreateJournal, JournalQuery, JournalsQuery, JournalStatusChanged } from './documents.ts';
import type { JournalRowFragment } from './generated/graphql.ts';

/** An example with urql. */
export class UrqlJournals implements JournalsClient {
  readonly #client: Client;
  readonly #close: () => void;

  constructor(url: string, position: Position) {
    const socket = openSocket(url, position);
    const subscriptions = subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe(
            { query, variables },
            { ...sink, next: (result) => sink.next(result as ExecutionResult) },
          ),
        }),
      }),
    });
    this.#client = new Client({
      url,
      // urql sends short queries by GET, which requires this header outside of the gateway's own pages.
      fetchOptions: { headers: { 'graphql-require-preflight': '1' } },
      exchanges: [cacheExchange, fetchExchange, subscriptions],
    });
    this.#close = () => void socket.dispose();
  }

  async listJournals(pageSize: number): Promise<{ journals: JournalRow[]; cursor: string }> {
    // The status cursor read with the first page is the oldest one: no change during the later pages is missed.
    const first = await this.#readPage(pageSize, null);
    const journals = [...first.journals];
    for (let { pageInfo } = first; pageInfo.hasNextPage;) {
      const next = await this.#readPage(pageSize, pageInfo.endCursor);
      journals.push(...next.journals);
      ({ pageInfo } = next);
    }
    return { journals, cursor: first.cursor };
  }

  async #readPage(first: number, after: string | null) {
    const variables = { first, after };
    const { data, error } = await this.#client.query(JournalsQuery, variables, { requestPolicy: 'network-only' });
    if (!data?.journals) throw error ?? new Error('the journals could not be read');
    const { edges, pageInfo } = data.journals;
    return { journals: edges.map(({ node }) => rowOf(node)), cursor: data.journalStatusCursor ?? '', pageInfo };
  }

  async refetchJournal(id: string): Promise<JournalRow | null> {
    const { data, error } = await this.#client.query(JournalQuery, { id }, { requestPolicy: 'network-only' });
    if (error) throw error;
    return data?.node && 'status' in data.node ? rowOf(data.node) : null;
  }

  async pay({ idempotencyKey, ...jnlc }: Payment): Promise<PaymentResult> {
    const { data, error } = await this.#client.mutation(CreateJournal, { input: { jnlc }, idempotencyKey });
    const result = data?.createJournal;
    if (!result) throw error ?? new Error('the mutation has no result');
    if (result.__typename === 'CreateJournalSuccess') return { kind: 'created', journal: rowOf(result.journal) };
    if (result.__typename === 'OutcomeUnknownError') return { kind: 'unknown', retryAt: result.retryAt };
    return { kind: 'refused', reason: result.__typename, message: result.message };
  }

  readonly subscribeOnce: SubscribeOnce = (after, onEvent) =>
    new Promise((resolve) => {
      const subscription = this.#client.subscription(JournalStatusChanged, { after }).subscribe(({ data, error }) => {
        if (data) onEvent(data.journalStatusChanged);
        if (!error) return;
        resolve(error.graphQLErrors[0] ?? null);
        // While this subscription is open, urql would join an equal new subscription to it.
        queueMicrotask(() => subscription.unsubscribe());
      });
    });

  close(): void {
    this.#close();
  }
}

function rowOf(journal: JournalRowFragment): JournalRow {
  return { id: journal.id, status: journal.status, amount: 'netAmount' in journal ? journal.netAmount : null };
}
