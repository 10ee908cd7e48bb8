import { z } from 'zod';

import { currency, oneOf, text, wholeNumber } from '../config/valueSchemas.ts';
import { invalidConfiguration } from '../errors/SetupError.ts';
import type { SandboxOptions } from '../sandbox/setup/SandboxOptions.ts';
import { longestTimerMs } from '../sandbox/values/instant.ts';
import { parseFlags } from './parseFlags.ts';

interface SandboxFlag {
  /** Placeholder for the value in the help text. */
  value: string;
  help: string;
  read: z.ZodType<Partial<SandboxOptions>, string>;
}

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number');
const amount = z.string().regex(/^\d+(\.\d+)?$/, 'expected an amount such as 50');

const flags: Readonly<Record<string, SandboxFlag>> = {
  host: { value: 'H', help: 'address to listen on (default 127.0.0.1)', read: option('host', text) },
  data: {
    value: 'FILE',
    help: 'file of the ledger (default: in memory)',
    read: option('dataFile', text),
  },
  'jnlc-flow': {
    value: 'FLOW',
    help: 'v2 (default): a single JNLC is created as executed; or classic: as queued',
    read: option('jnlcFlow', oneOf('v2', 'classic')),
  },
  'system-currency': {
    value: 'CODE',
    help: 'currency of journals without one (default USD)',
    read: option('systemCurrency', currency),
  },
  fixtures: {
    value: 'WHEN',
    help: 'when fixtures apply: any-amount (default) or above-limit',
    read: option('fixtures', oneOf('any-amount', 'above-limit')),
  },
  'batch-description': {
    value: 'MODE',
    help: 'description of a batch: ignored (default), or copied to entries without one',
    read: option('batchDescription', oneOf('ignored', 'copied')),
  },
  'answer-shape': {
    value: 'SHAPE',
    help: 'shape of journals: newest (default) or old',
    read: option('answerShape', oneOf('newest', 'old')),
  },
  'list-order-seed': { value: 'N', help: 'shuffle lists with this seed', read: option('listOrderSeed', count) },
  'batch-order-seed': {
    value: 'N',
    help: 'shuffle batch answers with this seed',
    read: option('batchOrderSeed', count),
  },
  'list-dates': {
    value: 'MODE',
    help: 'whether lists include the days of after and before: inclusive (default) or exclusive',
    read: option('listDates', oneOf('inclusive', 'exclusive')),
  },
  'max-matches': {
    value: 'N',
    help: 'journals that a list may match (default 100000)',
    read: option('maxMatches', count),
  },
  'per-journal-limit': {
    value: 'AMOUNT',
    help: 'a JNLC above it stays pending (default 50)',
    read: option('perJournalLimit', amount),
  },
  'daily-limit': {
    value: 'AMOUNT',
    help: 'daily JNLC total of a customer account; above it a JNLC stays pending (default 1000)',
    read: option('dailyLimit', amount),
  },
  'firm-daily-limit': {
    value: 'AMOUNT',
    help: 'daily JNLC total of a firm account; above it a JNLC stays pending (default 50000)',
    read: option('firmDailyLimit', amount),
  },
  'securities-limit': {
    value: 'AMOUNT',
    help: 'a JNLS worth more in USD stays pending (default 50000)',
    read: option('securitiesLimit', amount),
  },
  'settle-delay': {
    value: 'MS',
    help: 'time between status changes (default 25)',
    read: option('settleDelayMs', count),
  },
  clock: {
    value: 'MODE',
    help: 'real (default), or manual: moves only on POST /sandbox/clock',
    read: option('clockMode', oneOf('real', 'manual')),
  },
  'event-retention': {
    value: 'N',
    help: 'number of newest events that can be replayed (default: all)',
    read: option('eventRetention', count),
  },
  'max-streams': {
    value: 'N',
    help: 'maximum number of open event streams (default 25)',
    read: option('maxStreams', count),
  },
  heartbeat: {
    value: 'MS',
    help: 'time between heartbeats of a stream (default 15000)',
    read: option('heartbeatMs', wholeNumber(1, longestTimerMs)),
  },
  'rate-limit': {
    value: 'N',
    help: 'requests per minute (default: no limit)',
    read: option(
      'rateLimit',
      count.transform((limit) => ({ limit, windowMs: 60_000 })),
    ),
  },
  'token-lifetime': {
    value: 'S',
    help: 'lifetime of an access token in seconds (default 899)',
    read: option('tokenLifetimeSeconds', count),
  },
  control: {
    value: 'WHO',
    help: 'who may use /sandbox: loopback (default) or anyone',
    read: option('control', oneOf('loopback', 'anyone')),
  },
};

/** The value of a flag as one of the sandbox's options. */
function option<Option extends keyof SandboxOptions>(name: Option, schema: z.ZodType<SandboxOptions[Option], string>) {
  return schema.transform((value): Partial<SandboxOptions> => ({ [name]: value }));
}

export interface SandboxFlags {
  help: boolean;
  port: string | undefined;
  options: Partial<SandboxOptions>;
}

/** Reads the flags of `sandbox`. @throws SetupError that lists every invalid flag */
export function readSandboxFlags(argv: string[], help: string): SandboxFlags {
  const names = ['port', ...Object.keys(flags)];
  const given = parseFlags(argv, Object.fromEntries(names.map((name) => [name, { type: 'string' } as const])), help);
  const options: Partial<SandboxOptions> = {};
  const problems: string[] = [];
  for (const [name, { read }] of Object.entries(flags)) {
    const value = given[name];
    if (typeof value !== 'string') continue;
    const { data, error } = read.safeParse(value);
    problems.push(...(error?.issues ?? []).map(({ message }) => `--${name}: ${message}, found ${value}`));
    Object.assign(options, data);
  }
  if (problems.length > 0) throw invalidConfiguration(problems);
  return { help: given['help'] === true, port: typeof given['port'] === 'string' ? given['port'] : undefined, options };
}

/** Describes the flags in the help text, one per line. */
export function describeSandboxFlags(): string {
  return Object.entries(flags)
    .map(([name, { value, help }]) => `  ${`--${name} ${value}`.padEnd(26)}${help}`)
    .join('\n');
}
