import { anyone } from './principal.ts';
import { Session } from './Session.ts';

/** Finds out who asks: the one door, whatever transport they come by. */
export interface Authenticator {
  /**
   * @param authorization the `Authorization` header, or what stands for it on a socket; null where there is none
   * @throws UnauthenticatedError | AuthenticationUnavailableError
   */
  authenticate(authorization: string | null): Promise<Session>;
  close(): Promise<void>;
}

/** Asks nobody: everyone may do everything. */
export function openToAll(): Authenticator {
  const session = new Session({ principal: anyone, canEnd: false });
  return { authenticate: () => Promise.resolve(session), close: () => Promise.resolve() };
}
