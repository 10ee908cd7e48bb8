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

/**
 * How long an idle connection stays open: longer than clients keep theirs, so that clients are the ones to close it.
 */
const keepAliveMs = 75_000;

/** The HTTP server of the API, with the controls under `/sandbox`. */
export class ApiServer {
  readonly #server: Server;
  readonly #parts: ApiServerParts;
  /** The newest response on each connection. */
  readonly #newestResponses = new WeakMap<Duplex, ServerResponse>();

  constructor(parts: ApiServerParts) {
    this.#parts = parts;
    // Node's own error responses lack the request id and the rate limit headers, so the sandbox sends its own instead.
    this.#server = createServer({ keepAliveTimeout: keepAliveMs, requireHostHeader: false }, (request, response) => {
      void this.#serve(request, response);
    });
    this.#server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      const refusal = new Refusal(417, 'expectation failed: only 100-continue is supported');
      void parts.api.refuse(new Exchange(request, response, randomUUID(), parts.clock.date), refusal);
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      const headers = () => ({ 'X-Request-ID': randomUUID(), ...parts.api.headersOfUnreadable() });
      refuseUnreadable(error, socket, this.#newestResponses.get(socket), headers);
    });
  }

  /** Resolves with the port. Rejects if the server can't listen on the address. */
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

  /** Stops immediately: closes all connections, including those of open requests and streams. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#newestResponses.set(request.socket, response);
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
