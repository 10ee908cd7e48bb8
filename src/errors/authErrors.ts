import { CodedError } from './CodedError.ts';

/** Nobody knows who asks: no credential, or one that doesn't hold. The message never repeats what was given, and becomes part of a header: ASCII without quotation marks. */
export class UnauthenticatedError extends CodedError {
  override readonly name = 'UnauthenticatedError';
  override readonly code = 'UNAUTHENTICATED';
  /** RFC 6750's word for it; null where no credential was given, of which it says nothing. */
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

/** Whether the credential holds can't be found out now: the keys of its issuer can't be had. The caller may try again. */
export class AuthenticationUnavailableError extends CodedError {
  override readonly name = 'AuthenticationUnavailableError';
  override readonly code = 'AUTHENTICATION_UNAVAILABLE';

  override get publicExtensions(): Record<string, unknown> {
    return { http: { status: 503, headers: { 'retry-after': '5' } } };
  }
}

/** What authentication is configured with can't be used: a start is refused. One line for each problem. */
export class AuthSetupError extends Error {
  override readonly name = 'AuthSetupError';
}
