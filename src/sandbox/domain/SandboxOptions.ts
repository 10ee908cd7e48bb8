import { randomUUID } from 'node:crypto';

import { type Decimal, parseDecimal } from './decimal.ts';

/** What a sandbox can be told. Everything but the credentials has a default. */
export interface SandboxOptions {
  /** Address to listen on. Default `127.0.0.1`: only this machine reaches the sandbox. */
  host?: string;
  /** TCP port. Default 0: any free one, see `Sandbox.port`. */
  port?: number;
  /** The one HTTP Basic credential that is accepted. */
  keyId: string;
  secretKey: string;
  /** The one OAuth client. Default: the Basic credential's two words serve here too. */
  clientId?: string;
  clientSecret?: string;
  /** Seconds that an access token lives, by the sandbox's clock. Default 899, as documented. */
  tokenLifetimeSeconds?: number;
  /** File of the ledger. Default: in memory, gone at the end. An existing file is continued, not seeded again. */
  dataFile?: string;
  /** `v2` (default): a single JNLC is answered `executed`, then `activity_created`. `classic`: answered `queued`. */
  jnlcFlow?: 'v2' | 'classic';
  /** The currency of journals that name none, as three capital letters. Default `USD`. */
  systemCurrency?: string;
  /** `any-amount` (default): a fixture always takes effect. `above-limit`: only on what would be pending without it. */
  fixtures?: 'any-amount' | 'above-limit';
  /** The `description` of a whole batch: `ignored` (default), or `copied` into entries without one, as older hosts do. */
  batchDescription?: 'ignored' | 'copied';
  /** `newest` (default): every key, null where nothing applies. `old`: `""` and `"0"`, no currency, no `created_at`. */
  answerShape?: 'newest' | 'old';
  /** Shuffles every listing by this seed. Default: newest first; `limit` takes the first of whichever order. */
  listOrderSeed?: number;
  /** Shuffles the items of batch answers by this seed. Default: in the order of the entries. */
  batchOrderSeed?: number;
  /** Whether the days named by `after` and `before` belong to the answer. Default `inclusive`; the API leaves it open. */
  listDates?: 'inclusive' | 'exclusive';
  /** Whether listed journals carry `created_at`. Default true; the API leaves it open. */
  listCreatedAt?: boolean;
  /** A listing that more journals match than this is refused with 422. Default 100,000. */
  maxMatches?: number;
  /** A JNLC above this amount waits as `pending`. Decimal string, any currency; default `50`. */
  perJournalLimit?: string;
  /** What a customer account may send by JNLC in one UTC day and currency before the rest waits. Default `1000`. */
  dailyLimit?: string;
  /** The same of a firm account. Default `50000`. */
  firmDailyLimit?: string;
  /** A JNLS worth more than this waits as `pending`. Decimal string, in USD; default `50000`. */
  securitiesLimit?: string;
  /** Milliseconds between two steps of the status walk. Default 25; 0 walks inside the create's own transaction. */
  settleDelayMs?: number;
  /** `real` (default) runs by itself. `manual` stands still until `POST /sandbox/clock`: no journal moves alone. */
  clockMode?: 'real' | 'manual';
  /** How many of the newest events a replay can reach. Default: all. */
  eventRetention?: number;
  /** Whether a stream's `since_id` event itself is replayed. Default true; the API leaves it open. */
  sinceIdInclusive?: boolean;
  /** Event streams open at once; one more is answered 429. Default 25. */
  maxStreams?: number;
  /** Milliseconds between two `:heartbeat` lines on a stream, from 1 to 2^31 - 1. Default 15,000. */
  heartbeatMs?: number;
  /** Bytes that may wait for a slow reader of live events; beyond, events are dropped. Default 1 MiB. */
  streamBufferBytes?: number;
  /** Requests per window before 429. Default: none, the headers then never count down. */
  rateLimit?: { limit: number; windowMs: number; retryAfter?: boolean };
  /** Who may use `/sandbox/…`. Default `loopback`; `anyone` needs a trusted network. */
  control?: 'loopback' | 'anyone';
  /** Requests that `GET /sandbox/log` remembers. Default 20,000. */
  logSize?: number;
  /** Hears of errors that should not happen; the requests among them are answered 500. Default: nobody hears. */
  onError?: (error: unknown) => void;
  /** Milliseconds since 1970, fractions welcome. Default: the system's clock. */
  clock?: () => number;
  /** Makes journal ids. Default: random UUIDs. */
  newId?: () => string;
  /** Numbers in [0, 1) for ULIDs. Default `Math.random`. Faults and shuffles have seeds of their own. */
  random?: () => number;
}

type Defaulted = Omit<SandboxOptions, 'dataFile' | 'listOrderSeed' | 'batchOrderSeed' | 'eventRetention' | 'rateLimit'>;

type LimitName = 'perJournalLimit' | 'dailyLimit' | 'firmDailyLimit' | 'securitiesLimit';

/** The options with every default filled in and the limits read. */
export interface Settings extends Required<Omit<Defaulted, LimitName>>, Record<LimitName, Decimal> {
  dataFile: string | undefined;
  listOrderSeed: number | undefined;
  batchOrderSeed: number | undefined;
  eventRetention: number | undefined;
  rateLimit: SandboxOptions['rateLimit'];
}

/** Fills in the defaults. @throws RangeError for a limit, a heartbeat or a currency that makes no sense */
export function settingsOf(options: SandboxOptions): Settings {
  const { dataFile, listOrderSeed, batchOrderSeed, eventRetention, rateLimit, ...rest } = options;
  const { heartbeatMs = defaults.heartbeatMs } = options;
  if (!(heartbeatMs >= 1 && heartbeatMs <= longestHeartbeatMs)) {
    throw new RangeError(`heartbeatMs: expected 1 to ${longestHeartbeatMs}, found ${heartbeatMs}`);
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
    perJournalLimit: limit('perJournalLimit', options.perJournalLimit ?? '50'),
    dailyLimit: limit('dailyLimit', options.dailyLimit ?? '1000'),
    firmDailyLimit: limit('firmDailyLimit', options.firmDailyLimit ?? '50000'),
    securitiesLimit: limit('securitiesLimit', options.securitiesLimit ?? '50000'),
  };
}

/** Whether a word looks like one of ISO 4217. */
export function isCurrency(word: string): boolean {
  return /^[A-Z]{3}$/.test(word);
}

/** setInterval would take anything longer for one millisecond. */
export const longestHeartbeatMs = 2_147_483_647;

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

function limit(name: LimitName, text: string): Decimal {
  const value = parseDecimal(text);
  if (!value) throw new RangeError(`${name}: expected a decimal like 50, found ${JSON.stringify(text)}`);
  return value;
}
