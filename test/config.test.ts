import { describe, expect, it } from 'vitest';

import { readConfig } from '../src/config/readConfig.ts';
import { SetupError } from '../src/errors/SetupError.ts';

const jwt = { AUTH: 'jwt', AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'journals' };

/** Returns every line of the error with which a configuration is refused. */
function problemsOf(environment: Record<string, string>): string[] {
  try {
    readConfig(environment, { sandbox: true, port: '0' });
  } catch (error) {
    if (error instanceof SetupError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('the authentication settings', () => {
  it.each<[string, Record<string, string>, RegExp[]]>([
    ['an unknown method', { AUTH: 'ldap' }, [/- AUTH: expected none, api-key or jwt, found "ldap"$/]],
    ['a method named like an inherited property', { AUTH: 'constructor' }, [/- AUTH: expected none, api-key or jwt/]],
    ['API keys without a key file', { AUTH: 'api-key' }, [/- AUTH_API_KEYS_FILE: missing, AUTH=api-key requires it$/]],
    [
      'JSON Web Tokens without an issuer',
      { AUTH: 'jwt', AUTH_CLOCK_SKEW_SECONDS: '-1' },
      [
        /AUTH_CLOCK_SKEW_SECONDS: expected whole seconds, 0 to 300/,
        /AUTH_JWKS_URL: missing/,
        /AUTH_ISSUER: missing/,
        /AUTH_AUDIENCE: missing/,
      ],
    ],
    [
      "the issuer's keys over plain HTTP",
      { ...jwt, AUTH_JWKS_URL: 'http://issuer.example/keys' },
      [/- AUTH_JWKS_URL: expected an https URL, or an http URL of a loopback address/],
    ],
    [
      'a key file but no authentication',
      { AUTH_API_KEYS_FILE: '/keys.json' },
      [/- AUTH_API_KEYS_FILE: set, but AUTH is none/],
    ],
    [
      'no authentication on every IPv4 address',
      { HOST: '0.0.0.0' },
      [/- HOST: 0\.0\.0\.0 is not a loopback address and AUTH is none/],
    ],
    ['no authentication on every IPv6 address', { HOST: '::' }, [/- HOST: :: is not a loopback address/]],
  ])('are refused with %s', (_how, environment, problems) => {
    expect(problemsOf(environment)).toEqual([
      'invalid configuration:',
      ...problems.map((problem) => expect.stringMatching(problem) as string),
    ]);
  });

  it('are accepted when they are complete', () => {
    expect(problemsOf({ ...jwt, AUTH_JWKS_URL: 'https://issuer.example/keys', HOST: '0.0.0.0' })).toEqual([]);
  });
});

describe('the currency of the firm', () => {
  const remote = {
    APCA_BROKER_BASE_URL: 'https://broker-api.alpaca.markets',
    APCA_BROKER_KEY_ID: 'key',
    APCA_BROKER_SECRET_KEY: 'secret',
  };

  it.each([
    [undefined, 'USD'],
    ['', 'USD'],
    ['EUR', 'EUR'],
  ])('set to %j is %s', (currency, expected) => {
    const { upstream } = readConfig({ ...remote, APCA_BROKER_CURRENCY: currency });

    expect(upstream).toMatchObject({ remote: { currency: expected } });
  });

  it('must consist of three capital letters', () => {
    expect(() => readConfig({ ...remote, APCA_BROKER_CURRENCY: 'euro' })).toThrow(
      'APCA_BROKER_CURRENCY: expected the three letters of a currency, such as USD, found "euro"',
    );
  });
});
