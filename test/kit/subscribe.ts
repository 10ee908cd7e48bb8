import type { FormattedExecutionResult } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { closeLater } from './leftovers.ts';

export type Transport = 'WebSocket' | 'SSE';

export interface Subscription<Data> {
  /** The next result. */
  next(): Promise<FormattedExecutionResult<Data>>;
  /** The next so many results' data. */
  take(count: number): Promise<Data[]>;
  stop(): Promise<void>;
}

interface Request {
  query: string;
  variables: Record<string, unknown>;
}

type Results<Data> = AsyncIterableIterator<FormattedExecutionResult<Data>>;

/**
 * Subscribes with the transport's own client library, and comes back once the gateway has the subscription:
 * what happens from then on is delivered. Ended when the test ends.
 */
export async function subscribe<Data = Record<string, unknown>>(
  transport: Transport,
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Subscription<Data>> {
  const open = transport === 'WebSocket' ? openWebSocket<Data> : openSse<Data>;
  const results = await open(url, { query, variables });
  const next = async () => {
    const result = await results.next();
    if (result.done) throw new Error('the subscription has ended');
    return result.value;
  };
  return {
    next,
    take: async (count) => {
      const taken: Data[] = [];
      while (taken.length < count) {
        const { data, errors } = await next();
        if (!data) throw new Error(`no data: ${JSON.stringify(errors)}`);
        taken.push(data);
      }
      return taken;
    },
    stop: async () => {
      await results.return?.(undefined);
    },
  };
}

/** The protocol acknowledges no subscription: one that answers at once, sent behind it on the same socket, does. */
async function openWebSocket<Data>(url: string, request: Request): Promise<Results<Data>> {
  const client = createWsClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: false,
    // A gateway that closes at the end of a test is no error of the test.
    onNonLazyError: () => undefined,
  });
  closeLater(() => client.dispose());
  const results = client.iterate<Data>({ ...request }) as Results<Data>;
  await client.iterate({ query: '{ __typename }' }).next();
  return results;
}

/** The answer's headers come when the subscription stands. */
async function openSse<Data>(url: string, request: Request): Promise<Results<Data>> {
  const client = createSseClient({ url, retryAttempts: 0 });
  closeLater(() => client.dispose());
  return new Promise((resolve) => {
    const results = client.iterate<Data>({ ...request }, { connected: () => resolve(results) }) as Results<Data>;
  });
}
