import { z } from 'zod';

import { currency, oneOf, text, wholeNumber } from '../config/valueSchemas.ts';
import { invalidConfiguration } from '../errors/SetupError.ts';
import type { SandboxOptions } from '../sandbox/setup/SandboxOptions.ts';
import { longestTimerMs } from '../sandbox/values/instant.ts';
import { parseFlags } from './parseFlags.ts';

interface SandboxFlag<Value> {
  /** The name of the flag and a placeholder for its value. */
  usage: string;
  schema: z.ZodType<Value, string>;
  help: string;
}

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number');
const amount = z.string().regex(/^\d+(\.\d+)?$/, 'expected an amount such as 50');

/** The flags by the options that they set. */
const flags: { readonly [Option in keyof SandboxOptions]?: SandboxFlag<SandboxOptions[Option]> } = {
  host: { usage: 'host H', schema: text, help: 'address to listen on (default 127.0.0.1)' },
  dataFile: { usage: 'data FILE', schema: text, help: 'file of the ledger (default: in memory)' },
  jnlcFlow: {
    usage: 'jnlc-flow FLOW',
    schema: oneOf('v2', 'classic'),
    help: 'status in which a single JNLC is created: v2 (default) for executed, or classic for queued',
  },
  systemCurrency: {
    usage: 'system-currency CODE',
    schema: currency,
    help: 'currency of journals created without a currency (default USD)',
  },
  fixtures: {
    usage: 'fixtures WHEN',
    schema: oneOf('any-amount', 'above-limit'),
    help: 'when a fixture (/fixtures/…) in a description applies: at any-amount (default) or only above-limit',
  },
  batchDescription: {
    usage: 'batch-description MODE',
    schema: oneOf('ignored', 'copied'),
    help: 'description of a batch: ignored (default), or copied to entries without a description',
  },
  answerShape: {
    usage: 'answer-shape SHAPE',
    schema: oneOf('newest', 'old'),
    help: 'shape of journals: newest (default) or old',
  },
  listOrderSeed: { usage: 'list-order-seed N', schema: count, help: 'shuffle lists with this seed' },
  batchOrderSeed: { usage: 'batch-order-seed N', schema: count, help: 'shuffle batch responses with this seed' },
  listDates: {
    usage: 'list-dates MODE',
    schema: oneOf('inclusive', 'exclusive'),
    help: 'whether lists include the days of after and before: inclusive (default) or exclusive',
  },
  maxMatches: { usage: 'max-matches N', schema: count, help: 'refuse lists that match more journals (default 100000)' },
  perJournalLimit: {
    usage: 'per-journal-limit AMOUNT',
    schema: amount,
    help: 'a JNLC above this amount stays pending (default 50)',
  },
  dailyLimit: {
    usage: 'daily-limit AMOUNT',
    schema: amount,
    help: 'daily JNLC total of a customer account, above which a JNLC stays pending (default 1000)',
  },
  firmDailyLimit: {
    usage: 'firm-daily-limit AMOUNT',
    schema: amount,
    help: 'daily JNLC total of a firm account, above which a JNLC stays pending (default 50000)',
  },
  securitiesLimit: {
    usage: 'securities-limit AMOUNT',
    schema: amount,
    help: 'a JNLS worth more than this amount in USD stays pending (default 50000)',
  },
  settleDelayMs: { usage: 'settle-delay MS', schema: count, help: 'time between status changes (default 25)' },
  clockMode: {
    usage: 'clock MODE',
    schema: oneOf('real', 'manual'),
    help: 'real (default), or manual: time advances only on POST /sandbox/clock',
  },
  eventRetention: {
    usage: 'event-retention N',
    schema: count,
    help: 'number of newest events that can be replayed (default: all)',
  },
  maxStreams: { usage: 'max-streams N', schema: count, help: 'maximum number of open event streams (default 25)' },
  heartbeatMs: {
    usage: 'heartbeat MS',
    schema: wholeNumber(1, longestTimerMs),
    help: 'time between heartbeats of a stream (default 15000)',
  },
  rateLimit: {
    usage: 'rate-limit N',
    schema: count.transform((limit) => ({ limit, windowMs: 60_000 })),
    help: 'requests per minute (default: no limit)',
  },
  tokenLifetimeSeconds: {
    usage: 'token-lifetime S',
    schema: count,
    help: 'lifetime of an access token in seconds (default 899)',
  },
  control: {
    usage: 'control WHO',
    schema: oneOf('loopback', 'anyone'),
    help: 'who may send requests to /sandbox/…: loopback (default) or anyone',
  },
};

export interface SandboxFlags {
  port: string | undefined;
  options: Partial<SandboxOptions>;
}

/**
 * Reads the flags of `sandbox`.
 *
 * @returns null if the help text has been printed
 * @throws SetupError that lists every invalid flag
 */
export function readSandboxFlags(argv: string[], help: string): SandboxFlags | null {
  const names = ['port', ...Object.values(flags).map(nameOf)];
  const given = parseFlags(argv, Object.fromEntries(names.map((name) => [name, { type: 'string' } as const])), help);
  if (!given) return null;
  const options: Partial<SandboxOptions> = {};
  const problems: string[] = [];
  for (const [option, flag] of Object.entries(flags)) {
    const value = given[nameOf(flag)];
    if (value === undefined) continue;
    const { data, error } = flag.schema.safeParse(value);
    problems.push(...(error?.issues ?? []).map(({ message }) => `--${nameOf(flag)}: ${message}, found ${value}`));
    Object.assign(options, { [option]: data });
  }
  if (problems.length > 0) throw invalidConfiguration(problems);
  return { port: given['port'], options };
}

function nameOf({ usage }: { usage: string }): string {
  return usage.replace(/ .*/, '');
}

/** Describes the flags in the help text, one per line. */
export function describeSandboxFlags(): string {
  return Object.values(flags)
    .map(({ usage, help }) => `  ${`--${usage}`.padEnd(28)}${help}`)
    .join('\n');
}
