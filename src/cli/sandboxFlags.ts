import { type ParseArgsConfig, parseArgs } from 'node:util';

import { isCurrency, longestHeartbeatMs, type SandboxOptions } from '../sandbox/domain/SandboxOptions.ts';
import { messageOf } from '../errors/messageOf.ts';
import { UsageError } from './usageError.ts';

type Read = (text: string, flag: string) => Partial<SandboxOptions>;

interface Flag {
  /** Placeholder of the value in the help. */
  value: string;
  help: string;
  read: Read;
}

const flags: Record<string, Flag> = {
  host: { value: 'H', help: 'address to listen on (default 127.0.0.1)', read: (host) => ({ host }) },
  data: {
    value: 'FILE',
    help: 'keeps the ledger in this file (default: in memory)',
    read: (dataFile) => ({ dataFile }),
  },
  'jnlc-flow': {
    value: 'FLOW',
    help: 'v2 (default): a single JNLC is answered executed; or classic',
    read: (text, flag) => ({ jnlcFlow: oneOf(text, flag, ['v2', 'classic']) }),
  },
  'system-currency': {
    value: 'WORD',
    help: 'currency of journals that name none (default USD)',
    read: (text, flag) => ({ systemCurrency: currency(text, flag) }),
  },
  fixtures: {
    value: 'WHERE',
    help: 'where fixtures take effect: any-amount (default) or above-limit',
    read: (text, flag) => ({ fixtures: oneOf(text, flag, ['any-amount', 'above-limit']) }),
  },
  'batch-description': {
    value: 'WHAT',
    help: 'that of a whole batch is ignored (default), or copied into entries without one',
    read: (text, flag) => ({ batchDescription: oneOf(text, flag, ['ignored', 'copied']) }),
  },
  'answer-shape': {
    value: 'SHAPE',
    help: 'newest (default) or old',
    read: (text, flag) => ({ answerShape: oneOf(text, flag, ['newest', 'old']) }),
  },
  'list-order-seed': { value: 'N', help: 'shuffles listings', read: number('listOrderSeed') },
  'batch-order-seed': { value: 'N', help: 'shuffles batch answers', read: number('batchOrderSeed') },
  'list-dates': {
    value: 'WHICH',
    help: 'whether after and before name days of the answer: inclusive (default) or exclusive',
    read: (text, flag) => ({ listDates: oneOf(text, flag, ['inclusive', 'exclusive']) }),
  },
  'max-matches': { value: 'N', help: 'journals a listing may match (default 100000)', read: number('maxMatches') },
  'per-journal-limit': { value: 'AMOUNT', help: 'JNLC above it wait (default 50)', read: amount('perJournalLimit') },
  'daily-limit': {
    value: 'AMOUNT',
    help: 'JNLC of a customer and day above it wait (default 1000)',
    read: amount('dailyLimit'),
  },
  'firm-daily-limit': {
    value: 'AMOUNT',
    help: 'JNLC of a firm account and day above it wait (default 50000)',
    read: amount('firmDailyLimit'),
  },
  'securities-limit': {
    value: 'AMOUNT',
    help: 'JNLS worth more in USD wait (default 50000)',
    read: amount('securitiesLimit'),
  },
  'settle-delay': {
    value: 'MS',
    help: 'between two steps of the status walk (default 25)',
    read: number('settleDelayMs'),
  },
  clock: {
    value: 'MODE',
    help: 'real (default), or manual: moves by POST /sandbox/clock only',
    read: (text, flag) => ({ clockMode: oneOf(text, flag, ['real', 'manual']) }),
  },
  'event-retention': {
    value: 'N',
    help: 'newest events a replay reaches (default: all)',
    read: number('eventRetention'),
  },
  'max-streams': { value: 'N', help: 'event streams open at once (default 25)', read: number('maxStreams') },
  heartbeat: { value: 'MS', help: 'between two heartbeats of a stream (default 15000)', read: heartbeat },
  'rate-limit': {
    value: 'N',
    help: 'requests a minute (default: no limit)',
    read: (text, flag) => ({ rateLimit: { limit: wholeNumber(text, flag), windowMs: 60_000 } }),
  },
  'token-lifetime': {
    value: 'S',
    help: 'seconds an access token lives (default 899)',
    read: number('tokenLifetimeSeconds'),
  },
  control: {
    value: 'WHO',
    help: 'who may use /sandbox: loopback (default) or anyone',
    read: (text, flag) => ({ control: oneOf(text, flag, ['loopback', 'anyone']) }),
  },
};

export interface SandboxFlags {
  help: boolean;
  port: string | undefined;
  options: Partial<SandboxOptions>;
}

/** Reads the flags of `sandbox`. @throws UsageError naming the flag */
export function readSandboxFlags(argv: string[]): SandboxFlags {
  const values = parse(argv);
  const options = Object.entries(flags).map(([name, { read }]) => {
    const text = values[name];
    return typeof text === 'string' ? read(text, `--${name}`) : {};
  });
  return {
    help: values['help'] === true,
    port: typeof values['port'] === 'string' ? values['port'] : undefined,
    options: Object.assign({}, ...options) as Partial<SandboxOptions>,
  };
}

/** The flags as lines of the help text. */
export function describeSandboxFlags(): string {
  return Object.entries(flags)
    .map(([name, { value, help }]) => `  ${`--${name} ${value}`.padEnd(26)}${help}`)
    .join('\n');
}

function parse(argv: string[]): Record<string, unknown> {
  const options: NonNullable<ParseArgsConfig['options']> = {
    help: { type: 'boolean', short: 'h' },
    port: { type: 'string' },
    ...Object.fromEntries(Object.keys(flags).map((name) => [name, { type: 'string' }] as const)),
  };
  try {
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function number(option: keyof SandboxOptions): Read {
  return (text, flag) => ({ [option]: wholeNumber(text, flag) });
}

function heartbeat(text: string, flag: string): Partial<SandboxOptions> {
  const heartbeatMs = wholeNumber(text, flag);
  if (heartbeatMs >= 1 && heartbeatMs <= longestHeartbeatMs) return { heartbeatMs };
  throw new UsageError(`${flag}: expected 1 to ${longestHeartbeatMs}, found ${text}`);
}

function amount(option: 'perJournalLimit' | 'dailyLimit' | 'firmDailyLimit' | 'securitiesLimit'): Read {
  return (text, flag) => {
    if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`${flag}: expected an amount like 50, found ${text}`);
    return { [option]: text };
  };
}

function currency(text: string, flag: string): string {
  if (!isCurrency(text)) throw new UsageError(`${flag}: expected three capital letters like USD, found ${text}`);
  return text;
}

function wholeNumber(text: string, flag: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new UsageError(`${flag}: expected a whole number, found ${text}`);
  return Number(text);
}

function oneOf<Word extends string>(text: string, flag: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === text);
  if (!word) throw new UsageError(`${flag}: expected ${words.join(' or ')}, found ${text}`);
  return word;
}
