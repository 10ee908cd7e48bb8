/** Nobody knows who asks: no credential, or one that doesn't hold. The message never repeats what was given, and becomes part of a header: ASCII without quotation marks. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError';
  /** RFC 6750's word for it; null where no credential was given, of which it says nothing. */
  readonly error: 'invalid_token' | 'invalid_request' | null;

  constructor(message: string, error: UnauthenticatedError['error'] = 'invalid_token') {
    super(message);
    this.error = error;
  }
}

/** Whether the credential holds can't be found out now: the keys of its issuer can't be had. The caller may try again. */
export class AuthenticationUnavailableError extends Error {
  override readonly name = 'AuthenticationUnavailableError';
}

/** What authentication is configured with can't be used: a start is refused. One line for each problem. */
export class AuthSetupError extends Error {
  override readonly name = 'AuthSetupError';
}
