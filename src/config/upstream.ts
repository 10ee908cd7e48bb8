import { z } from 'zod';

import { httpUrl } from './values.ts';

export interface UpstreamConfig {
  /** Scheme and host of the REST and event API, without a path's trailing slash. */
  baseUrl: string;
  credentials: CredentialsConfig;
  eventsVersion: 'v1' | 'v2';
  /** The firm's own, shown for journals of which the API states none; never sent and never compared. */
  currency: string;
}

/** The two kinds of key are not interchangeable: the wrong flow answers a bare 401. */
export type CredentialsConfig =
  | { kind: 'basic'; keyId: string; secretKey: string }
  | { kind: 'oauth'; clientId: string; clientSecret: string; tokenUrl: string };

export const upstreamEnvironment = z.object({
  APCA_BROKER_BASE_URL: httpUrl.optional(),
  APCA_BROKER_KEY_ID: z.string().optional(),
  APCA_BROKER_SECRET_KEY: z.string().optional(),
  APCA_BROKER_CLIENT_ID: z.string().optional(),
  APCA_BROKER_CLIENT_SECRET: z.string().optional(),
  APCA_BROKER_TOKEN_URL: httpUrl.optional(),
  APCA_BROKER_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'expected the three letters of a currency, such as USD')
    .default('USD'),
  APCA_BROKER_EVENTS_VERSION: z.enum(['v1', 'v2'], { error: 'expected v1 or v2' }).default('v2'),
});

const basicNames = ['APCA_BROKER_KEY_ID', 'APCA_BROKER_SECRET_KEY'] as const;
const oauthNames = ['APCA_BROKER_CLIENT_ID', 'APCA_BROKER_CLIENT_SECRET', 'APCA_BROKER_TOKEN_URL'] as const;

/** What is not there and must be, and what is there and contradicts; nothing of what it says is secret. */
export function missingOf(given: Record<string, string>): string[] {
  const problems: string[] = [];
  if (given['APCA_BROKER_BASE_URL'] === undefined)
    problems.push('APCA_BROKER_BASE_URL: missing, the address of the Broker API');
  const [basic, oauth] = [basicNames, oauthNames].map((names) => names.filter((name) => given[name] !== undefined));
  if (basic?.length && oauth?.length) {
    problems.push(`expected Basic credentials or OAuth ones, found both: ${[...basic, ...oauth].join(', ')}`);
  } else if (oauth?.length) {
    problems.push(...absent(oauthNames, given));
  } else if (basic?.length) {
    problems.push(...absent(basicNames, given));
  } else {
    problems.push(
      `credentials: missing, set ${basicNames.join(' and ')} (Basic) or ${oauthNames.join(', ')} (OAuth 2)`,
    );
  }
  if (problems.length > 0) problems.push('to try the gateway without credentials, start it with --sandbox');
  return problems;
}

function absent(names: readonly string[], given: Record<string, string>): string[] {
  return names.filter((name) => given[name] === undefined).map((name) => `${name}: missing, the credentials need it`);
}

function credentialsOf(values: z.output<typeof upstreamEnvironment>): CredentialsConfig | null {
  const { APCA_BROKER_KEY_ID: keyId, APCA_BROKER_SECRET_KEY: secretKey } = values;
  if (keyId !== undefined && secretKey !== undefined) return { kind: 'basic', keyId, secretKey };
  const { APCA_BROKER_CLIENT_ID: clientId, APCA_BROKER_CLIENT_SECRET: clientSecret } = values;
  const tokenUrl = values.APCA_BROKER_TOKEN_URL;
  if (clientId === undefined || clientSecret === undefined || tokenUrl === undefined) return null;
  return { kind: 'oauth', clientId, clientSecret, tokenUrl };
}

/** @param values with which nothing was missing */
export function upstreamOf(values: z.output<typeof upstreamEnvironment>): UpstreamConfig {
  const credentials = credentialsOf(values);
  const baseUrl = values.APCA_BROKER_BASE_URL;
  if (!credentials || baseUrl === undefined) throw new TypeError('what is missing is told before');
  const { APCA_BROKER_EVENTS_VERSION: eventsVersion, APCA_BROKER_CURRENCY: currency } = values;
  return { baseUrl, credentials, eventsVersion, currency };
}
