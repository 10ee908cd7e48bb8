import { setImmediate as afterSending } from 'node:timers/promises';

import { CloseCode } from 'graphql-ws';

import type { Authenticator } from '../../auth/Authenticator.ts';
import type { Session } from '../../auth/Session.ts';
import { Deadline } from '../../concurrency/Deadline.ts';
import { AuthenticationUnavailableError, UnauthenticatedError } from '../../errors/authErrors.ts';

import type { SocketOperations } from './SocketOperations.ts';
import type { SocketWriter } from './SocketWriter.ts';

/** How long queries and mutations may still run after the credential has expired, in ms. */
const graceMs = 10_000;

/** Close code, registered with IANA (RFC 6455, 11.7), after which clients reconnect. */
const tryAgainLater = 1013;

/**
 * The session of one socket, from `connection_init` until the credential expires or the socket closes. When the
 * credential expires, subscriptions end by themselves, other operations may finish, and then the socket is closed.
 */
export class SocketLogin {
  readonly #authenticator: Authenticator;
  readonly #operations: SocketOperations;
  readonly #writer: SocketWriter;
  readonly #closed = new AbortController();
  #session: Session | null = null;
  readonly #onEnd = () => void this.#expire();

  constructor(authenticator: Authenticator, operations: SocketOperations, writer: SocketWriter) {
    this.#authenticator = authenticator;
    this.#operations = operations;
    this.#writer = writer;
  }

  /** @throws TypeError before the login; graphql-ws accepts no operation before `connection_ack` */
  get session(): Session {
    if (!this.#session) throw new TypeError('an operation before connection_ack');
    return this.#session;
  }

  /** @returns false if the credential is invalid; the socket is then closed with 4403, as the protocol recommends */
  async logIn(authorization: string | null): Promise<boolean> {
    try {
      this.#session = await this.#authenticator.authenticate(authorization);
    } catch (error) {
      if (error instanceof UnauthenticatedError) this.#writer.close(CloseCode.Forbidden, error.message);
      else if (error instanceof AuthenticationUnavailableError) this.#writer.close(tryAgainLater, error.message);
      else throw error;
      return false;
    }
    if (this.#closed.signal.aborted) return false;
    this.#session.whenEnded(this.#onEnd);
    return true;
  }

  /** Call it when the socket has closed. */
  close(): void {
    this.#closed.abort();
    this.#session?.removeListener(this.#onEnd);
  }

  async #expire(): Promise<void> {
    const deadline = new Deadline(graceMs, { outer: this.#closed.signal });
    await this.#operations.idle(deadline.signal);
    deadline.end();
    await afterSending();
    this.#writer.close(CloseCode.Forbidden, 'the credential has ended');
  }
}
