import { type ParseArgsConfig, parseArgs } from 'node:util';

import { isCurrency, longestHeartbeatMs, type SandboxOptions } from '../sandbox/setup/SandboxOptions.ts';
import { parseWholeNumber } from '../sandbox/values/parseWholeNumber.ts';
import { messageOf } from '../errors/messageOf.ts';
import { UsageError } from './usageError.ts';

type Read = (text: string, flag: string) => Partial<SandboxOptions>;

interface Flag {
  /** Placeholder for the value in the help text. */
  value: string;
  help: string;
  read: Read;
}

const flags: Record<string, Flag> = {
  host: { value: 'H', help: 'address to listen on (default 127.0.0.1)', read: (host) => ({ host }) },
  data: {
    value: 'FILE',
    help: 'file of the ledger (default: in memory)',
    read: (dataFile) => ({ dataFile }),
  },
  'jnlc-flow': {
    value: 'FLOW',
    help: 'v2 (default): a single JNLC is created as executed; or classic: as queued',
    read: (text, flag) => ({ jnlcFlow: oneOf(text, flag, ['v2', 'classic']) }),
  },
  'system-currency': {
    value: 'CODE',
    help: 'currency of journals without one (default USD)',
    read: (text, flag) => ({ systemCurrency: currency(text, flag) }),
  },
  fixtures: {
    value: 'WHEN',
    help: 'when fixtures apply: any-amount (default) or above-limit',
    read: (text, flag) => ({ fixtures: oneOf(text, flag, ['any-amount', 'above-limit']) }),
  },
  'batch-description': {
    value: 'MODE',
    help: 'description of a batch: ignored (default), or copied to entries without one',
    read: (text, flag) => ({ batchDescription: oneOf(text, flag, ['ignored', 'copied']) }),
  },
  'answer-shape': {
    value: 'SHAPE',
    help: 'shape of journals: newest (default) or old',
    read: (text, flag) => ({ answerShape: oneOf(text, flag, ['newest', 'old']) }),
  },
  'list-order-seed': { value: 'N', help: 'shuffle lists with this seed', read: number('listOrderSeed') },
  'batch-order-seed': { value: 'N', help: 'shuffle batch answers with this seed', read: number('batchOrderSeed') },
  'list-dates': {
    value: 'MODE',
    help: 'whether lists include the days of after and before: inclusive (default) or exclusive',
    read: (text, flag) => ({ listDates: oneOf(text, flag, ['inclusive', 'exclusive']) }),
  },
  'max-matches': { value: 'N', help: 'journals that a list may match (default 100000)', read: number('maxMatches') },
  'per-journal-limit': {
    value: 'AMOUNT',
    help: 'a JNLC above it stays pending (default 50)',
    read: amount('perJournalLimit'),
  },
  'daily-limit': {
    value: 'AMOUNT',
    help: 'daily JNLC total of a customer account; above it a JNLC stays pending (default 1000)',
    read: amount('dailyLimit'),
  },
  'firm-daily-limit': {
    value: 'AMOUNT',
    help: 'daily JNLC total of a firm account; above it a JNLC stays pending (default 50000)',
    read: amount('firmDailyLimit'),
  },
  'securities-limit': {
    value: 'AMOUNT',
    help: 'a JNLS worth more in USD stays pending (default 50000)',
    read: amount('securitiesLimit'),
  },
  'settle-delay': {
    value: 'MS',
    help: 'time between status changes (default 25)',
    read: number('settleDelayMs'),
  },
  clock: {
    value: 'MODE',
    help: 'real (default), or manual: moves only on POST /sandbox/clock',
    read: (text, flag) => ({ clockMode: oneOf(text, flag, ['real', 'manual']) }),
  },
  'event-retention': {
    value: 'N',
    help: 'number of newest events that can be replayed (default: all)',
    read: number('eventRetention'),
  },
  'max-streams': { value: 'N', help: 'maximum number of open event streams (default 25)', read: number('maxStreams') },
  heartbeat: { value: 'MS', help: 'time between heartbeats of a stream (default 15000)', read: heartbeat },
  'rate-limit': {
    value: 'N',
    help: 'requests per minute (default: no limit)',
    read: (text, flag) => ({ rateLimit: { limit: wholeNumber(text, flag), windowMs: 60_000 } }),
  },
  'token-lifetime': {
    value: 'S',
    help: 'lifetime of an access token in seconds (default 899)',
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

/** Describes the flags in the help text, one per line. */
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
    if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`${flag}: expected an amount such as 50, found ${text}`);
    return { [option]: text };
  };
}

function currency(text: string, flag: string): string {
  if (!isCurrency(text)) throw new UsageError(`${flag}: expected three capital letters such as USD, found ${text}`);
  return text;
}

function wholeNumber(text: string, flag: string): number {
  const number = parseWholeNumber(text);
  if (number === null) throw new UsageError(`${flag}: expected a whole number, found ${text}`);
  return number;
}

function oneOf<Choice extends string>(text: string, flag: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (!choice) throw new UsageError(`${flag}: expected ${choices.join(' or ')}, found ${text}`);
  return choice;
}
