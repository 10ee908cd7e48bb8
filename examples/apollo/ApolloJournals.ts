import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';

import type { JournalRow, JournalsClient, Payment, PaymentResult, SubscribeOnce } from '../JournalsClient.ts';
import { openSocket } from '../openSocket.ts';
import type { Position } from '../openSocket.ts';
import { CreateJournal, JournalQuery, JournalsQuery, JournalStatusChanged } from './documents.ts';
import type { JournalRowFragment } from './generated/graphql.ts';
import fragments from './generated/possibleTypes.ts';

/** An example with Apollo Client, whose cache merges the pages of a list. */
export class ApolloJournals implements JournalsClient {
  readonly #client: ApolloClient;
  readonly #close: () => void;

  constructor(url: string, position: Position) {
    const socket = openSocket(url, position);
    const link = ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new HttpLink({ uri: url }),
    );
    const typePolicies = { Query: { fields: { journals: relayStylePagination(['filter']) } } };
    const cache = new InMemoryCache({ possibleTypes: fragments.possibleTypes, typePolicies });
    this.#client = new ApolloClient({ link, cache });
    this.#close = () => {
      this.#client.stop();
      void socket.dispose();
    };
  }

  async listJournals(pageSize: number): Promise<{ journals: JournalRow[]; cursor: string }> {
    const read = async (after: string | null) => {
      const variables = { first: pageSize, after };
      const { data } = await this.#client.query({ query: JournalsQuery, variables, fetchPolicy: 'network-only' });
      if (!data?.journals) throw new Error('the journals could not be read');
      return { ...data, pageInfo: data.journals.pageInfo };
    };
    // The status cursor read with the first page is the oldest one: no change during the later pages is missed.
    const { journalStatusCursor, ...first } = await read(null);
    for (let { pageInfo } = first; pageInfo.hasNextPage;) ({ pageInfo } = await read(pageInfo.endCursor));
    const merged = this.#client.readQuery({ query: JournalsQuery, variables: { first: pageSize } });
    const edges = merged?.journals?.edges ?? [];
    return { journals: edges.map(({ node }) => rowOf(node)), cursor: journalStatusCursor ?? '' };
  }

  async refetchJournal(id: string): Promise<JournalRow | null> {
    const { data } = await this.#client.query({ query: JournalQuery, variables: { id }, fetchPolicy: 'network-only' });
    return data?.node && 'status' in data.node ? rowOf(data.node) : null;
  }

  async pay({ idempotencyKey, ...jnlc }: Payment): Promise<PaymentResult> {
    const variables = { input: { jnlc }, idempotencyKey };
    const { data } = await this.#client.mutate({ mutation: CreateJournal, variables });
    const result = data?.createJournal;
    if (!result) throw new Error('the mutation has no result');
    if (result.__typename === 'CreateJournalSuccess') return { kind: 'created', journal: rowOf(result.journal) };
    if (result.__typename === 'OutcomeUnknownError') return { kind: 'unknown', retryAt: result.retryAt };
    return { kind: 'refused', reason: result.__typename, message: result.message };
  }

  readonly subscribeOnce: SubscribeOnce = (after, onEvent) =>
    new Promise((resolve) => {
      const end = (error: unknown) => resolve(CombinedGraphQLErrors.is(error) ? (error.errors[0] ?? null) : null);
      const options = { query: JournalStatusChanged, variables: { after }, fetchPolicy: 'no-cache' } as const;
      this.#client.subscribe(options).subscribe({
        next: ({ data, error }) => {
          if (error) end(error);
          else if (data) onEvent(data.journalStatusChanged);
        },
        error: end,
        complete: () => resolve(null),
      });
    });

  close(): void {
    this.#close();
  }
}

function rowOf(journal: JournalRowFragment): JournalRow {
  return { id: journal.id, status: journal.status, amount: 'netAmount' in journal ? journal.netAmount : null };
}
