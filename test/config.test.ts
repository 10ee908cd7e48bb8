import { describe, expect, it } from 'vitest';

import { readConfig } from '../src/config/readConfig.ts';
import { SetupError } from '../src/errors/SetupError.ts';

const jwt = { AUTH: 'jwt', AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'journals' };

/** Every line with which it is refused. */
function problemsOf(environment: Record<string, string>): string[] {
  try {
    readConfig(environment, { sandbox: true, port: '0' });
  } catch (error) {
    if (error instanceof SetupError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a configuration of who may come in does not hold with', () => {
  it.each<[string, Record<string, string>, RegExp[]]>([
    ['an unknown way in', { AUTH: 'ldap' }, [/- AUTH: expected none, api-key or jwt, found "ldap"$/]],
    ['a way in that every object has', { AUTH: 'constructor' }, [/- AUTH: expected none, api-key or jwt/]],
    ['keys without a file', { AUTH: 'api-key' }, [/- AUTH_API_KEYS_FILE: missing, AUTH=api-key requires it$/]],
    [
      'tokens without an issuer',
      { AUTH: 'jwt', AUTH_CLOCK_SKEW_SECONDS: '-1' },
      [
        /AUTH_CLOCK_SKEW_SECONDS: expected whole seconds, 0 to 300/,
        /AUTH_JWKS_URL: missing/,
        /AUTH_ISSUER: missing/,
        /AUTH_AUDIENCE: missing/,
      ],
    ],
    [
      'keys of the issuer over an open network',
      { ...jwt, AUTH_JWKS_URL: 'http://issuer.example/keys' },
      [/- AUTH_JWKS_URL: expected an https URL, or an http URL of a loopback address/],
    ],
    [
      'a door that is configured and open',
      { AUTH_API_KEYS_FILE: '/keys.json' },
      [/- AUTH_API_KEYS_FILE: set, but AUTH is none/],
    ],
    [
      'an open door on every address',
      { HOST: '0.0.0.0' },
      [/- HOST: 0\.0\.0\.0 is not a loopback address and AUTH is none/],
    ],
    ['an open door by another name', { HOST: '::' }, [/- HOST: :: is not a loopback address/]],
  ])('%s', (_how, environment, problems) => {
    expect(problemsOf(environment)).toEqual([
      'invalid configuration:',
      ...problems.map((problem) => expect.stringMatching(problem) as string),
    ]);
  });

  it('nothing missing', () => {
    expect(problemsOf({ ...jwt, AUTH_JWKS_URL: 'https://issuer.example/keys', HOST: '0.0.0.0' })).toEqual([]);
  });
});

describe("the firm's own currency", () => {
  const remote = {
    APCA_BROKER_BASE_URL: 'https://broker-api.alpaca.markets',
    APCA_BROKER_KEY_ID: 'key',
    APCA_BROKER_SECRET_KEY: 'secret',
  };

  it.each([
    [undefined, 'USD'],
    ['', 'USD'],
    ['EUR', 'EUR'],
  ])('that is set to %j is %s', (currency, expected) => {
    const { upstream } = readConfig({ ...remote, APCA_BROKER_CURRENCY: currency });

    expect(upstream).toMatchObject({ remote: { currency: expected } });
  });

  it('is three capital letters', () => {
    expect(() => readConfig({ ...remote, APCA_BROKER_CURRENCY: 'euro' })).toThrow(
      'APCA_BROKER_CURRENCY: expected the three letters of a currency, such as USD, found "euro"',
    );
  });
});
