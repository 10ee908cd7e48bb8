import { anyone } from './principal.ts';
import { Session } from './Session.ts';

/** Authenticates callers on every transport. */
export interface Authenticator {
  /**
   * Returns a promise only if it has to wait: a request with a known session is processed without delay.
   *
   * @param authorization the `Authorization` header, or its equivalent on a WebSocket; null if there is none
   * @throws UnauthenticatedError | AuthenticationUnavailableError
   */
  authenticate(authorization: string | null): Session | Promise<Session>;
  close(): Promise<void>;
}

/** Accepts every caller, with all rights. */
export function openToAll(): Authenticator {
  const session = new Session({ principal: anyone, canEnd: false });
  return { authenticate: () => session, close: () => Promise.resolve() };
}
