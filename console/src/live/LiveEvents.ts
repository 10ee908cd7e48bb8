import { stringifyDocument } from '@urql/core';
import type { ResultOf } from 'gql.tada';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';

import { endpoint } from '../graphql/createClient.ts';
import { statusChanged } from '../graphql/reads.ts';
import type { StatusEvent } from '../graphql/reads.ts';
import type { Credential } from '../session/Credential.ts';
import { Listeners } from './Listeners.ts';

/** `behind`: there is no connection, so events may be missing. They arrive once the connection is back. */
export type ConnectionState = 'connecting' | 'live' | 'catchingUp' | 'behind' | 'signedOut';

export interface EventReceiver {
  receive(event: StatusEvent): void;
  /** Reads everything again because events were lost. @returns the cursor after which the events continue */
  reload(): Promise<string | null>;
}

/** If the page's timers pause for this long, in ms, the computer was asleep and the socket is dead. */
const sleepMs = 20_000;
const watchMs = 5_000;
/** How often the connection is pinged, and how long to wait for the pong, in ms. */
const pingMs = 10_000;
const pongMs = 5_000;
/** After this time without an event, in ms, all missed events have presumably arrived. */
const quietMs = 800;
/** The longest pause before a reconnect, in ms. */
const longestPauseMs = 10_000;

const query = stringifyDocument(statusChanged);

/** Follows the status events after a cursor, and resumes after the last event whenever the connection was lost. */
export class LiveEvents {
  readonly #credential: Credential;
  readonly #listeners = new Listeners();
  readonly #gaps = new Listeners();
  readonly #eventListeners = new Set<(event: StatusEvent) => void>();
  #client: Client | null = null;
  #cursor: string | null = null;
  #state: ConnectionState = 'connecting';
  #behindSince: Date | null = null;
  #gapAt: Date | null = null;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #pong: ReturnType<typeof setTimeout> | undefined;
  #receiver: EventReceiver | null = null;
  /** The number of connections so far. What earlier connections report is ignored. */
  #attempt = 0;
  #lastTick = Date.now();

  constructor(credential: Credential) {
    this.#credential = credential;
    setInterval(() => this.#watchForSleep(), watchMs);
    addEventListener('online', () => this.reconnect());
    addEventListener('offline', () => this.#client?.terminate());
    credential.subscribe(() => this.#credentialChanged());
  }

  get isStarted(): boolean {
    return this.#receiver !== null;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The time since which events may be missing, or null if none are. */
  get behindSince(): Date | null {
    return this.#behindSince;
  }

  /** When everything was last read again because events were lost; null if it wasn't, or the notice was dismissed. */
  get gapAt(): Date | null {
    return this.#gapAt;
  }

  readonly subscribe = this.#listeners.subscribe;
  /** Adds a function that is called when events were lost, so that everything shown must be read again. */
  readonly onGap = this.#gaps.subscribe;

  readonly dismissGap = (): void => {
    this.#gapAt = null;
    this.#listeners.notify();
  };

  /** Adds a function that is called with every event. @returns a function that removes it */
  onEvent(receive: (event: StatusEvent) => void): () => void {
    this.#eventListeners.add(receive);
    return () => this.#eventListeners.delete(receive);
  }

  /** Follows the events after a cursor, or from now if the cursor is null. Only the first call has an effect. */
  startOnce(cursor: string | null, receiver: EventReceiver): void {
    if (this.#receiver) return;
    this.#cursor = cursor;
    this.#receiver = receiver;
    this.#failures = 0;
    this.#connect();
  }

  /** Connects immediately, without waiting for the end of a pause. */
  reconnect(): void {
    if (this.#receiver && !this.#credential.isRefused) this.#connect();
  }

  #connect(): void {
    clearTimeout(this.#retry);
    const attempt = ++this.#attempt;
    void this.#client?.dispose();
    this.#client?.terminate();
    const isFirst = this.#behindSince === null && this.#state === 'connecting';
    const client = this.#createClient();
    this.#client = client;
    client.on('connected', () => attempt === this.#attempt && this.#connected(isFirst));
    client.subscribe<ResultOf<typeof statusChanged>>(
      { query, variables: { after: this.#cursor } },
      {
        next: ({ data }) => data && attempt === this.#attempt && this.#receive(data.journalStatusChanged),
        error: (reason) => attempt === this.#attempt && void this.#ended(reason),
        complete: () => attempt === this.#attempt && void this.#ended(null),
      },
    );
  }

  #createClient(): Client {
    const client = createClient({
      url: endpoint.href.replace(/^http/, 'ws'),
      connectionParams: () => this.#credential.headers,
      retryAttempts: 0,
      keepAlive: pingMs,
    });
    client.on('ping', (isReceived, payload) => {
      // While a subscription has no events, the gateway's pings contain the cursor of its position.
      if (isReceived && client === this.#client && typeof payload?.['cursor'] === 'string')
        this.#cursor = payload['cursor'];
      if (!isReceived) this.#pong = setTimeout(() => client.terminate(), pongMs);
    });
    client.on('pong', (isReceived) => isReceived && clearTimeout(this.#pong));
    client.on('closed', () => clearTimeout(this.#pong));
    return client;
  }

  #connected(isFirst: boolean): void {
    this.#become(isFirst ? 'live' : 'catchingUp');
    if (!isFirst) this.#waitForQuiet();
  }

  #receive(event: StatusEvent): void {
    this.#cursor = event.cursor;
    this.#failures = 0;
    if (this.#state === 'catchingUp') this.#waitForQuiet();
    for (const listener of this.#eventListeners) listener(event);
    this.#receiver?.receive(event);
  }

  #waitForQuiet(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      if (this.#state !== 'catchingUp') return;
      this.#failures = 0;
      this.#behindSince = null;
      this.#become('live');
    }, quietMs);
  }

  /** @param reason GraphQL errors, the event of a closed socket, or null if the subscription was completed */
  async #ended(reason: unknown): Promise<void> {
    const { code, cursor } = endOf(reason);
    this.#behindSince ??= new Date();
    if (cursor !== null) this.#cursor = cursor;
    if (code === 'UNAUTHENTICATED' || code === 'TOKEN_EXPIRED' || code === '4403') {
      this.#credential.refuse();
      return;
    }
    this.#become('behind');
    if (code === 'CURSOR_EXPIRED' || code === 'BAD_USER_INPUT') await this.#reload();
    const pauseMs = (0.5 + Math.random() / 2) * Math.min(longestPauseMs, 250 * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#connect(), pauseMs);
  }

  async #reload(): Promise<void> {
    const cursor = await this.#receiver?.reload().catch(() => undefined);
    if (cursor === undefined) return;
    this.#cursor = cursor;
    this.#gapAt = new Date();
    this.#listeners.notify();
    this.#gaps.notify();
  }

  #credentialChanged(): void {
    if (this.#credential.isRefused) {
      clearTimeout(this.#retry);
      this.#attempt += 1;
      this.#client?.terminate();
      this.#become('signedOut');
    } else {
      this.#become('connecting');
      this.reconnect();
    }
  }

  #watchForSleep(): void {
    const pausedMs = Date.now() - this.#lastTick - watchMs;
    this.#lastTick = Date.now();
    if (pausedMs > sleepMs) this.#client?.terminate();
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#listeners.notify();
  }
}

/** Returns the code of a GraphQL error or of the closed socket and, if there is one, the cursor to resume after. */
function endOf(reason: unknown): { code: string | null; cursor: string | null } {
  const error: unknown = Array.isArray(reason) ? reason[0] : reason;
  if (typeof error !== 'object' || error === null) return { code: null, cursor: null };
  if ('code' in error) return { code: String(error.code), cursor: null };
  const extensions = 'extensions' in error && typeof error.extensions === 'object' ? error.extensions : null;
  const text = (name: string) => {
    const value: unknown = Reflect.get(extensions ?? {}, name);
    return typeof value === 'string' ? value : null;
  };
  return { code: text('code'), cursor: text('cursor') };
}
