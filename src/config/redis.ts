import { z } from 'zod';

import { variable } from './Variable.ts';
import type { ConfigOf } from './Variable.ts';

const redisUrl = z
  .string()
  .refine(
    (value) => URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol),
    'expected a redis or rediss URL',
  );

/** A part of a key in Redis. Braces are reserved: in a cluster, they determine the slot of the key. */
const keyPart = z.string().regex(/^[^\s{}]{1,100}$/, 'expected 1 to 100 characters without spaces and braces');

export const redisVariables = {
  url: variable(
    'REDIS_URL',
    redisUrl,
    'URL of the Redis that [several gateways share](#several-gateways), e.g. `rediss://user:password@host:6379`; without it the gateway runs alone',
  ),
  prefix: variable(
    'REDIS_PREFIX',
    keyPart,
    "prefix of every key in Redis, followed by the API's host and the account",
    'journals-gateway',
  ),
  account: variable(
    'REDIS_ACCOUNT',
    keyPart,
    "name of the firm's account in every key in Redis. The default is a hash of the key id or client id, so that new credentials don't find the state of the old ones",
  ),
} as const;

/** Null without Redis. */
export type RedisConfig = (ConfigOf<typeof redisVariables> & { url: string }) | null;

export function redisOf({ url, ...rest }: ConfigOf<typeof redisVariables>): RedisConfig {
  return url === null ? null : { url, ...rest };
}
