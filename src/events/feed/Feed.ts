import type { Instant } from '../../domain/instant.ts';

/** The role of a gateway in a feed that several gateways share. */
export const feedRoles = ['leading', 'following', 'standalone'] as const;
export type FeedRole = (typeof feedRoles)[number];

/** The feed's state, for readiness and metrics. */
export interface FeedState {
  /** Whether the feed's stream is open. */
  isOpen: boolean;
  /** How long no stream has been open, in ms: 0 while one is open; null before the first. */
  downMs: number | null;
  /** How long ago the stream last sent anything, including heartbeats, in ms; null while there is no stream. */
  silentMs: number | null;
  /** How long the last event took to arrive, by the API's clock, in ms; null before the first event. */
  lagMs: number | null;
  /** How many streams were opened after the first. */
  reconnects: number;
  /** Why the last stream ended or could not be opened; null if that never happened. `code` is a GraphQL error code. */
  lastFailure: { code: string; message: string; at: Instant } | null;
  /** Absent if the gateway does not share its feed. */
  role?: FeedRole;
}

/** Supplies a hub with status events. */
export interface Feed {
  readonly state: FeedState;
  /** Fulfilled once the feed is open or has failed to open. After a failure, the feed keeps trying. */
  readonly firstAttempt: Promise<void>;
  start(): void;
  close(): Promise<void>;
}
