import type { FormattedExecutionResult } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { closeLater } from './closeLater.ts';

export type Transport = 'WebSocket' | 'SSE';

export interface Subscription<Data> {
  /** Returns the next result. */
  next(): Promise<FormattedExecutionResult<Data>>;
  /** Returns the data of the next results. */
  take(count: number): Promise<Data[]>;
  stop(): Promise<void>;
}

interface Request {
  query: string;
  variables: Record<string, unknown>;
}

type Results<Data> = AsyncIterableIterator<FormattedExecutionResult<Data>>;

/**
 * Subscribes with the transport's client library and resolves once the gateway has started the subscription, so that
 * all later events are delivered. It ends when the test ends.
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

/**
 * The protocol does not acknowledge a subscription. Once a later query has its result, the subscription has started.
 */
async function openWebSocket<Data>(url: string, request: Request): Promise<Results<Data>> {
  const client = createWsClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: false,
    // The gateway may close the socket at the end of a test.
    onNonLazyError: () => undefined,
  });
  closeLater(() => client.dispose());
  const results = client.iterate<Data>({ ...request }) as Results<Data>;
  await client.iterate({ query: '{ __typename }' }).next();
  return results;
}

/** The gateway sends the response headers when the subscription has started. */
async function openSse<Data>(url: string, request: Request): Promise<Results<Data>> {
  const client = createSseClient({ url, retryAttempts: 0 });
  closeLater(() => client.dispose());
  return new Promise((resolve) => {
    const results = client.iterate<Data>({ ...request }, { connected: () => resolve(results) }) as Results<Data>;
  });
}
