import { currency, httpUrl, oneOf, port, text } from './valueSchemas.ts';
import { variable } from './Variable.ts';
import type { ConfigOf, Environment } from './Variable.ts';

export interface UpstreamConfig {
  /** Scheme and host of the REST and Event API, without a trailing slash. */
  baseUrl: string;
  credentials: CredentialsConfig;
  eventsVersion: 'v1' | 'v2';
  /** The firm's own currency, shown for journals without a stated currency. Never sent, and compared only with caps. */
  currency: string;
}

/** The two kinds of key are not interchangeable. The API responds to the wrong kind with 401 and no explanation. */
export type CredentialsConfig =
  | { kind: 'basic'; keyId: string; secretKey: string }
  | { kind: 'oauth'; clientId: string; clientSecret: string; tokenUrl: string };

export const upstreamVariables = {
  baseUrl: variable(
    'APCA_BROKER_BASE_URL',
    httpUrl,
    'address of the Broker API, `https://broker-api.sandbox.alpaca.markets` or `https://broker-api.alpaca.markets`; required without `--sandbox`',
  ),
  keyId: variable('APCA_BROKER_KEY_ID', text, 'key id for HTTP Basic authentication'),
  secretKey: variable('APCA_BROKER_SECRET_KEY', text, 'secret key for HTTP Basic authentication'),
  clientId: variable(
    'APCA_BROKER_CLIENT_ID',
    text,
    'client id for OAuth 2 client credentials, instead of a key id; keys for Basic and for OAuth 2 are not interchangeable',
  ),
  clientSecret: variable('APCA_BROKER_CLIENT_SECRET', text, 'client secret for OAuth 2'),
  tokenUrl: variable(
    'APCA_BROKER_TOKEN_URL',
    httpUrl,
    'token endpoint for OAuth 2, e.g. `https://authx.sandbox.alpaca.markets/v1/oauth2/token`',
  ),
  currency: variable(
    'APCA_BROKER_CURRENCY',
    currency,
    "the firm's own currency, shown for journals whose currency the API does not state, and used by `journalTotals` and caps for cash without a currency; never sent to the API",
    'USD',
  ),
  eventsVersion: variable(
    'APCA_BROKER_EVENTS_VERSION',
    oneOf('v1', 'v2'),
    'version of the Event API, `v2` or `v1`; a cursor of one version is not valid in the other',
    'v2',
  ),
} as const;

const basicNames = ['APCA_BROKER_KEY_ID', 'APCA_BROKER_SECRET_KEY'] as const;
const oauthNames = ['APCA_BROKER_CLIENT_ID', 'APCA_BROKER_CLIENT_SECRET', 'APCA_BROKER_TOKEN_URL'] as const;

/** Returns the problems of missing and contradictory variables. They contain names only: the values may be secrets. */
export function upstreamProblems(environment: Environment): string[] {
  const problems: string[] = [];
  if (environment['APCA_BROKER_BASE_URL'] === undefined)
    problems.push('APCA_BROKER_BASE_URL: missing, set it to the address of the Broker API');
  const isSet = (name: string) => environment[name] !== undefined;
  const given = [basicNames, oauthNames].filter((names) => names.some(isSet));
  const [names, others] = given;
  if (!names) {
    problems.push(
      `credentials: missing, set ${basicNames.join(' and ')} (Basic) or ${oauthNames.join(', ')} (OAuth 2)`,
    );
  } else if (others) {
    const found = given.flat().filter(isSet).join(', ');
    problems.push(`expected Basic or OAuth 2 credentials, found both: ${found}`);
  } else {
    const missing = names.filter((name) => !isSet(name));
    problems.push(...missing.map((name) => `${name}: missing, the credentials require it`));
  }
  if (problems.length > 0) problems.push('to try the gateway without credentials, start it with --sandbox');
  return problems;
}

/** @param values must have been read without problems */
export function upstreamOf(values: ConfigOf<typeof upstreamVariables>): UpstreamConfig {
  const { baseUrl, keyId, secretKey, clientId, clientSecret, tokenUrl, ...rest } = values;
  const credentials: CredentialsConfig =
    keyId !== null
      ? { kind: 'basic', keyId, secretKey: secretKey ?? '' }
      : { kind: 'oauth', clientId: clientId ?? '', clientSecret: clientSecret ?? '', tokenUrl: tokenUrl ?? '' };
  return { baseUrl: baseUrl ?? '', credentials, eventsVersion: rest.eventsVersion, currency: rest.currency };
}

/** The variables of the sandbox that takes the place of the API. */
export const sandboxVariables = {
  port: variable('SANDBOX_PORT', port, 'with `--sandbox`: port of the sandbox', '4010'),
  keyId: variable('SANDBOX_KEY_ID', text, 'with `--sandbox`: key id that the sandbox accepts', 'sandbox'),
  secretKey: variable('SANDBOX_SECRET_KEY', text, 'with `--sandbox`: secret key that the sandbox accepts', 'sandbox'),
} as const;

export type SandboxConfig = ConfigOf<typeof sandboxVariables>;
