import { z } from 'zod';

import { isLoopback, jwksUrl, wholeNumber } from './values.ts';

/** How callers show who they are. */
export type AuthConfig =
  | { kind: 'none' }
  | { kind: 'api-key'; file: string }
  | { kind: 'jwt'; jwksUrl: string; issuer: string; audience: string; clockSkewS: number };

export const authEnvironment = z.object({
  AUTH: z.enum(['none', 'api-key', 'jwt'], { error: 'expected none, api-key or jwt' }).default('none'),
  AUTH_API_KEYS_FILE: z.string().default(''),
  AUTH_JWKS_URL: jwksUrl.default(''),
  AUTH_ISSUER: z.string().default(''),
  AUTH_AUDIENCE: z.string().default(''),
  AUTH_CLOCK_SKEW_SECONDS: wholeNumber(30, 0, 300),
});

const keyFileNames = ['AUTH_API_KEYS_FILE'] as const;
const jwtNames = ['AUTH_JWKS_URL', 'AUTH_ISSUER', 'AUTH_AUDIENCE'] as const;
/** What means something for one way in only. */
const settingsOf = new Map<string, readonly string[]>([
  ['api-key', keyFileNames],
  ['jwt', [...jwtNames, 'AUTH_CLOCK_SKEW_SECONDS']],
]);
/** What each way in needs. */
const namesOf = new Map<string, readonly string[]>([
  ['none', []],
  ['api-key', keyFileNames],
  ['jwt', jwtNames],
]);

/** What would let in others than was meant. */
export function openDoors(given: Record<string, string>): string[] {
  const { AUTH: auth = 'none', HOST: host = '127.0.0.1' } = given;
  const needed = namesOf.get(auth);
  // An unknown word is a problem that the shape tells.
  if (!needed) return [];
  const problems = needed
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: missing, AUTH=${auth} needs it`);
  for (const [way, names] of settingsOf) {
    for (const name of way === auth ? [] : names.filter((each) => given[each] !== undefined)) {
      problems.push(`${name}: set, though AUTH is ${auth}: set AUTH to what it belongs to, or leave it out`);
    }
  }
  if (auth === 'none' && !isLoopback(host)) {
    problems.push(`HOST: ${host} is no loopback address, and AUTH is none: set AUTH to api-key or jwt`);
  }
  return problems;
}

export function authOf(values: z.output<typeof authEnvironment>): AuthConfig {
  switch (values.AUTH) {
    case 'none':
      return { kind: 'none' };
    case 'api-key':
      return { kind: 'api-key', file: values.AUTH_API_KEYS_FILE };
    case 'jwt':
      return {
        kind: 'jwt',
        jwksUrl: values.AUTH_JWKS_URL,
        issuer: values.AUTH_ISSUER,
        audience: values.AUTH_AUDIENCE,
        clockSkewS: values.AUTH_CLOCK_SKEW_SECONDS,
      };
  }
}
