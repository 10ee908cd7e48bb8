import { randomUUID } from 'node:crypto';

import { type Decimal, parseDecimal } from '../values/decimal.ts';
import { longestTimerMs } from '../values/instant.ts';

/** The options of a sandbox. All but the credentials have defaults. */
export interface SandboxOptions {
  /** Address to listen on. Default `127.0.0.1`, which only this machine can reach. */
  host?: string;
  /** TCP port. Default 0, which picks a free port; see `Sandbox.port`. */
  port?: number;
  /** Key id and secret key of the only HTTP Basic credential that is accepted. */
  keyId: string;
  secretKey: string;
  /** The only OAuth client. Default: the Basic credential's key id and secret. */
  clientId?: string;
  clientSecret?: string;
  /** Lifetime of an access token in seconds by the sandbox's clock. Default 899, as documented. */
  tokenLifetimeSeconds?: number;
  /** The ledger's file. Default: in memory, lost on exit. An existing ledger is continued and not seeded again. */
  dataFile?: string;
  /** `v2` (default): a single JNLC is `executed` at once, then `activity_created`. `classic`: it starts as `queued`. */
  jnlcFlow?: 'v2' | 'classic';
  /** Currency of journals without one, as three capital letters. Default `USD`. */
  systemCurrency?: string;
  /**
   * When a fixture, a text in the description such as `/fixtures/status=pending/fixtures/`, determines the status.
   * `any-amount` (default): always. `above-limit`: only if the journal would be pending anyway.
   */
  fixtures?: 'any-amount' | 'above-limit';
  /** A batch's own `description`: `ignored` (default), or `copied` to entries without one, as the API used to do. */
  batchDescription?: 'ignored' | 'copied';
  /**
   * The format of journals. `newest` (default): every key, null if it doesn't apply. `old`: `""` and `"0"`, no currency
   * or `created_at`.
   */
  answerShape?: 'newest' | 'old';
  /** Shuffles every list with this seed. Default: newest first. `limit` applies after the shuffle. */
  listOrderSeed?: number;
  /** Shuffles the items of batch responses with this seed. Default: the order of the entries. */
  batchOrderSeed?: number;
  /** Whether lists include the days of `after` and `before`, which the docs don't define. Default `inclusive`. */
  listDates?: 'inclusive' | 'exclusive';
  /** Whether listed journals have `created_at`, which the docs don't define. Default true. */
  listCreatedAt?: boolean;
  /** A list is refused with 422 if more journals match. Default 100,000. */
  maxMatches?: number;
  /** A JNLC above this amount stays `pending`. Decimal string, applied in any currency. Default `50`. */
  perJournalLimit?: string;
  /** A JNLC that takes a customer above this total per UTC day and currency stays `pending`. Default `1000`. */
  dailyLimit?: string;
  /** Like `dailyLimit`, for firm accounts. Default `50000`. */
  firmDailyLimit?: string;
  /** A JNLS worth more than this stays `pending`. Decimal string in USD. Default `50000`. */
  securitiesLimit?: string;
  /** Milliseconds between status changes. Default 25. With 0, the transaction that creates a journal makes them all. */
  settleDelayMs?: number;
  /** `real` (default), or `manual`: the clock stands still until `POST /sandbox/clock` moves it. */
  clockMode?: 'real' | 'manual';
  /** Number of the newest events that can be replayed. Default: all. */
  eventRetention?: number;
  /** Whether a replay includes the `since_id` event, which the docs don't define. Default true. */
  sinceIdInclusive?: boolean;
  /** Maximum number of open event streams. Further streams are refused with 429. Default 25. */
  maxStreams?: number;
  /** Milliseconds between `:heartbeat` comments on a stream, 1 to 2^31 - 1. Default 15,000. */
  heartbeatMs?: number;
  /** Bytes buffered for a slow reader of live events. Beyond that, events are dropped. Default 1 MiB. */
  streamBufferBytes?: number;
  /** Requests per window before 429. `retryAfter` adds a `Retry-After` header. Default: no limit. */
  rateLimit?: { limit: number; windowMs: number; retryAfter?: boolean };
  /** Who may use `/sandbox/…`. Default `loopback`. Use `anyone` on trusted networks only. */
  control?: 'loopback' | 'anyone';
  /** Number of requests that `GET /sandbox/log` keeps. Default 20,000. */
  logSize?: number;
  /** Called with unexpected errors, such as those behind a 500. Default: errors are dropped. */
  onError?: (error: unknown) => void;
  /** Returns milliseconds since 1970, with fractions. Default: the system clock. */
  clock?: () => number;
  /** Creates journal ids. Default: random UUIDs. */
  newId?: () => string;
  /** Returns numbers in [0, 1) for ULIDs. Default `Math.random`. Faults and shuffles have their own seeds. */
  random?: () => number;
}

type Defaulted = Omit<SandboxOptions, 'dataFile' | 'listOrderSeed' | 'batchOrderSeed' | 'eventRetention' | 'rateLimit'>;

type LimitName = 'perJournalLimit' | 'dailyLimit' | 'firmDailyLimit' | 'securitiesLimit';

/** The options with defaults applied and limits parsed. */
export interface Settings extends Required<Omit<Defaulted, LimitName>>, Record<LimitName, Decimal> {
  dataFile: string | undefined;
  listOrderSeed: number | undefined;
  batchOrderSeed: number | undefined;
  eventRetention: number | undefined;
  rateLimit: SandboxOptions['rateLimit'];
}

/** Applies the defaults. @throws RangeError for an invalid limit, heartbeat or currency */
export function readSettings(options: SandboxOptions): Settings {
  const { dataFile, listOrderSeed, batchOrderSeed, eventRetention, rateLimit, ...rest } = options;
  const { heartbeatMs = defaults.heartbeatMs } = options;
  if (!(heartbeatMs >= 1 && heartbeatMs <= longestTimerMs)) {
    throw new RangeError(`heartbeatMs: expected 1 to ${longestTimerMs}, found ${heartbeatMs}`);
  }
  const { systemCurrency = defaults.systemCurrency } = options;
  if (!isCurrency(systemCurrency)) {
    throw new RangeError(`systemCurrency: expected three capital letters, found ${JSON.stringify(systemCurrency)}`);
  }
  return {
    ...defaults,
    clientId: options.keyId,
    clientSecret: options.secretKey,
    ...rest,
    dataFile,
    listOrderSeed,
    batchOrderSeed,
    eventRetention,
    rateLimit,
    perJournalLimit: readLimit('perJournalLimit', options.perJournalLimit ?? '50'),
    dailyLimit: readLimit('dailyLimit', options.dailyLimit ?? '1000'),
    firmDailyLimit: readLimit('firmDailyLimit', options.firmDailyLimit ?? '50000'),
    securitiesLimit: readLimit('securitiesLimit', options.securitiesLimit ?? '50000'),
  };
}

/** Whether a text has the form of an ISO 4217 currency code. */
export function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code);
}

const defaults = {
  host: '127.0.0.1',
  port: 0,
  tokenLifetimeSeconds: 899,
  jnlcFlow: 'v2',
  systemCurrency: 'USD',
  fixtures: 'any-amount',
  batchDescription: 'ignored',
  answerShape: 'newest',
  listDates: 'inclusive',
  listCreatedAt: true,
  maxMatches: 100_000,
  settleDelayMs: 25,
  clockMode: 'real',
  sinceIdInclusive: true,
  maxStreams: 25,
  heartbeatMs: 15_000,
  streamBufferBytes: 1_048_576,
  control: 'loopback',
  logSize: 20_000,
  onError: () => undefined,
  clock: () => performance.timeOrigin + performance.now(),
  newId: () => randomUUID(),
  random: Math.random,
} as const;

function readLimit(name: LimitName, text: string): Decimal {
  const value = parseDecimal(text);
  if (!value) throw new RangeError(`${name}: expected a decimal such as 50, found ${JSON.stringify(text)}`);
  return value;
}
