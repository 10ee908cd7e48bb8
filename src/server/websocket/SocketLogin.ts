import { setImmediate as afterSending } from 'node:timers/promises';

import { CloseCode } from 'graphql-ws';

import type { Authenticator } from '../../auth/Authenticator.ts';
import type { Session } from '../../auth/Session.ts';
import { AuthenticationUnavailableError, UnauthenticatedError } from '../../errors/authErrors.ts';

import type { SocketOperations } from './SocketOperations.ts';

/** For how long answers may still be under way when the credential has ended, in ms. */
const graceMs = 10_000;

/** RFC 6455's registry: a client may come again, and graphql-ws's does. */
const tryAgainLater = 1013;

/** What a socket is closed with; its reason may have 123 bytes. */
type Close = (code: number, reason: string) => void;

/**
 * Who speaks on one socket, from `connection_init` until the credential ends or the socket does. When the credential
 * ends, subscriptions end by themselves, what else is under way is still answered, and then the socket is closed.
 */
export class SocketLogin {
  readonly #authenticator: Authenticator;
  readonly #operations: SocketOperations;
  readonly #close: Close;
  readonly #over = new AbortController();
  #session: Session | null = null;
  #stopWaiting: () => void = () => undefined;

  constructor(authenticator: Authenticator, operations: SocketOperations, close: Close) {
    this.#authenticator = authenticator;
    this.#operations = operations;
    this.#close = close;
  }

  /** The protocol lets nobody ask who has not entered. */
  get session(): Session {
    if (!this.#session) throw new TypeError('an operation before connection_ack');
    return this.#session;
  }

  /** False when the credential doesn't hold: the socket is closed, as the protocol recommends with 4403. */
  async enter(authorization: string | null): Promise<boolean> {
    try {
      this.#session = await this.#authenticator.authenticate(authorization);
    } catch (error) {
      if (error instanceof UnauthenticatedError) this.#close(CloseCode.Forbidden, error.message);
      else if (error instanceof AuthenticationUnavailableError) this.#close(tryAgainLater, error.message);
      else throw error;
      return false;
    }
    if (this.#over.signal.aborted) return false;
    this.#stopWaiting = this.#session.whenEnded(() => void this.#end());
    return true;
  }

  /** The socket has closed. */
  leave(): void {
    this.#over.abort();
    this.#stopWaiting();
  }

  async #end(): Promise<void> {
    await this.#operations.idle(AbortSignal.any([this.#over.signal, AbortSignal.timeout(graceMs)]));
    await afterSending();
    this.#close(CloseCode.Forbidden, 'the credential has ended');
  }
}
