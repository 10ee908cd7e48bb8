import {
  commitMutation,
  createOperationDescriptor,
  fetchQuery,
  getRequest,
  readInlineData,
  requestSubscription,
} from 'relay-runtime';
import type { Environment } from 'relay-runtime';

import type {
  JournalRow,
  JournalsClient,
  Payment,
  PaymentResult,
  SubscribeOnce,
  SubscriptionError,
} from '../JournalsClient.ts';
import { openSocket } from '../openSocket.ts';
import type { Position } from '../openSocket.ts';
import { createEnvironment } from './createEnvironment.ts';
import {
  createJournalMutation,
  journalFragment,
  journalQuery,
  journalsQuery,
  statusChangedSubscription,
} from './documents.ts';
import type { documents_journal$key } from './generated/documents_journal.graphql.ts';
import type { documentsCreateJournalMutation } from './generated/documentsCreateJournalMutation.graphql.ts';
import type { documentsJournalQuery } from './generated/documentsJournalQuery.graphql.ts';
import type { documentsJournalsQuery } from './generated/documentsJournalsQuery.graphql.ts';
import type { documentsStatusChangedSubscription } from './generated/documentsStatusChangedSubscription.graphql.ts';

const fromNetwork = { fetchPolicy: 'network-only' } as const;

/** An example with Relay, whose store merges the pages of a connection. */
export class RelayJournals implements JournalsClient {
  readonly #environment: Environment;
  readonly #close: () => void;

  constructor(url: string, position: Position) {
    const socket = openSocket(url, position);
    this.#environment = createEnvironment(url, socket);
    this.#close = () => void socket.dispose();
  }

  async listJournals(pageSize: number): Promise<{ journals: JournalRow[]; cursor: string }> {
    const read = async (after: string | null) => {
      const variables = { first: pageSize, after };
      const page = fetchQuery<documentsJournalsQuery>(this.#environment, journalsQuery, variables, fromNetwork);
      const data = await page.toPromise();
      if (!data?.journals) throw new Error('the journals could not be read');
      return { cursor: data.journalStatusCursor, pageInfo: data.journals.pageInfo };
    };
    // The store may drop data that is not retained.
    const first = createOperationDescriptor(getRequest(journalsQuery), { first: pageSize, after: null });
    const usage = this.#environment.retain(first);
    // The status cursor read with the first page is the oldest one: no change during the later pages is missed.
    const { cursor, ...page } = await read(null);
    let { pageInfo } = page;
    while (pageInfo.hasNextPage) ({ pageInfo } = await read(pageInfo.endCursor ?? null));
    const merged = this.#environment.lookup(first.fragment).data as documentsJournalsQuery['response'];
    const journals = (merged.journals?.edges ?? []).map(({ node }) => rowOf(node));
    usage.dispose();
    return { journals, cursor: cursor ?? '' };
  }

  async refetchJournal(id: string): Promise<JournalRow | null> {
    const read = fetchQuery<documentsJournalQuery>(this.#environment, journalQuery, { id }, fromNetwork);
    const journal = (await read.toPromise())?.node?.journal;
    return journal ? rowOf(journal) : null;
  }

  async pay({ idempotencyKey, ...jnlc }: Payment): Promise<PaymentResult> {
    const { createJournal: result } = await new Promise<documentsCreateJournalMutation['response']>((resolve, reject) =>
      commitMutation<documentsCreateJournalMutation>(this.#environment, {
        mutation: createJournalMutation,
        variables: { input: { jnlc }, idempotencyKey },
        onCompleted: resolve,
        onError: reject,
      }),
    );
    if (!result) throw new Error('the mutation has no result');
    if (result.journal) return { kind: 'created', journal: rowOf(result.journal) };
    if (result.__typename === 'OutcomeUnknownError') return { kind: 'unknown', retryAt: result.retryAt ?? null };
    return { kind: 'refused', reason: result.__typename, message: result.message ?? '' };
  }

  readonly subscribeOnce: SubscribeOnce = (after, onEvent) =>
    new Promise((resolve) => {
      requestSubscription<documentsStatusChangedSubscription>(this.#environment, {
        subscription: statusChangedSubscription,
        variables: { after },
        onNext: (data) => {
          if (data) onEvent(data.journalStatusChanged);
        },
        onError: ({ cause }) => resolve(cause as SubscriptionError | null),
        onCompleted: () => resolve(null),
      });
    });

  close(): void {
    this.#close();
  }
}

function rowOf(reference: documents_journal$key): JournalRow {
  const { id, status, netAmount = null } = readInlineData(journalFragment, reference);
  return { id, status, amount: netAmount };
}
