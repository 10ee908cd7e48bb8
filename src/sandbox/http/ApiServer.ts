import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { Duplex } from 'node:stream';

import { Refusal } from '../api/Refusal.ts';
import type { ControlRoutes } from '../routes/ControlRoutes.ts';
import type { SandboxClock } from '../values/SandboxClock.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import { refuseUnreadable } from './refuseUnreadable.ts';
import { Exchange } from '../exchange/Exchange.ts';
import type { ApiHandler } from './ApiHandler.ts';

export interface ApiServerParts {
  api: ApiHandler;
  control: ControlRoutes;
  settings: Settings;
  clock: SandboxClock;
}

/** Longer than clients keep idle connections, so that the clients close them. */
const keepAliveMs = 75_000;

/** The HTTP server of the API, with the controls under `/sandbox`. */
export class ApiServer {
  readonly #server: Server;
  readonly #parts: ApiServerParts;
  /** The newest answer of each connection. */
  readonly #answers = new WeakMap<Duplex, ServerResponse>();

  constructor(parts: ApiServerParts) {
    this.#parts = parts;
    // Node's own refusals lack request id and rate limit headers, so they are sent here instead.
    this.#server = createServer({ keepAliveTimeout: keepAliveMs, requireHostHeader: false }, (request, response) => {
      void this.#serve(request, response);
    });
    this.#server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      const refusal = new Refusal(417, 'expectation failed: only 100-continue is supported');
      void parts.api.refuse(new Exchange(request, response, randomUUID(), parts.clock.date), refusal);
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const headers = () => ({ 'X-Request-ID': randomUUID(), ...parts.api.headersOfUnreadable() });
      refuseUnreadable(error, socket, this.#answers.get(socket), headers);
    });
  }

  /** Resolves with the port. Rejects if the address is in use. */
  listen(): Promise<number> {
    const { host, port } = this.#parts.settings;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  /** Stops at once and cuts open requests and streams. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#answers.set(request.socket, response);
    const { api, control, clock } = this.#parts;
    const exchange = new Exchange(request, response, randomUUID(), clock.date);
    try {
      await (exchange.path.startsWith('/sandbox') ? control.handle(exchange) : api.handle(exchange));
    } catch (error) {
      // Neither a disconnect nor a refusal is a bug; any other error is.
      if (!exchange.isGone && !(error instanceof Refusal)) this.#parts.settings.onError(error);
      exchange.fail(error);
    }
  }
}
