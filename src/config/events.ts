import { seconds, text, wholeNumber } from './valueSchemas.ts';
import { variable } from './Variable.ts';
import type { ConfigOf } from './Variable.ts';

export const windowVariables = {
  max: variable(
    'EVENTS_WINDOW',
    wholeNumber(1, 1_000_000),
    'maximum number of status events kept in memory for subscribers that resume',
    '10000',
  ),
  maxAgeMs: variable(
    'EVENTS_WINDOW_MINUTES',
    wholeNumber(1, 10_080).transform((minutes) => minutes * 60_000),
    'maximum time for which a status event is kept in memory, in minutes',
    '15',
  ),
} as const;

export const sharedLogVariables = {
  max: variable(
    'EVENTS_LOG',
    wholeNumber(1_000, 10_000_000),
    'maximum number of status events kept in Redis for subscribers that resume; about 1 KB each',
    '100000',
  ),
  maxAgeMs: variable(
    'EVENTS_LOG_MINUTES',
    wholeNumber(5, 100_000).transform((minutes) => minutes * 60_000),
    'maximum time for which a status event is kept in Redis, in minutes',
    '1440',
  ),
} as const;

export const replayVariables = {
  streams: variable(
    'REPLAY_STREAMS',
    wholeNumber(1, 24),
    'maximum number of upstream streams that read past events, for all gateways that share Redis together; the feed has its own stream, and the API allows 25 streams in total',
    '4',
  ),
  waiting: variable(
    'REPLAY_WAITING',
    wholeNumber(1, 1_000_000),
    'maximum number of readers of past events that wait for one of these streams',
    '5000',
  ),
} as const;

/** The limits on past events in memory and in Redis, and on replays. A missing value has the default of its user. */
export interface EventsConfig {
  window?: Partial<ConfigOf<typeof windowVariables>>;
  replays?: Partial<ConfigOf<typeof replayVariables>>;
  log?: Partial<ConfigOf<typeof sharedLogVariables>>;
}

export const outcomeVariables = {
  file: variable(
    'OUTCOMES_FILE',
    text,
    'file for the outcomes of reverse batches and for the amounts that principals with [daily caps](authentication.md#caps) have moved; only one process may use it. Without it, both are kept in memory. Ignored with `REDIS_URL`',
  ),
  settleMs: variable(
    'OUTCOMES_SETTLE_SECONDS',
    seconds(1, 99_999),
    'if the response to a reverse batch was lost: how long the gateway must find none of its journals before the batch counts as not done',
    '60',
  ),
} as const;

export type OutcomesConfig = ConfigOf<typeof outcomeVariables>;
