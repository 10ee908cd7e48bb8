import { UnauthenticatedError } from '../errors/authErrors.ts';

/** The header limit of Node. A WebSocket could send more, but no valid token is longer. */
const maxLength = 16_384; // characters

/** The token of `Authorization: Bearer …` (RFC 6750, 2.1). @throws UnauthenticatedError */
export function bearerToken(authorization: string | null): string {
  if (authorization === null || authorization.trim() === '') {
    throw new UnauthenticatedError('no credential was given: expected Authorization: Bearer and a token', null);
  }
  const token = authorization.length > maxLength ? undefined : /^Bearer +([\w~+/.-]+=*) *$/i.exec(authorization)?.[1];
  if (token === undefined) {
    throw new UnauthenticatedError('invalid Authorization: expected Bearer and one token', 'invalid_request');
  }
  return token;
}
