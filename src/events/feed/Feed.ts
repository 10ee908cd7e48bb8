import type { Instant } from '../../domain/instant.ts';

/** What a gateway does for a feed that several share. */
export const feedRoles = ['leading', 'following', 'standalone'] as const;
export type FeedRole = (typeof feedRoles)[number];

/** The feed's state, for readiness and metrics. */
export interface FeedState {
  /** Whether its stream is open. */
  isOpen: boolean;
  /** How long there has been no stream, in ms: 0 while it is open; null before the first. */
  downMs: number | null;
  /** How long ago its stream sent anything, heartbeats included, in ms; null while it has none. */
  silentMs: number | null;
  /** How long the last event took to arrive, by the API's clock, in ms; null before the first. */
  lagMs: number | null;
  /** Streams opened after the first. */
  reconnects: number;
  /** Why the last stream ended or could not be opened; null when that never happened. The code is that of `errors`. */
  lastFailure: { code: string; message: string; at: Instant } | null;
  /** Absent if the gateway runs alone. */
  role?: FeedRole;
}

/** What keeps a hub up to date. */
export interface Feed {
  readonly state: FeedState;
  /** Fulfilled once the feed is open or has failed to open; it keeps trying. */
  readonly firstAttempt: Promise<void>;
  start(): void;
  close(): Promise<void>;
}
