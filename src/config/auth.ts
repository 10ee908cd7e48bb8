import { isLoopback, jwksUrl, oneOf, text, wholeNumber } from './valueSchemas.ts';
import { variable } from './Variable.ts';
import type { ConfigOf, Environment, Variable } from './Variable.ts';

/** How callers authenticate. */
export type AuthConfig =
  | { kind: 'none' }
  | { kind: 'api-key'; file: string }
  | {
      kind: 'jwt';
      jwksUrl: string;
      issuer: string;
      audience: string;
      clockSkewS: number;
      /** Not configurable. An absent value has the default of `JwksKeys`. */
      jwksTiming?: { timeoutMs?: number; pauseMs?: number };
    };

export const authVariables = {
  kind: variable(
    'AUTH',
    oneOf('none', 'api-key', 'jwt'),
    'how callers authenticate: `none` (on loopback addresses only), `api-key` or `jwt`; see [authentication.md](authentication.md)',
    'none',
  ),
  file: variable(
    'AUTH_API_KEYS_FILE',
    text,
    'with `AUTH=api-key`: the file that `journals-gateway api-key` writes; read again whenever it changes',
  ),
  jwksUrl: variable('AUTH_JWKS_URL', jwksUrl, "with `AUTH=jwt`: URL of the issuer's key set"),
  issuer: variable('AUTH_ISSUER', text, 'with `AUTH=jwt`: required value of the claim `iss`'),
  audience: variable('AUTH_AUDIENCE', text, 'with `AUTH=jwt`: required value of the claim `aud`'),
  clockSkewS: variable(
    'AUTH_CLOCK_SKEW_SECONDS',
    wholeNumber(0, 300, 'whole seconds, 0 to 300'),
    "with `AUTH=jwt`: tolerated difference between the issuer's clock and the gateway's",
    '30',
  ),
} as const;

/** The variables of each kind of authentication. Those without a default are required. */
const variablesOf = new Map<string, readonly Variable[]>([
  ['none', []],
  ['api-key', [authVariables.file]],
  ['jwt', [authVariables.jwksUrl, authVariables.issuer, authVariables.audience, authVariables.clockSkewS]],
]);

/** Returns the problems that would admit callers whom the operator meant to exclude. */
export function authProblems(environment: Environment): string[] {
  const { AUTH: auth = 'none', HOST: host = '127.0.0.1' } = environment;
  // An unknown kind is reported when the variable is read.
  if (!variablesOf.has(auth)) return [];
  const problems: string[] = [];
  for (const [kind, variables] of variablesOf) {
    for (const { name, fallback } of variables) {
      const isSet = environment[name] !== undefined;
      if (kind === auth && !isSet && fallback === null) problems.push(`${name}: missing, AUTH=${auth} requires it`);
      if (kind !== auth && isSet)
        problems.push(`${name}: set, but AUTH is ${auth}; set AUTH=${kind} or remove the variable`);
    }
  }
  if (auth === 'none' && !isLoopback(host)) {
    problems.push(`HOST: ${host} is not a loopback address and AUTH is none; set AUTH to api-key or jwt`);
  }
  return problems;
}

/** @param values must have been read without problems */
export function authOf({ kind, file, ...values }: ConfigOf<typeof authVariables>): AuthConfig {
  if (kind === 'none') return { kind };
  if (kind === 'api-key') return { kind, file: file ?? '' };
  const { jwksUrl, issuer, audience, clockSkewS } = values;
  return { kind, jwksUrl: jwksUrl ?? '', issuer: issuer ?? '', audience: audience ?? '', clockSkewS };
}
