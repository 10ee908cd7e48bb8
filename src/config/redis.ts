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
    'address of the Redis that [several gateways share](#several-gateways), `rediss://user:password@host:6379`; without one a gateway runs alone',
  ),
  prefix: variable(
    'REDIS_PREFIX',
    keyPart,
    "beginning of every key in Redis; the API's host and the account follow it",
    'journals-gateway',
  ),
  account: variable(
    'REDIS_ACCOUNT',
    keyPart,
    "name of the firm's account in every key in Redis; without one it is a hash of the key or client id, so that new credentials start with nothing",
  ),
} as const;

/** Null without Redis. */
export type RedisConfig = (ConfigOf<typeof redisVariables> & { url: string }) | null;

export function redisOf({ url, ...rest }: ConfigOf<typeof redisVariables>): RedisConfig {
  return url === null ? null : { url, ...rest };
}
