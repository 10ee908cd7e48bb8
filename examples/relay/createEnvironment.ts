import type { Client } from 'graphql-ws';
import { Environment, Network, Observable, RecordSource, Store } from 'relay-runtime';
import type { GraphQLSingularResponse, Variables } from 'relay-runtime';

/** Creates Relay's environment: queries and mutations use HTTP, subscriptions a WebSocket. */
export function createEnvironment(url: string, socket: Client): Environment {
  const network = Network.create(
    ({ text }, variables) => post(url, text ?? '', variables),
    ({ text }, variables) => subscribe(socket, text ?? '', variables),
  );
  return new Environment({ network, store: new Store(new RecordSource()) });
}

async function post(url: string, query: string, variables: Variables): Promise<GraphQLSingularResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphQLSingularResponse;
}

/** Subscribes over the WebSocket. If the gateway sends an error, the observable fails with it as the `cause`. */
function subscribe(socket: Client, query: string, variables: Variables): Observable<GraphQLSingularResponse> {
  return Observable.create((sink) =>
    socket.subscribe<GraphQLSingularResponse['data']>(
      { query, variables },
      {
        next: (result) => sink.next(result as GraphQLSingularResponse),
        error: (reason) => {
          const cause: unknown = Array.isArray(reason) ? reason[0] : null;
          sink.error(new Error('the subscription has ended', { cause }));
        },
        complete: () => sink.complete(),
      },
    ),
  );
}
