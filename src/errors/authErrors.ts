import { CodedError } from './CodedError.ts';

/**
 * The credential is missing or invalid. The message never quotes the credential. As the message becomes part of a
 * header, it is ASCII without quotation marks.
 */
export class UnauthenticatedError extends CodedError {
  override readonly name = 'UnauthenticatedError';
  override readonly code = 'UNAUTHENTICATED';
  /** The error code of RFC 6750; null when no credential was given. */
  readonly error: 'invalid_token' | 'invalid_request' | null;

  constructor(message: string, error: UnauthenticatedError['error'] = 'invalid_token') {
    super(message);
    this.error = error;
  }

  /** RFC 6750, section 3: without a credential the challenge has no error attributes. */
  override get publicExtensions(): Record<string, unknown> {
    const problem = this.error === null ? '' : `, error="${this.error}", error_description="${this.message}"`;
    return { http: { status: 401, headers: { 'www-authenticate': `Bearer realm="journals"${problem}` } } };
  }
}

/** The credential can't be verified at the moment, because its issuer's keys can't be loaded. The caller may retry. */
export class AuthenticationUnavailableError extends CodedError {
  override readonly name = 'AuthenticationUnavailableError';
  override readonly code = 'AUTHENTICATION_UNAVAILABLE';

  override get publicExtensions(): Record<string, unknown> {
    return { http: { status: 503, headers: { 'retry-after': '5' } } };
  }
}
